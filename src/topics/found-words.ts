import type { App } from '../app.ts';
import { Prisma } from '../lib/db.ts';
import type { ParsedTopic } from './topic.ts';
import { waysOf } from './ways.ts';

/**
 * The words of some papers' titles, summaries and abstracts for which they are on a topic, in lower case as they stand
 * there ("decoded" for "decoding"), by paper. It reads the texts anew, about 1 ms a paper, so ask for a page of them.
 */
export async function foundWords(
  { db }: Pick<App, 'db'>,
  topic: ParsedTopic,
  paperIds: string[],
): Promise<Map<string, string[]>> {
  const rows = await db.$queryRaw<{ id: string; headline: string }[]>`
    WITH sought AS MATERIALIZED (
      SELECT string_agg('(' || part || ')', ' | ')::tsquery AS query
      FROM (${waysOf([topic])}) AS way, LATERAL (
        SELECT CASE WHEN lexeme LIKE '%''%' THEN lexeme ELSE quote_literal(lexeme) END FROM unnest(lexemes) AS lexeme
        UNION ALL SELECT must::text WHERE must IS NOT NULL
      ) AS t(part)
    )
    SELECT id, ts_headline('english', ${texts}, query, ${OPTIONS}) AS headline
    FROM papers, sought WHERE id = ANY(${paperIds}::text[]) AND query IS NOT NULL`;
  return new Map(rows.map(({ id, headline }) => [id, wordsOf(headline)]));
}

/** `PPO/GRPO` is two words, as in what was indexed (papers/text.ts). */
const texts = Prisma.sql`translate(title || ' . ' || coalesce(tldr, '') || ' . ' || abstract, '/<>-‐‑‒–—', '         ')`;

/** Stand around what was found; control characters, which no stored text has. */
const [START, STOP] = ['\u0002', '\u0003'];
const OPTIONS = `HighlightAll=true,StartSel="${START}",StopSel="${STOP}"`;
const HIT = new RegExp(`${START}([^${STOP}]*)${STOP}`, 'g');

const wordsOf = (headline: string): string[] => [
  ...new Set([...headline.matchAll(HIT)].map(([, word]) => (word ?? '').toLowerCase())),
];
