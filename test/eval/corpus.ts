import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import type { Day } from '../../src/lib/day.ts';
import type { SourcePaper } from '../../src/papers/paper.ts';
import type { Grades } from './measures.ts';

/** `exact`: with an author, a category or an exclusion, which no other method reads. */
export const PHRASINGS = ['plain', 'paraphrase', 'exact'] as const;
export type Phrasing = (typeof PHRASINGS)[number];

/** One wording of a topic; without grades nothing is on it. */
export type Question = { text: string; phrasing: Phrasing; grades: Grades };

export type Corpus = {
  papers: SourcePaper[];
  questions: Question[];
  /** Whether what has no grade is known to be off the topic. Of recorded reading lists it is not. */
  complete: boolean;
};

/** What is measured on: the invented papers of data/, or recorded ones with the reading lists of others. */
export const corpusOf = (folder: string | undefined): Corpus =>
  folder === undefined ? invented() : recorded(folder);

const LISTED: Day = '2026-05-06';
const DATA = join(import.meta.dirname, 'data');

type Invented = { key: string; title: string; says: string; in: string; by?: string; keywords?: string };
type Topic = { [phrasing in Phrasing]?: string[] } & { on?: string[]; near?: string[] };

function invented(): Corpus {
  const papers: Invented[] = parse(readFileSync(join(DATA, 'papers.yaml'), 'utf8'));
  const topics: Topic[] = parse(readFileSync(join(DATA, 'topics.yaml'), 'utf8'));
  const known = new Set(papers.map(({ key }) => key));
  const idOf = (key: string) => {
    if (!known.has(key)) throw new Error(`topics.yaml names ${key}, which papers.yaml does not have.`);
    return inventedId(key);
  };
  const questions = topics.flatMap(({ on = [], near = [], ...texts }) => {
    const grades = new Map([
      ...on.map((key): [string, number] => [idOf(key), 2]),
      ...near.map((key): [string, number] => [idOf(key), 1]),
    ]);
    return PHRASINGS.flatMap((phrasing) =>
      (texts[phrasing] ?? []).map((text) => ({ text, phrasing, grades })),
    );
  });
  return {
    papers: papers.map(({ key, title, says, in: categories, by = '', keywords = '' }) => ({
      ...paperOf({ id: inventedId(key), title, abstract: says, listedOn: LISTED }),
      authors: by.split(', ').filter(Boolean),
      keywords: keywords.split(', ').filter(Boolean),
      categories: categories.split(' '),
    })),
    questions,
    complete: true,
  };
}

/** In no order that the file has, so that papers with equal scores come in an order that means nothing. */
const inventedId = (key: string): string =>
  `2605.${String(createHash('sha256').update(key).digest().readUInt32BE() % 100_000).padStart(5, '0')}`;

function recorded(folder: string): Corpus {
  type Line = { id: string; title: string; summary: string; listed: Day; keywords: string[] | null };
  const lines = gunzipSync(readFileSync(join(folder, 'topics', 'papers.jsonl.gz')))
    .toString('utf8')
    .trim();
  const papers = lines.split('\n').map((line): SourcePaper => {
    const { id, title, summary, listed, keywords }: Line = JSON.parse(line);
    return { ...paperOf({ id, title, abstract: summary, listedOn: listed }), keywords: keywords ?? [] };
  });
  const lists: Record<string, { papers: string[] }> = JSON.parse(
    readFileSync(join(folder, 'topics', 'curated.json'), 'utf8'),
  );
  const known = new Set(papers.map(({ id }) => id));
  const questions = Object.entries(lists).map(([text, { papers }]) => ({
    text,
    phrasing: 'plain' as const,
    grades: new Map(papers.filter((id) => known.has(id)).map((id) => [id, 1])),
  }));
  return { papers, questions, complete: false };
}

const paperOf = (paper: Pick<SourcePaper, 'id' | 'title' | 'abstract' | 'listedOn'>): SourcePaper => ({
  tldr: null,
  authors: [],
  keywords: [],
  categories: [],
  publishedAt: null,
  source: 'huggingface',
  thumbnail: null,
  repository: null,
  projectPage: null,
  signal: null,
  ...paper,
});
