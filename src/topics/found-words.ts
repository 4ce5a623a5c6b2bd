import type { App } from '../app.ts';
import { Prisma } from '../lib/db.ts';
import { fold } from '../papers/text.ts';
import type { ParsedTopic } from './topic.ts';
import { partsOf, wordsOf } from './words.ts';

/**
 * The words of some papers' titles, summaries and abstracts for which they are on a topic, in lower case as they stand
 * there ("decoded" for "decoding"), by paper; those that count only side by side are one, with spaces between. It reads
 * the texts anew, about 1 ms a paper, so ask for a page of them.
 */
export async function foundWords(
  { db }: Pick<App, 'db'>,
  topic: ParsedTopic,
  paperIds: string[],
): Promise<Map<string, string[]>> {
  const sought = topic.ways.flatMap(({ words, phrases }) => [
    ...words.flatMap(({ forms }) => forms),
    ...phrases,
  ]);
  // The texts have their accents.
  const accented = wordsOf(topic.written)
    .flatMap(partsOf)
    .filter((word) => fold(word) !== word);
  const rows = await db.$queryRaw<{ id: string; words: string | null; phrases: string | null }[]>`
    SELECT id, ts_headline('english', ${TEXTS}, ${anyOf([...sought, ...accented], Prisma.sql`= 1`)}, ${OPTIONS}) AS words,
      ts_headline('english', ${TEXTS}, ${anyOf(sought, Prisma.sql`> 1`)}, ${OPTIONS}) AS phrases
    FROM papers WHERE id = ANY(${paperIds}::text[])`;
  return new Map(
    rows.map(({ id, words, phrases }) => [
      id,
      [...new Set([...found(words, HIT), ...found(phrases, HITS_IN_A_ROW)])],
    ]),
  );
}

/** One of those texts of which Postgres leaves so many words; null when there are none. */
const anyOf = (texts: string[], many: Prisma.Sql): Prisma.Sql => Prisma.sql`(
  SELECT string_agg('(' || q::text || ')', ' | ')::tsquery
  FROM unnest(${texts}::text[]) AS text, phraseto_tsquery('english', text) AS q WHERE numnode(q) ${many})`;

/** `PPO/GRPO` is two words, as in what was indexed (papers/text.ts). */
const TEXTS = Prisma.sql`translate(title || ' . ' || coalesce(tldr, '') || ' . ' || abstract, '/<>-‐‑‒–—', '         ')`;

/** Stand around what was found; control characters, which no stored text has. */
const [START, STOP] = ['\u0002', '\u0003'];
const OPTIONS = `HighlightAll=true,StartSel="${START}",StopSel="${STOP}"`;
const ONE = `${START}[^${STOP}]+${STOP}`;
const HIT = new RegExp(ONE, 'g');
/** A word that Postgres drops may stand between: "chain of thought". */
const HITS_IN_A_ROW = new RegExp(`${ONE}(?: +(?:\\w{1,4} +)?${ONE})+`, 'g');
const MARKS = new RegExp(`[${START}${STOP}]`, 'g');

const found = (headline: string | null, hits: RegExp): string[] =>
  [...(headline ?? '').matchAll(hits)].map(([hit]) =>
    hit.replace(MARKS, '').replace(/ +/g, ' ').toLowerCase(),
  );
