import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addDays, dayOf } from '../../src/lib/day.ts';
import { readList } from '../../src/papers/huggingface.ts';

const folder = join(import.meta.dirname, '../../demo/papers');

const count = z.int().nonnegative();
const link = z.url({ protocol: /^https$/ });
const line = z
  .string()
  .min(1)
  .refine((text) => !/\s{2}|[^\S ]|^ | $/.test(text), 'one line, single spaces');
const instant = z.iso.datetime();

const paper = z.strictObject({
  id: z.string().regex(/^\d{4}\.\d{5}$/),
  authors: z
    .array(z.strictObject({ name: line, hidden: z.literal(false) }))
    .min(1)
    .max(12),
  publishedAt: instant,
  submittedOnDailyAt: instant,
  title: line,
  summary: line,
  upvotes: count,
  ai_summary: line,
  ai_keywords: z.array(line).min(1).max(5),
  githubRepo: link.optional(),
  githubStars: count.optional(),
  projectPage: link.optional(),
});

const entry = z.strictObject({
  paper,
  publishedAt: instant,
  title: line,
  summary: line,
  numComments: count,
});

const lists = readdirSync(folder)
  .sort()
  .map((file) => ({
    day: file.replace(/\.json$/, ''),
    json: JSON.parse(readFileSync(join(folder, file), 'utf8')) as unknown,
  }));

const entries = (json: unknown) => z.array(entry).parse(json);
const words = (text: string) => text.split(' ').length;

describe("the demo's papers", () => {
  it('cover three days in a row', () => {
    const [first = ''] = lists.map(({ day }) => day);
    expect(lists.map(({ day }) => day)).toEqual([first, addDays(first, 1), addDays(first, 2)]);
  });

  it('are some sixty, and none is listed twice', () => {
    const ids = lists.flatMap(({ json }) => entries(json).map(({ paper }) => paper.id));
    expect(ids.length).toBeGreaterThanOrEqual(55);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe.each(lists)('the list of $day', ({ day, json }) => {
  it('has the shape of the Hugging Face API and nothing beyond it', () => {
    expect(z.array(entry).safeParse(json).error?.issues).toBeUndefined();
  });

  it('is read whole by the Hugging Face source', () => {
    const { papers, bad } = readList(z.array(z.unknown()).parse(json), day);
    expect(bad).toEqual([]);
    expect(papers.map(({ id, listedOn }) => ({ id, listedOn }))).toEqual(
      entries(json).map(({ paper }) => ({ id: paper.id, listedOn: day })),
    );
  });

  it('fits on one page of the API', () => {
    expect(entries(json).length).toBeLessThanOrEqual(50);
  });

  it('holds papers listed on that day and published no later', () => {
    for (const { paper } of entries(json)) {
      expect(dayOf(new Date(paper.submittedOnDailyAt)), paper.id).toBe(day);
      expect(dayOf(new Date(paper.publishedAt)) <= day, paper.id).toBe(true);
    }
  });

  it('dates a paper outside four hours before the date inside, as the API does in summer', () => {
    for (const { paper, publishedAt } of entries(json)) {
      expect(Date.parse(paper.publishedAt) - Date.parse(publishedAt), paper.id).toBe(4 * 3_600_000);
    }
  });

  it('says the same title and summary outside as inside', () => {
    for (const { paper, title, summary } of entries(json)) {
      expect({ title, summary }).toEqual({ title: paper.title, summary: paper.summary });
    }
  });

  it('sums each paper up in 40 to 130 words, and in one sentence of at most 30', () => {
    for (const { paper } of entries(json)) {
      expect(words(paper.summary), paper.id).toBeGreaterThanOrEqual(40);
      expect(words(paper.summary), paper.id).toBeLessThanOrEqual(130);
      expect(words(paper.ai_summary), paper.id).toBeLessThanOrEqual(30);
      expect(paper.ai_summary, paper.id).toMatch(/^[^.?!]*(\.\d[^.?!]*)*\.$/);
    }
  });

  it('counts stars only for a paper with a repository', () => {
    for (const { paper } of entries(json)) {
      if (paper.githubStars !== undefined) expect(paper.githubRepo, paper.id).toBeDefined();
    }
  });

  it('spreads from papers with many votes to papers with hardly any', () => {
    const votes = entries(json).map(({ paper }) => paper.upvotes);
    expect(Math.max(...votes)).toBeGreaterThanOrEqual(40);
    expect(Math.min(...votes)).toBeLessThanOrEqual(2);
  });
});
