import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { embedderOf } from '../../src/app.ts';
import { environment, loadConfig } from '../../src/config.ts';
import { type Corpus, corpusOf } from './corpus.ts';
import { historyOf } from './history.ts';
import { inventedStory, recordedStory } from './lists.ts';
import { matchingTable, measureMatching } from './matching.ts';
import { share } from './measures.ts';
import { ownApp } from './own-app.ts';
import { READERS } from './readers.ts';
import { repeatsTable, silenceTable } from './repeats.ts';
import { table } from './table.ts';
import { measuredIn, trendingTable } from './trending.ts';

/**
 * Measures what is sent, on the invented data or on recorded ones, each part on a new embedded database. The same data give
 * the same text.
 */
export async function evaluate(folder?: string): Promise<string> {
  return [...(await topics(corpusOf(folder))), ...(await weeks(folder))].join('\n\n');
}

async function topics(corpus: Corpus): Promise<string[]> {
  const { papers, questions, complete } = corpus;
  const { EMBEDDINGS, DATA_DIR } = environment();
  const app = await ownApp({
    now: () => new Date('2026-05-06T23:00:00Z'),
    embedder: embedderOf(loadConfig({ EMBEDDINGS, DATA_DIR })),
  });
  const measured = await measureMatching(app, corpus).finally(app.close);
  const about = questions.filter(({ grades }) => grades.size > 0).length;
  const exact = measured.find(({ name }) => name === 'what ships')?.exact;
  return [
    `Topics: ${papers.length} papers, ${about} questions, ${questions.length - about} to which there is no answer\nleft in plain words, right paraphrased`,
    table(matchingTable(measured)),
    ...(complete && exact
      ? [
          `Authors, categories and exclusions, what ships: precision ${share(exact.precision)}, recall ${share(exact.recall)}, astray ${exact.astray}`,
        ]
      : []),
  ];
}

async function weeks(folder: string | undefined): Promise<string[]> {
  const { lists, later } =
    folder === undefined ? inventedStory() : recordedStory(join(folder, 'huggingface'));
  const history = await historyOf(lists, later);
  if (folder === undefined) rmSync(lists.folder, { recursive: true });
  const measured = measuredIn(history);
  return [
    folder === undefined
      ? `Trending: order against the votes of a week later, in ${history.days} days of SIMULATED growth: that nothing is upside down, no more`
      : `Trending: order against later votes; ${measured} papers were measured again, ${measured === 0 ? 'so these lists cannot say' : 'on a later list'}`,
    table(trendingTable(history)),
    `Repeats: ${READERS.length} readers, ${history.days} days`,
    table(repeatsTable(history)),
    `Silence: what ${history.readerDays.length} days of a reader ended in`,
    table(silenceTable(history)),
  ];
}
