import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp, embedderOf } from '../../src/app.ts';
import { environment, loadConfig } from '../../src/config.ts';
import { silent } from '../../src/lib/log.ts';
import { type Corpus, corpusOf } from './corpus.ts';
import { matchingTable, measureMatching } from './matching.ts';
import { share } from './measures.ts';
import { table } from './table.ts';

/**
 * Measures what is sent, on the invented data or on recorded ones, each part on a new embedded database. The same data give
 * the same text.
 */
export async function evaluate(folder?: string): Promise<string> {
  return (await topics(corpusOf(folder))).join('\n\n');
}

async function topics(corpus: Corpus): Promise<string[]> {
  const { papers, questions, complete } = corpus;
  const measured = await onNewDatabase((app) => measureMatching(app, corpus));
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

async function onNewDatabase<Result>(measure: (app: App) => Promise<Result>): Promise<Result> {
  const dataDir = mkdtempSync(join(tmpdir(), 'paperboy-eval-'));
  const config = loadConfig({ DATA_DIR: dataDir, SECRET: 'only for measuring' });
  const { EMBEDDINGS, DATA_DIR } = environment();
  const app = await createApp(config, {
    log: silent,
    now: () => new Date('2026-05-06T23:00:00Z'),
    embedder: embedderOf(loadConfig({ EMBEDDINGS, DATA_DIR })),
  });
  try {
    return await measure(app);
  } finally {
    await app.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
