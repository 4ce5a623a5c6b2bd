import type { Resolver } from 'node:dns/promises';

/** Who answers questions of DNS. */
export type Dns = Pick<Resolver, 'resolveTxt' | 'resolveMx' | 'resolve4' | 'resolve6'>;

/** The texts of a name's TXT records, each put together from its strings; none when there is no such name. */
export async function textsOf(dns: Dns, name: string): Promise<string[]> {
  const records = await orNone(dns.resolveTxt(name));
  return records.map((strings) => strings.join(''));
}

/** Nothing there is an answer; no answer is not. */
export async function orNone<T>(answer: Promise<T[]>): Promise<T[]> {
  try {
    return await answer;
  } catch (error) {
    if (['ENOTFOUND', 'ENODATA'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

/** The `name=value` pairs of a DKIM or DMARC record. */
export const tagsOf = (record: string): Map<string, string> =>
  new Map(
    record.split(';').flatMap((pair) => {
      const at = pair.indexOf('=');
      return at < 0
        ? []
        : [[pair.slice(0, at).trim().toLowerCase(), pair.slice(at + 1).replace(/\s+/g, '')] as const];
    }),
  );
