import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { App } from '../../src/app.ts';
import { type Day, startOf } from '../../src/lib/day.ts';
import { parseTopic, saveTopics } from '../../src/topics/topic.ts';
import { seeded } from '../faults/random.ts';
import type { TestPaper } from '../support/papers.ts';

const SEED = 20_260_507;
const folder = fileURLToPath(new URL('../../demo/papers/', import.meta.url));

type Sample = {
  title: string;
  summary: string;
  authors: { name: string }[];
  upvotes?: number;
  githubRepo?: string;
  ai_summary?: string;
};

/** The demo's papers: real titles, names and abstracts, LaTeX and all. */
const samples: Sample[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .flatMap((name) =>
    (JSON.parse(readFileSync(folder + name, 'utf8')) as { paper: Sample }[]).map(({ paper }) => paper),
  );

/** As many papers as one likes, each with the title of one, sentences of several, and the authors of another. */
export function papersOf(count: number, listedOn: Day): TestPaper[] {
  const random = seeded(SEED);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const sentences = samples.flatMap(({ summary }) => summary.split(/(?<=[.!?]) /));
  return Array.from({ length: count }, (_, n) => ({
    id: `${2600 + Math.floor(n / 90_000)}.${String(10_000 + (n % 90_000)).padStart(5, '0')}`,
    title: `${pick(samples).title.replace(/:.*/, '')}: ${pick(samples).title.replace(/^[^:]*: /, '')}`.slice(
      0,
      220,
    ),
    abstract: Array.from({ length: 8 }, () => pick(sentences)).join(' '),
    authors: pick(samples).authors.map(({ name }) => name),
    repository: random() < 0.5 ? `https://github.com/lab-${n}/model-${n}` : null,
    thumbnail: `https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/26${n}.png`,
    votes: Math.floor(200 * random() ** 3),
    comments: Math.floor(6 * random()),
    stars: random() < 0.5 ? Math.floor(3000 * random() ** 4) : null,
    listedOn,
  }));
}

/** Distinct topics of two words that stand close together in a paper, as readers write them: most find something. */
export function topicsOf(count: number): string[] {
  const random = seeded(SEED + 1);
  const topics = new Set(
    samples.flatMap(({ title, summary }) =>
      `${title}. ${summary}`.split(/[.:;,]/).flatMap((part) => {
        const words = part.match(/\b[a-z]{4,14}\b/g) ?? [];
        return words.flatMap((word, n) => words.slice(n + 1, n + 4).map((next) => `${word} ${next}`));
      }),
    ),
  );
  const order = [...topics].map((topic) => ({ topic, at: random() })).sort((a, b) => a.at - b.at);
  if (order.length < count) throw new Error(`The papers have ${order.length} topics only.`);
  return order.slice(0, count).map(({ topic }) => topic);
}

/** Stores papers as set work, each with one measurement, and a good reading of their day. */
export async function storePapers({ db }: App, papers: TestPaper[]): Promise<void> {
  for (let start = 0; start < papers.length; start += 5_000) {
    const rows = papers.slice(start, start + 5_000).map((paper) => ({
      ...paper,
      keys: (paper.authors ?? []).map((name) => name.toLowerCase()),
      at: `${paper.listedOn}T12:00:00Z`,
    }));
    await db.$executeRaw`
      INSERT INTO papers (id, title, abstract, authors, author_keys, keywords, categories, published_at, listed_on,
        source, thumbnail, repository, first_seen_at, updated_at, lexemes)
      SELECT p.id, p.title, p.abstract, ARRAY(SELECT jsonb_array_elements_text(p.authors)),
        ARRAY(SELECT jsonb_array_elements_text(p.keys)), '{}', '{cs.LG}', p.at, p.at, 'huggingface', p.thumbnail,
        p.repository, p.at, p.at,
        setweight(to_tsvector('english', p.title), 'A') || setweight(to_tsvector('english', p.abstract), 'C')
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS p(id text, title text, abstract text, authors jsonb,
        keys jsonb, at timestamptz, thumbnail text, repository text)
      ON CONFLICT DO NOTHING`;
    await db.$executeRaw`
      INSERT INTO signals (paper_id, measured_at, votes, comments, stars)
      SELECT s.id, s.at, s.votes, s.comments, s.stars
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS s(id text, at timestamptz, votes int, comments int, stars int)
      ON CONFLICT DO NOTHING`;
  }
  const days = [...new Set(papers.map(({ listedOn }) => listedOn ?? '2026-05-06'))];
  for (const day of days)
    await db.ingest.create({
      data: {
        source: 'huggingface',
        date: startOf(day),
        startedAt: new Date(`${day}T23:40:00Z`),
        finishedAt: new Date(`${day}T23:40:00Z`),
        outcome: 'ok',
      },
    });
}

/** @returns the ids of the topics, which are stored */
export async function storeTopics({ db, now }: App, queries: string[]): Promise<string[]> {
  const topics = queries.flatMap((query) => {
    const parsed = parseTopic(query);
    return parsed.ok ? [parsed.topic] : [];
  });
  const ids: string[] = [];
  for (let start = 0; start < topics.length; start += 500)
    ids.push(...(await saveTopics(db, topics.slice(start, start + 500), now())));
  return ids;
}

/**
 * Readers of long standing, the numbers `from` up to `to`, whose hour has come: each with three of the topics, the first ones
 * more often, as readers are.
 */
export async function storeReaders(
  { db, now }: App,
  { from = 1, to, topicIds }: { from?: number; to: number; topicIds: string[] | null },
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO subscribers (id, email, email_key, status, time_zone, send_hour, created_at, changed_at, confirmed_at)
    SELECT md5('reader' || n)::uuid, address, address, 'active', 'UTC', ${now().getUTCHours()}, at, at, at
    FROM generate_series(${from}::int, ${to}::int) AS n, CAST(${startOf('2026-01-01')} AS timestamptz) AS at,
      LATERAL (SELECT 'reader' || n || '@example' || n % 200 || '.org' AS address) AS a`;
  if (!topicIds) return;
  await db.$executeRaw`
    INSERT INTO subscriber_topics (subscriber_id, topic_id, position)
    SELECT md5('reader' || n)::uuid, (${topicIds}::uuid[])[1 + floor(${topicIds.length} * dice ^ 2)::int], position
    FROM generate_series(${from}::int, ${to}::int) AS n, generate_series(0, 2) AS position,
      LATERAL (SELECT (hashtext(n || '.' || position) & 1048575) / 1048576.0 AS dice) AS d
    ON CONFLICT DO NOTHING`;
}
