import type pg from 'pg';

/** A row of a table as PostgreSQL writes it in JSON. */
export type DumpedRow = { table: string; json: string };

/** Rows fetched, or written, at a time. */
const BATCH = 500;

/**
 * Every row of every table of ours but the migrations' own, as one snapshot: parents before those that refer to them.
 * The queue's jobs, which stand in a schema of their own, are left out. Rows are text from PostgreSQL to PostgreSQL, so
 * that any version, embedded or not, can read what another wrote; pg_dump wants to be as new as its server.
 */
export async function* dump(client: pg.Client): AsyncGenerator<DumpedRow> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    for (const table of await tablesOf(client)) {
      await client.query(
        `DECLARE rows NO SCROLL CURSOR FOR SELECT to_jsonb(t)::text FROM ${quoted(table)} t`,
      );
      for (;;) {
        const { rows } = await client.query<[string]>({ text: `FETCH ${BATCH} FROM rows`, rowMode: 'array' });
        for (const [json] of rows) yield { table, json };
        if (rows.length < BATCH) break;
      }
      await client.query('CLOSE rows');
    }
  } finally {
    await client.query('ROLLBACK');
  }
}

/** Writes dumped rows into tables that are there and empty: all of them, or after any failure none. Counts them. */
export async function load(client: pg.Client, rows: AsyncIterable<DumpedRow>): Promise<number> {
  let count = 0;
  let table = '';
  let batch: string[] = [];
  const write = async () => {
    if (batch.length === 0) return;
    const name = quoted(table);
    await client.query(
      `INSERT INTO ${name} SELECT * FROM jsonb_populate_recordset(NULL::${name}, $1::jsonb)`,
      [`[${batch.join(',')}]`],
    );
    count += batch.length;
    batch = [];
  };
  await client.query('BEGIN');
  try {
    for await (const row of rows) {
      if (row.table !== table || batch.length === BATCH) await write();
      table = row.table;
      batch.push(row.json);
    }
    await write();
    await advanceSequences(client);
    await client.query('COMMIT');
    return count;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

/** How many rows there are in all tables of ours. */
export async function countRows(client: pg.Client): Promise<number> {
  let count = 0;
  for (const table of await tablesOf(client)) {
    const { rows } = await client.query(`SELECT count(*)::int AS count FROM ${quoted(table)}`);
    count += rows[0].count;
  }
  return count;
}

async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string }>(`
    SELECT relname AS name FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND relname <> '_prisma_migrations' ORDER BY relname`);
  const { rows: arrows } = await client.query<{ child: string; parent: string }>(`
    SELECT DISTINCT c.relname AS child, p.relname AS parent FROM pg_constraint
    JOIN pg_class c ON c.oid = conrelid JOIN pg_class p ON p.oid = confrelid
    WHERE contype = 'f' AND conrelid <> confrelid AND connamespace = 'public'::regnamespace`);
  const ordered: string[] = [];
  let rest = tables.map(({ name }) => name);
  while (rest.length > 0) {
    const next = rest.filter(
      (name) => !arrows.some(({ child, parent }) => child === name && rest.includes(parent)),
    );
    if (next.length === 0)
      throw new Error(`These tables refer to each other in a circle: ${rest.join(', ')}`);
    ordered.push(...next);
    rest = rest.filter((name) => !next.includes(name));
  }
  return ordered;
}

/** The next number of a counting column comes after those that were written. */
async function advanceSequences(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string; sequence: string }>(`
    SELECT table_name AS table, column_name AS column, sequence FROM information_schema.columns,
      LATERAL pg_get_serial_sequence(quote_ident(table_name), column_name) AS sequence
    WHERE table_schema = 'public' AND sequence IS NOT NULL`);
  for (const { table, column, sequence } of rows)
    await client.query(
      `SELECT setval($1, coalesce(max(${quoted(column)}), 0) + 1, false) FROM ${quoted(table)}`,
      [sequence],
    );
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
