import { gunzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { publish } from '../../src/editions/publish.ts';
import { keptPages } from '../../src/web/kept.ts';
import { createWeb } from '../../src/web/server.ts';
import { testApp } from '../support/app.ts';
import { addPapers } from '../support/papers.ts';
import { visit } from '../support/site.ts';

describe('a page that is the same for everybody', () => {
  let clock = 0;
  const made: string[] = [];
  const keep = keptPages({ now: () => new Date(clock) });
  const web = new Hono().get('/:edition/:text', (context) => {
    const { edition, text } = context.req.param();
    return keep(context, {
      madeOf: [edition, text.length],
      make: async () => {
        if (text === 'fail') throw new Error('The database is away.');
        made.push(text);
        return text;
      },
    });
  });
  web.onError((error, context) => context.text(error.message, 500));
  const ask = async (path: string, init?: RequestInit) => web.request(path, init);
  const makes = async (work: () => Promise<unknown>) => {
    made.length = 0;
    await work();
    return made.length;
  };

  test('that could not be made is made by whoever asks next', async () => {
    expect((await ask('/1/fail')).status).toBe(500);
    expect(await (await ask('/1/text')).text()).toBe('text');
  });

  test('is made once for all who ask at the same time, and not again for a minute', async () => {
    expect(await makes(() => Promise.all([ask('/1/a'), ask('/1/a'), ask('/1/b')]))).toBe(1);
    clock += 59_000;
    expect(await makes(() => ask('/1/a'))).toBe(0);
    clock += 1_000;
    expect(await makes(() => ask('/1/a'))).toBe(1);
  });

  test('is made anew when it is made of something else', async () => {
    expect(await makes(() => ask('/2/a'))).toBe(1);
  });

  test('reaches each as they can read it', async () => {
    const packed = await ask('/1/text', { headers: { 'Accept-Encoding': 'br, gzip' } });
    expect(gunzipSync(Buffer.from(await packed.arrayBuffer())).toString()).toBe('text');
    for (const coding of ['br', 'gzip;q=0', 'identity, gzip;q=0'])
      expect(await (await ask('/1/text', { headers: { 'Accept-Encoding': coding } })).text()).toBe('text');
  });
});

describe('the page of a day', async () => {
  const app = await testApp({ env: { SOURCES: 'huggingface' } });
  // Each has a memory of its own, as two processes have.
  const [web, other] = [createWeb(app), createWeb(app)];
  const days = ['2026-05-03', '2026-05-04', '2026-05-05', '2026-05-06'];
  await addPapers(
    app,
    days.map((listedOn, n) => ({ id: `2605.0000${n}`, title: `Paper ${n}`, listedOn, votes: 10 * n })),
  );
  const edition = (date: string, at = '2026-05-07T09:00:00Z') =>
    publish({ ...app, now: () => new Date(at) }, { date });
  const titles = async (path: string) =>
    (await visit(web, path)).dom.querySelectorAll('.paper h2').map(({ text }) => text);
  await edition('2026-05-04');
  await edition('2026-05-05');

  test('shows a new edition at once, whoever published it, and what is beside it', async () => {
    const day = '/?date=2026-05-05';
    expect(await titles('/')).toEqual(['Paper 2', 'Paper 1', 'Paper 0']);
    expect((await visit(web, day)).dom.querySelector('a[rel=next]')).toBeNull();
    await visit(other, '/');
    await edition('2026-05-06');
    for (const site of [web, other])
      expect((await visit(site, '/')).dom.querySelectorAll('.paper')).toHaveLength(4);
    expect((await visit(web, day)).dom.querySelector('a[rel=next]')?.getAttribute('href')).toBe(
      '/?date=2026-05-06',
    );
  });

  test('is the same for programs, with a time that tells whether it was made anew', async () => {
    const answer = async () => JSON.parse((await visit(web, '/api/editions/latest')).body);
    const first = await answer();
    expect([first.date, first.papers.length]).toEqual(['2026-05-06', 4]);
    await addPapers(app, [{ id: '2605.00008', title: 'More', measuredAt: '2026-05-06T13:00:00Z' }]);
    await edition('2026-05-06', '2026-05-07T09:30:00Z');
    const anew = await answer();
    expect([anew.publishedAt, anew.papers.length]).toEqual(['2026-05-07T09:30:00.000Z', 5]);
  });

  test('shows an edition that was made anew at once, and how papers moved since the one before', async () => {
    const places = async () =>
      (await visit(web, '/?date=2026-05-05')).dom.querySelectorAll('.rank span').map(({ text }) => text);
    const before = await places();
    await addPapers(app, [
      { id: '2605.00000', title: 'Paper 0', votes: 900, measuredAt: '2026-05-04T20:00:00Z' },
    ]);
    await edition('2026-05-04', '2026-05-07T10:00:00Z');
    expect(await places()).not.toEqual(before);
    await edition('2026-05-05', '2026-05-07T10:00:00Z');
    expect(await titles('/?date=2026-05-05')).toEqual(['Paper 2', 'Paper 0', 'Paper 1']);
  });

  test('that somebody has is not sent again, until there is another edition', async () => {
    const { headers } = await visit(web, '/?date=2026-05-06');
    const ask = (path: string) =>
      visit(other, path, { headers: { 'If-None-Match': headers.get('etag') ?? '' } });
    expect([(await ask('/?date=2026-05-06')).status, (await ask('/')).status]).toEqual([304, 304]);
    await addPapers(app, [{ id: '2605.00009', title: 'Late', measuredAt: '2026-05-06T13:00:00Z' }]);
    await edition('2026-05-06', '2026-05-07T11:00:00Z');
    expect([(await ask('/?date=2026-05-06')).status, (await ask('/')).status]).toEqual([200, 200]);
  });

  test('shows a title that its source mended within a minute', async () => {
    await titles('/');
    await app.db.paper.update({ where: { id: '2605.00009' }, data: { title: 'Mended' } });
    app.setNow('2026-05-07T09:01:00Z');
    expect(await titles('/')).toContain('Mended');
  });

  test('of a topic is a page of its own, in the words that were asked for', async () => {
    expect(await titles('/?topic=late')).toHaveLength(1);
    expect(await titles('/')).toHaveLength(6);
    const shouted = await visit(web, '/?topic=LATE');
    expect(shouted.dom.querySelector('#topic')?.getAttribute('value')).toBe('LATE');
  });
});
