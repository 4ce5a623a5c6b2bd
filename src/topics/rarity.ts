import { type Day, startOf } from '../lib/day.ts';
import type { Tx } from '../lib/db.ts';
import { isParted, tsqueryOf } from './ways.ts';

/** How many papers, the newest, say how rare a word is. */
const CORPUS = 2000;
/** So few lexemes are looked up one by one, a millisecond each; for more all of those papers are read, a tenth of a second. */
const FEW = 50;

/** All papers say how rare a word is, up to the newest. */
export const ANY_DAY: Day = '9999-12-31';

type Counted = { lexeme: string; df: number };

/** How many of the newest papers up to the day have each of the lexemes; what none has may be absent. */
export async function rarityOf(db: Tx, lexemes: string[], date: Day): Promise<Map<string, number>> {
  const few = lexemes.length <= FEW;
  const counted = [
    ...(await lookedUp(db, few ? lexemes : lexemes.filter(isParted), date)),
    ...(few ? [] : await read(db, lexemes, date)),
  ];
  return new Map(counted.map(({ lexeme, df }) => [lexeme, df]));
}

/** Plan: for each a count over the listing days of those papers, through the GIN index and that of the days. */
async function lookedUp(db: Tx, lexemes: string[], date: Day): Promise<Counted[]> {
  if (lexemes.length === 0) return [];
  const day = startOf(date);
  return db.$queryRaw`
    WITH oldest AS MATERIALIZED (
      SELECT coalesce(min(listed_on), '-infinity') AS listed_on, coalesce(min(id), '') AS id FROM (
        SELECT listed_on, id FROM papers WHERE listed_on <= ${day}::date
        ORDER BY listed_on DESC, id DESC OFFSET ${CORPUS - 1}::int LIMIT 1
      ) AS last
    )
    SELECT lexeme, (
      SELECT count(*)::int FROM papers
      WHERE listed_on >= (SELECT listed_on FROM oldest) AND listed_on <= ${day}::date AND lexemes @@ query::tsquery
        AND (listed_on, id) >= (SELECT listed_on, id FROM oldest)
    ) AS df
    FROM unnest(${lexemes}::text[], ${lexemes.map(tsqueryOf)}::text[]) AS sought (lexeme, query)`;
}

async function read(db: Tx, lexemes: string[], date: Day): Promise<Counted[]> {
  return db.$queryRaw`
    SELECT lexeme, count(*)::int AS df
    FROM (
      SELECT lexemes FROM papers WHERE listed_on <= ${startOf(date)}::date
      ORDER BY listed_on DESC, id DESC LIMIT ${CORPUS}::int
    ) AS corpus, unnest(tsvector_to_array(lexemes)) AS lexeme JOIN unnest(${lexemes}::text[]) AS sought (lexeme) USING (lexeme)
    GROUP BY lexeme`;
}
