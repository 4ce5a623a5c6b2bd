import type { App } from '../app.ts';
import { type Day, startOf } from '../lib/day.ts';
import { chanceOf, cosine } from '../topics/closeness.ts';
import { vectorIn } from '../topics/vectors.ts';

/** The scale of the words' cosines (likeness.ts), by which examples are read: what chance is there, and a deviation from it. */
const [CHANCE, SPREAD] = [0.04, 0.035];
/** Of fewer papers nobody can tell what is chance. */
const FEW = 20;

/**
 * How like each of some papers those of a day's edition are in meaning, on the scale of their words' cosines: as far from
 * chance as there. Papers without a vector are absent, on either side.
 *
 * Measured on two reading lists of 150 among 6,700 papers, with five examples each: of the first 50 papers 8 and 7 are on the list
 * by their words, 14 and 15 by the means of word vectors learnt from these abstracts, but 5 and 4 by those of GloVe.
 */
export async function alikeInMeaning(
  db: App['db'],
  model: string,
  date: Day,
  paperIds: string[],
): Promise<Map<string, Map<string, number>>> {
  const rows = await db.$queryRaw<{ id: string; whole: Uint8Array; listed: boolean }[]>`
    SELECT v.paper_id AS id, whole, e.paper_id IS NOT NULL AS listed
    FROM paper_vectors v LEFT JOIN edition_papers e ON e.paper_id = v.paper_id AND edition_date = ${startOf(date)}::date
    WHERE model = ${model} AND (e.paper_id IS NOT NULL OR v.paper_id = ANY (${paperIds}::text[]))`;
  const papers = rows.map(({ whole, ...row }) => ({ ...row, vector: vectorIn(whole) }));
  const listed = papers.filter((paper) => paper.listed);
  if (listed.length < FEW) return new Map();
  const examples = papers.filter(({ id }) => paperIds.includes(id));
  return new Map(examples.map((example) => [example.id, likenesses(example, listed)]));
}

type Paper = { id: string; vector: Float32Array };

function likenesses(example: Paper, listed: Paper[]): Map<string, number> {
  const cosines = listed
    .filter(({ id }) => id !== example.id)
    .map(({ id, vector }) => ({ id, value: cosine(example.vector, vector) }));
  const { middle, spread } = chanceOf(cosines.map(({ value }) => value));
  const onScale = (value: number) => CHANCE + SPREAD * ((value - middle) / Math.max(spread, 1e-6));
  return new Map(cosines.map(({ id, value }) => [id, Math.min(1, onScale(value))]));
}
