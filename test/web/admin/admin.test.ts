import { once } from 'node:events';
import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { parse } from 'node-html-parser';
import { beforeEach, describe, expect, test } from 'vitest';
import { again } from '../../../jobs/again.ts';
import { deliverDue } from '../../../src/delivery/deliver.ts';
import { compose } from '../../../src/digests/compose.ts';
import { createWeb, listen } from '../../../src/web/server.ts';
import { appWithMailbox, testApp } from '../../support/app.ts';
import { addEdition, addIngest } from '../../support/papers.ts';
import { addReader } from '../../support/readers.ts';

const TOKEN = 'open-sesame-open-sesame';
const basic = (password: string) => `Basic ${Buffer.from(`anybody:${password}`).toString('base64')}`;

let web: ReturnType<typeof createWeb>;
const { app, mailbox } = await appWithMailbox({
  env: { ADMIN_TOKEN: TOKEN, SOURCES: 'huggingface' },
  fetch: async () => Response.json([]),
});
await addEdition(app, [{ id: '2605.00001', title: 'Speculative decoding with trees', votes: 10 }]);
for (const name of ['ada', 'grace'])
  await addReader(app, { email: `${name}@example.org`, topics: ['speculative decoding'] });
await compose(app);
mailbox.refuse.set('grace@example.org', '550 5.1.1 no such user');
await deliverDue(app);
beforeEach(() => {
  web = createWeb(app);
});

const page = (path: string, init: RequestInit = {}) =>
  web.request(path, { ...init, headers: { authorization: basic(TOKEN), ...init.headers } });
const form = (fields: Record<string, string> = {}, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(fields),
  headers: { 'sec-fetch-site': 'same-origin', ...headers },
});

describe('the admin pages', () => {
  test('are not there unless a token or a proxy’s header is set', async () => {
    const without = createWeb(await testApp());
    for (const path of ['/admin', '/admin/pause', '/admin/reader'])
      expect((await without.request(path, { headers: { authorization: basic(TOKEN) } })).status).toBe(404);
  });

  test.each([
    ['no password', undefined],
    ['a wrong password', basic('open sesame')],
    ['a longer password', basic(`${TOKEN}!`)],
    ['an empty password', basic('')],
    ['a scheme that is not known', `Digest ${TOKEN}`],
  ])('let nobody in with %s, and do nothing', async (_, authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await web.request('/admin', { headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /);
    expect((await web.request('/admin/pause', { ...form(), headers })).status).toBe(401);
    expect(await app.db.breaker.count()).toBe(0);
  });

  test.each([
    ['basic', basic(TOKEN)],
    ['bearer', `Bearer ${TOKEN}`],
  ])('let the operator in by %s authentication', async (_, authorization) => {
    expect((await web.request('/admin', { headers: { authorization } })).status).toBe(200);
  });

  test('shut out whoever guesses, the right password or not, and let others in', async () => {
    for (let n = 0; n < 10; n++)
      await web.request('/admin', { headers: { authorization: basic(`guess ${n}`) } });
    const shut = await page('/admin');
    expect(shut.status).toBe(429);
    expect(Number(shut.headers.get('retry-after'))).toBeGreaterThan(60);
  });

  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour of ours', { 'sec-fetch-site': 'same-site' }],
    ['an address typed in', { 'sec-fetch-site': 'none' }],
  ])('take no form that comes from %s', async (_, headers) => {
    expect((await page('/admin/pause', form({}, headers))).status).toBe(403);
    expect(await app.db.breaker.count()).toBe(0);
  });

  test('take no form with a foreign origin from a browser that says no more', async () => {
    const post = { method: 'POST', body: new URLSearchParams() };
    expect((await page('/admin/pause', { ...post, headers: { origin: 'https://evil.test' } })).status).toBe(
      403,
    );
    expect((await page('/admin/pause', { ...post, headers: { origin: 'null' } })).status).toBe(403);
    expect(
      (await page('/admin/pause', { ...post, headers: { origin: 'http://localhost', host: 'localhost' } }))
        .status,
    ).toBe(303);
    expect((await page('/admin/resume', form())).status).toBe(303);
  });

  test('believe a proxy’s header only from a proxy that is trusted', async () => {
    const ask = async (trust: string) => {
      const proxied = await testApp({
        env: { ADMIN_PROXY_HEADER: 'X-Remote-User', TRUST_PROXY: trust, PORT: '0' },
      });
      const site = await listen(proxied);
      const request = get(`http://127.0.0.1:${site.port}/admin`, { headers: { 'x-remote-user': 'ada' } });
      const [response] = await once(request, 'response');
      await text(response);
      await site.close();
      return response.statusCode;
    };
    expect(await ask('127.0.0.1')).toBe(200);
    expect(await ask('192.0.2.1')).toBe(401);
  });
});

describe('the overview', () => {
  test('shows the run as the ledger has it, and every plot, with nothing that its policy forbids', async () => {
    const answer = await page('/admin');
    const shown = parse(await answer.text());
    const rows = shown
      .querySelectorAll('.funnel tr')
      .map((row) => row.textContent.replace(/\s+/g, ' ').trim());
    expect(rows.map((row) => row.replace(/ \d+$/, ''))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^composed for2/),
        expect.stringMatching(/^sent1/),
        expect.stringMatching(/^failed1/),
      ]),
    );
    expect(shown.textContent).toContain('550 5.1.1');
    expect(shown.querySelectorAll('svg.plot')).toHaveLength(5);
    expect(shown.querySelectorAll('style, [style], script:not([src])')).toHaveLength(0);
    expect(answer.headers.get('content-security-policy')).toContain("style-src 'self'");
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(shown.toString()).not.toContain('@example.org');
  });

  test('is shown of an empty house too', async () => {
    const empty = createWeb(await testApp({ env: { ADMIN_TOKEN: TOKEN } }));
    const answer = await empty.request('/admin', { headers: { authorization: basic(TOKEN) } });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('No edition is published yet');
  });

  test('says why the edition that is due is held, and what the source answered', async () => {
    const waiting = await testApp({ env: { ADMIN_TOKEN: TOKEN, SOURCES: 'huggingface' } });
    await addIngest(waiting, {
      outcome: 'failed',
      error: 'It answered 503.',
      startedAt: '2026-05-07T08:00:00Z',
    });
    const answer = await createWeb(waiting).request('/admin', { headers: { authorization: basic(TOKEN) } });
    const shown = parse(await answer.text());
    expect(shown.querySelector('.note')?.textContent).toMatch(/^The edition of 2026-05-06 is held\. .*503/);
    expect(shown.querySelector('.bad')?.textContent).toBe('The last try failed. It answered 503.');
    expect(shown.querySelector('[role=alert]')?.textContent).toContain('Hugging Face was never read');
  });

  test('says whom the plot of readers has no more', async () => {
    const shown = parse(await (await page('/admin')).text());
    const plot = shown
      .querySelectorAll('section')
      .find((section) => section.text.includes('Readers, by day'));
    expect(plot?.querySelector('.hint')?.text).toMatch(
      /forgotten after 7 days, and an erased reader at once/,
    );
  });

  test('changes nothing when it is read', async () => {
    for (const path of ['/admin/pause', '/admin/day', '/admin/reader'])
      expect((await page(path)).status).toBe(404);
    expect(await app.db.breaker.count()).toBe(0);
  });

  test('pauses sending and resumes it', async () => {
    expect((await page('/admin/pause', form())).headers.get('location')).toBe('/admin');
    expect(await (await page('/admin')).text()).toContain('Sending is paused');
    await page('/admin/resume', form());
    expect(await (await page('/admin')).text()).not.toContain('Sending is paused');
  });

  test.each(['', 'yesterday', '2026-02-30', '0001-01-01', '2026-04-29', '2026-05-07', '2027-05-06'])(
    'runs no day that is none or has no papers for an edition: "%s"',
    async (date) => {
      const refused = await page('/admin/day', form({ date }));
      expect(refused.status).toBe(400);
      expect(await refused.text()).toContain('2026-04-30 to 2026-05-06');
      expect(await app.queue.waits('again')).toBe(false);
      expect(await (await page(`/admin?again=${date}`)).text()).not.toContain('will be run again');
    },
  );

  test('has a day run again beside the request, once however often it is asked', async () => {
    for (let n = 0; n < 2; n++) {
      const answer = await page('/admin/day', form({ date: '2026-05-06' }));
      expect(answer.status).toBe(303);
      expect(answer.headers.get('location')).toBe('/admin?again=2026-05-06');
    }
    const shown = parse(await (await page('/admin?again=2026-05-06')).text());
    expect(shown.querySelector('[role=status]')?.textContent).toContain('2026-05-06 will be run again');
    expect(
      await app.db.$queryRaw`SELECT data FROM pgboss.job WHERE name = 'again' AND state = 'created'`,
    ).toEqual([{ data: { date: '2026-05-06' } }]);
  });

  test('runs it as the timetable does: read, made, and composed for whoever is due', async () => {
    await again.run(app, { date: '2026-05-06' }, AbortSignal.timeout(60_000));
    const [reading] = await app.db.ingest.findMany({ orderBy: { id: 'desc' }, take: 1 });
    expect(reading).toMatchObject({ date: new Date('2026-05-06'), startedAt: app.now(), outcome: 'empty' });
    expect(await app.queue.waits('compose')).toBe(true);
  });
});

describe('a reader’s history', () => {
  const history = async (address: string) => page('/admin/reader', form({ address }));

  test('tells what became of every mail', async () => {
    const shown = await (await history('Ada@example.org')).text();
    for (const fact of ['speculative decoding', '2026-05-06', 'sent', 'active'])
      expect(shown).toContain(fact);
    expect(await (await history('grace@example.org')).text()).toMatch(
      /Suppressed until confirmed[\s\S]*550 5\.1\.1/,
    );
  });

  test('of an address that nobody has is told so, and what is no address is refused', async () => {
    expect(await (await history('nobody@example.org')).text()).toContain('Nobody has subscribed');
    expect((await history('ada')).status).toBe(400);
  });
});
