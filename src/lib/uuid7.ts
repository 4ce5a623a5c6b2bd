import { Prisma } from './db.ts';

/**
 * SQL for a new UUID of version 7 (RFC 9562, 5.7), which begins with the milliseconds of an instant: rows written together
 * stand together in the index of the key, where random ones would touch a page each once it outgrows memory. PostgreSQL
 * has `uuidv7()` from 18 on only.
 */
export const uuid7 = (at: Date): Prisma.Sql => {
  const milliseconds = Buffer.alloc(8);
  milliseconds.writeBigUInt64BE(BigInt(at.getTime()));
  const prefix = milliseconds.subarray(2);
  // A random one is of version 4, 0100, and the variant is the same: two bits of the version make it 0111.
  return Prisma.sql`encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING ${prefix}::bytea FROM 1), 52, 1),
    53, 1), 'hex')::uuid`;
};
