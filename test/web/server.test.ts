import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import { parse } from 'node-html-parser';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PrismaClient } from '../../src/generated/client.ts';
import { openLog } from '../../src/lib/log.ts';
import { signLink } from '../../src/subscribers/links.ts';
import { createWeb, listen } from '../../src/web/server.ts';
import { testApp } from '../support/app.ts';
import { addPapers } from '../support/papers.ts';

const app = await testApp({ env: { PORT: '0' } });
const web = createWeb(app);

describe('today’s page', () => {
  test('has the sign-up form before there is any edition', async () => {
    const response = await web.request('/');
    expect(response.status).toBe(200);
    const dom = parse(await response.text());
    expect(dom.querySelector('h1')?.text).toBe('The first edition is on its way');
    expect(dom.querySelector('form[action="/subscribe"] input[type=email]')).not.toBeNull();
  });

  test('every field of its form has a label', async () => {
    const dom = parse(await (await web.request('/')).text());
    const fields = dom.querySelectorAll('input:not([type=hidden]), select, textarea');
    expect(fields.length).toBe(9);
    for (const field of fields) expect(dom.querySelector(`label[for="${field.id}"]`)?.text).toBeTruthy();
  });

  test('lists the papers of the latest edition, hottest first, and those of a day that is asked for', async () => {
    await addPapers(app, [
      {
        id: '2605.00001',
        title: 'A <script>alert(1)</script> title \u202egnp.exe',
        authors: ['Ada Lovelace', 'Grace Hopper', 'Alan Turing', 'Kurt Gödel'],
        repository: 'javascript:alert(1)',
        projectPage: 'https://example.org/?a=1&b=2',
      },
      { id: '2605.00002', title: 'Optics', tldr: 'Light bends.' },
    ]);
    const editionOf = async (day: string, papers: string[], notes: string[] = []) => {
      const date = new Date(`${day}T00:00:00Z`);
      await app.db.edition.create({ data: { date, publishedAt: date, asOf: date, opensAt: date, notes } });
      await app.db.editionPaper.createMany({
        data: papers.map((paperId, n) => ({
          editionDate: date,
          paperId,
          rank: n + 1,
          heat: 9 - n,
          votes: 1241 - n,
          votesGained: 41,
          comments: n,
          stars: null,
          starsGained: 0,
        })),
      });
    };
    await editionOf('2026-05-05', ['2605.00002']);
    await editionOf('2026-05-06', ['2605.00001', '2605.00002'], ['arXiv did not answer.']);

    const dom = parse(await (await web.request('/')).text());
    const papers = dom.querySelectorAll('.papers ol li');
    expect(papers.map((paper) => paper.querySelector('h2 a')?.text)).toEqual([
      'A <script>alert(1)</script> title gnp.exe',
      'Optics',
    ]);
    expect(dom.querySelectorAll('main script')).toEqual([]);
    expect(papers[0]?.querySelector('h2 a')?.getAttribute('href')).toBe('https://arxiv.org/abs/2605.00001');
    expect(papers[0]?.querySelector('.authors')?.text).toBe('Ada Lovelace, Grace Hopper, Alan Turing et al.');
    expect(papers[0]?.querySelector('.facts span')?.text).toBe('1,241 votes +41');
    expect(papers[0]?.querySelectorAll('.links a').map((link) => link.getAttribute('href'))).toEqual([
      'https://arxiv.org/abs/2605.00001',
      'https://arxiv.org/pdf/2605.00001',
      'https://huggingface.co/papers/2605.00001',
      'https://example.org/?a=1&b=2',
    ]);
    expect(papers[1]?.text).toContain('Light bends.');
    expect(dom.querySelector('.note')?.text).toBe('arXiv did not answer.');
    expect(dom.querySelectorAll('.spans a').map((link) => link.getAttribute('href'))).toEqual([
      '/?date=2026-05-06',
      '/week/2026-W19',
      '/month/2026-05',
      '/?date=2026-05-05',
    ]);

    const before = parse(await (await web.request('/?date=2026-05-05')).text());
    expect(before.querySelectorAll('.papers ol li')).toHaveLength(1);
    expect((await web.request('/?date=2026-05-04')).status).toBe(404);
  });
});

describe('every answer', () => {
  const id = '019dff00-0000-7000-8000-000000000001';

  test('lets no foreign script, style or frame in, and tells nobody the address of a page', async () => {
    const confirm = `/confirm/${signLink(app.secrets, 'confirm', id)}`;
    for (const path of ['/', '/nothing', confirm, '/?date=x', '/healthz']) {
      const { headers } = await web.request(path);
      const policy = headers.get('content-security-policy');
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('strict-transport-security')).toContain('max-age');
      expect(headers.has('set-cookie')).toBe(false);
    }
    expect((await web.request(confirm)).headers.get('cache-control')).toBe('no-store');
  });

  test('needs nothing inline: styles and the one script are files of ours', async () => {
    const page = await (await web.request('/')).text();
    expect(page).not.toMatch(/<style|style=|<script>| on\w+=/);
    for (const [path, type] of [
      ['/style.css', 'text/css'],
      ['/site.js', 'text/javascript'],
      ['/icon.svg', 'image/svg+xml'],
    ] as const) {
      const response = await web.request(path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain(type);
      expect((await response.text()).length).toBeGreaterThan(50);
    }
  });

  test('is measured by its route, and neither measurements nor log know a token or an address', async () => {
    const lines: string[] = [];
    const log = openLog('debug', { write: (line) => void lines.push(line) });
    const queue = { ...app.queue, send: () => Promise.reject(new Error('no mail to ada@example.org today')) };
    const config = { ...app.config, metricsToken: 'a-token-for-prometheus' };
    const watched = createWeb({ ...app, config, log, queue });
    const token = signLink(app.secrets, 'unsubscribe', id);
    await watched.request(`/unsubscribe/${token}`);
    const failed = await watched.request('/subscribe', {
      method: 'POST',
      body: new URLSearchParams({ email: 'ada@example.org', topics: 'optics' }),
    });
    expect(failed.status).toBe(500);
    expect(await failed.text()).not.toContain('ada@example.org');
    const authorization = `Bearer ${config.metricsToken}`;
    const metrics = await (await watched.request('/metrics', { headers: { authorization } })).text();
    expect(metrics).toMatch(
      /paperboy_http_request_seconds_count\{[^}]*route="\/unsubscribe\/:token"[^}]*\} 1/,
    );
    expect(metrics).toContain('process_cpu_seconds_total');
    expect(lines.join('\n')).toContain('no mail to [address] today');
    for (const text of [metrics, ...lines]) {
      expect(text).not.toContain(token);
      expect(text).not.toContain('ada@example.org');
    }
  });
});

describe('health', () => {
  test('the service is alive, and ready while the database answers', async () => {
    expect((await web.request('/healthz')).status).toBe(200);
    expect((await web.request('/readyz')).status).toBe(200);
  });

  test('without an answer from the database within 2 s it is alive but not ready', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const db = new PrismaClient({
      adapter: new PrismaPg({ connectionString: `postgresql://nobody@127.0.0.1:${port}/nothing` }),
    });
    onTestFinished(async () => {
      for (const socket of sockets) socket.destroy();
      silent.close();
      await db.$disconnect();
    });
    const away = createWeb({ ...app, db });
    const before = performance.now();
    expect((await away.request('/readyz')).status).toBe(503);
    expect(performance.now() - before).toBeLessThan(3000);
    expect((await away.request('/healthz')).status).toBe(200);
  });
});

describe('the server', () => {
  test('answers on its port, finishes what is in flight, and then is gone', async () => {
    const { port, close } = await listen(app);
    const url = `http://127.0.0.1:${port}`;
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const slow = request(`${url}/subscribe`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Expect: '100-continue' },
    });
    slow.flushHeaders();
    await once(slow, 'continue');
    const closed = close();
    slow.end('{}');
    const [response] = await once(slow, 'response');
    expect(response.statusCode).toBe(400);
    response.resume();
    await closed;
    await expect(fetch(url)).rejects.toThrow();
  });

  test('waits no longer than it is told for a request that does not end', async () => {
    const { port, close } = await listen(app);
    const stuck = request(`http://127.0.0.1:${port}/subscribe`, {
      method: 'POST',
      headers: { Expect: '100-continue' },
    });
    stuck.flushHeaders();
    await once(stuck, 'continue');
    const broken = once(stuck, 'error');
    await close(0.1);
    await broken;
  });

  test('says when its port is taken', async () => {
    const { port, close } = await listen(app);
    onTestFinished(() => close());
    await expect(listen({ ...app, config: { ...app.config, port } })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
