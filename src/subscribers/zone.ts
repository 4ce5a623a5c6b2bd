import { type Db, Prisma } from '../lib/db.ts';

/** The name in the spelling of the IANA database, else null. An offset such as +01:00 knows no summer time: null. */
export function zoneName(text: string): string | null {
  if (!/^[A-Za-z]/.test(text) || text.length > 64) return null;
  try {
    return new Temporal.ZonedDateTime(0n, text).timeZoneId;
  } catch {
    return null;
  }
}

/**
 * Whether the database can reckon in a zone too. Its time zone tables may be older than Node's, and a zone that it
 * does not know would fail every statement that looks for the subscribers whose hour has come.
 */
export async function knownToDatabase(db: Db, zone: string): Promise<boolean> {
  try {
    await db.$queryRaw`SELECT now() AT TIME ZONE ${zone}::text`;
    return true;
  } catch (error) {
    if (isUnknownZone(error)) return false;
    throw error;
  }
}

const INVALID_PARAMETER_VALUE = '22023';

const isUnknownZone = (error: unknown) =>
  error instanceof Prisma.PrismaClientKnownRequestError &&
  JSON.stringify(error.meta ?? {}).includes(`"${INVALID_PARAMETER_VALUE}"`);
