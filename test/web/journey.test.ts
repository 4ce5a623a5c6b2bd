import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { confirm } from '../../src/subscribers/confirm.ts';
import { type Purpose, signLink } from '../../src/subscribers/links.ts';
import { pause } from '../../src/subscribers/pause.ts';
import { erase, suppress } from '../../src/subscribers/suppression.ts';
import { unsubscribe } from '../../src/subscribers/unsubscribe.ts';
import { createWeb } from '../../src/web/server.ts';
import { testApp } from '../support/app.ts';
import { form, visit } from '../support/site.ts';

const app = await testApp();
const web = createWeb(app);
beforeEach(async () => {
  await app.db.subscriber.deleteMany();
  await app.db.suppression.deleteMany();
  await app.db.departure.deleteMany();
  app.setNow('2026-05-07T09:00:00Z');
});

const wishes = { email: 'ada@example.org', topics: 'world models\nspeculative decoding' };
const json = (value: unknown): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(value),
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
});
const page = (path: string, init?: RequestInit) => visit(web, path, init);
const path = (purpose: Purpose, id: string) => `/${purpose}/${signLink(app.secrets, purpose, id)}`;
const row = () => app.db.subscriber.findFirstOrThrow({ include: { letters: true, deliveries: true } });

async function reader(): Promise<string> {
  await web.request('/subscribe', form(wishes));
  const { id } = await row();
  await confirm(app, id);
  return id;
}

describe('signing up', () => {
  test('with a form is accepted, and a confirmation waits to be sent', async () => {
    const { status, dom } = await page(
      '/subscribe',
      form({ ...wishes, timeZone: 'Europe/Berlin', sendHour: '7' }),
    );
    expect(status).toBe(202);
    expect(dom.querySelector('h1')?.text).toBe('Look into your inbox');
    expect(await row()).toMatchObject({
      status: 'pending',
      timeZone: 'Europe/Berlin',
      sendHour: 7,
      letters: [{ kind: 'confirm', status: 'queued' }],
    });
  });

  test('with JSON too', async () => {
    const response = await web.request('/subscribe', json({ ...wishes, topics: ['optics'], maxPapers: 3 }));
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ message: expect.stringContaining('a mail is on its way') });
    expect(await row()).toMatchObject({ maxPapers: 3 });
  });

  test('the box that is not ticked says no, and a form without it says nothing', async () => {
    await web.request('/subscribe', form({ ...wishes, trending: 'no' }));
    expect((await row()).trending).toBe(false);
    const both = new URLSearchParams(wishes);
    both.append('trending', 'no');
    both.append('trending', 'yes');
    await web.request('/subscribe', { method: 'POST', body: both });
    expect((await row()).trending).toBe(true);
  });

  test('gives the same answer, byte for byte and no sooner, whatever the state of the address', async () => {
    const id = await reader();
    const states: [string, () => Promise<unknown>][] = [
      ['active', async () => {}],
      ['paused', () => pause(app, id, null)],
      ['unsubscribed', () => unsubscribe(app, id)],
      ['pending', async () => {}],
      ['suppressed', () => suppress(app, [id], 'complaint')],
      ['erased', () => erase(app, wishes.email)],
    ];
    const said = async (init: RequestInit) => {
      const before = performance.now();
      const response = await web.request('/subscribe', init);
      expect(performance.now() - before).toBeGreaterThan(98);
      const headers = [...response.headers].filter(([name]) => name !== 'date');
      return { status: response.status, headers, body: await response.text() };
    };
    const fresh = await said(form({ ...wishes, email: 'nobody@example.org' }));
    const freshJson = await said(json({ ...wishes, email: 'nobody@example.org' }));
    for (const [state, become] of states) {
      await become();
      expect({ state, ...(await said(form(wishes))) }).toEqual({ state, ...fresh });
      expect({ state, ...(await said(json(wishes))) }).toEqual({ state, ...freshJson });
    }
  });
});

describe('confirming', () => {
  test('takes a press of the button: opening the link changes nothing', async () => {
    await web.request('/subscribe', form(wishes));
    const { id } = await row();
    for (const method of ['GET', 'HEAD', 'GET'])
      expect((await web.request(path('confirm', id), { method })).status).toBe(200);
    expect((await row()).status).toBe('pending');
    const { dom } = await page(path('confirm', id));
    expect(dom.querySelectorAll('main li').map((item) => item.text)).toEqual([
      'world models',
      'speculative decoding',
    ]);
    expect(dom.querySelector('form')?.getAttribute('method')).toBe('post');

    const pressed = await page(path('confirm', id), { method: 'POST' });
    expect(pressed.status).toBe(200);
    expect(pressed.dom.querySelector('h1')?.text).toBe('You are subscribed');
    const { status, letters } = await row();
    expect(status).toBe('active');
    expect(letters.map(({ kind }) => kind).sort()).toEqual(['confirm', 'welcome']);

    const again = await page(path('confirm', id), { method: 'POST' });
    expect([again.status, again.dom.querySelector('h1')?.text]).toEqual([200, 'You are subscribed already']);
    expect((await page(path('confirm', id))).dom.querySelector('form')).toBeNull();
  });

  test('leads to the preferences', async () => {
    await web.request('/subscribe', form(wishes));
    const { dom } = await page(path('confirm', (await row()).id), { method: 'POST' });
    const link = dom.querySelector('main a')?.getAttribute('href') ?? '';
    expect((await page(new URL(link).pathname)).dom.querySelector('h1')?.text).toBe('Your preferences');
  });

  test('of a sign-up that is forgotten says so', async () => {
    for (const method of ['GET', 'POST']) {
      const { status, dom } = await page(path('confirm', app.uuid()), { method });
      expect([status, dom.querySelector('h1')?.text]).toEqual([410, 'This link has run out']);
    }
  });
});

describe('preferences', () => {
  test('stand in the form, change together, and are shown as they are now', async () => {
    const id = await reader();
    const before = await page(path('preferences', id));
    expect(before.dom.querySelector('textarea')?.text).toBe('\nworld models\nspeculative decoding');
    const changed = await page(
      path('preferences', id),
      form({ topics: 'optics', sendHour: '23', timeZone: 'Asia/Tokyo', frequency: 'weekly', trending: 'no' }),
    );
    expect(changed.status).toBe(200);
    expect(changed.dom.querySelector('[role=status]')?.text).toBe('Saved.');
    expect(changed.dom.querySelector('textarea')?.text).toBe('\noptics');
    expect(
      changed.dom.querySelectorAll('option[selected]').map((option) => option.getAttribute('value')),
    ).toEqual(['23', 'Asia/Tokyo', 'weekly', '10']);
    expect(changed.dom.querySelector('#trending')?.hasAttribute('checked')).toBe(false);
  });

  test('with a wrong one nothing changes and the form comes back as it was sent', async () => {
    const id = await reader();
    const { status, dom } = await page(
      path('preferences', id),
      form({ topics: 'optics\n"open', sendHour: '24', timeZone: 'Mars/Olympus', maxPapers: '3' }),
    );
    expect(status).toBe(400);
    expect(dom.querySelector('textarea')?.text).toBe('\noptics\n"open');
    expect(dom.querySelectorAll('[role=alert] a').map((link) => link.getAttribute('href'))).toEqual([
      '#topics',
      '#timeZone',
      '#sendHour',
    ]);
    expect(dom.querySelector('#timeZone option[selected]')?.text).toBe('Mars/Olympus');
    expect(await row()).toMatchObject({ sendHour: 8, timeZone: 'UTC', maxPapers: 10 });
  });

  test('a pause holds the digests back until it is ended', async () => {
    const id = await reader();
    const paused = await page(`${path('preferences', id)}/pause`, form({ days: '14' }));
    expect(paused.dom.querySelector('#pause h2')?.text).toBe('Paused until Thursday 21 May');
    expect(await row()).toMatchObject({ status: 'paused', pausedUntil: new Date('2026-05-21T00:00:00Z') });
    const date = paused.dom.querySelector('input[type=date]');
    expect([date?.getAttribute('min'), date?.getAttribute('max')]).toEqual(['2026-05-08', '2027-05-07']);
    const further = await page(`${path('preferences', id)}/pause`, form({ until: '2026-07-01' }));
    expect(further.dom.querySelector('#pause h2')?.text).toBe('Paused until Wednesday 1 July');
    for (const wrong of [{ days: '-1' }, { until: '2026-05-07' }, { until: 'x' }, {}]) {
      const { status, dom } = await page(`${path('preferences', id)}/pause`, form(wrong as never));
      expect([status, dom.querySelector('#until')?.getAttribute('aria-invalid')]).toEqual([400, 'true']);
      expect(dom.querySelector('#until-problem')?.text).toBeTruthy();
      expect(dom.querySelector('.problems')).toBeNull();
    }
    const action = paused.dom.querySelector('#pause form')?.getAttribute('action') ?? '';
    expect(action).toBe(`${path('preferences', id)}/resume#pause`);
    expect((await page(action, { method: 'POST' })).status).toBe(200);
    expect(await row()).toMatchObject({ status: 'active', pausedUntil: null });
  });

  test('are gone with the subscription', async () => {
    const id = await reader();
    await unsubscribe(app, id);
    for (const [where, init] of [
      ['', undefined],
      ['', form({ maxPapers: '1' })],
      ['/pause', form({ days: '7' })],
      ['/resume', form({})],
    ] as const)
      expect((await page(path('preferences', id) + where, init)).status).toBe(410);
    expect(await row()).toMatchObject({ status: 'unsubscribed', maxPapers: 10 });
  });
});

describe('leaving', () => {
  const date = new Date('2026-05-06T00:00:00Z');
  beforeAll(async () => {
    await app.db.edition.create({ data: { date, publishedAt: date, asOf: date, opensAt: date } });
  });

  test('takes a press of the button, and the digest that waits is not sent', async () => {
    const id = await reader();
    await app.db.delivery.create({
      data: { subscriberId: id, editionDate: date, nextAttemptAt: date, createdAt: date },
    });
    for (const method of ['GET', 'HEAD']) await web.request(path('unsubscribe', id), { method });
    expect(await row()).toMatchObject({ status: 'active', deliveries: [{ status: 'queued' }] });
    expect((await page(path('unsubscribe', id))).dom.querySelector('button')?.text).toBe('Yes, unsubscribe');

    const { status, dom } = await page(path('unsubscribe', id), { method: 'POST' });
    expect([status, dom.querySelector('h1')?.text]).toEqual([200, 'You are unsubscribed']);
    expect(await row()).toMatchObject({
      status: 'unsubscribed',
      deliveries: [{ status: 'skipped', reason: 'unsubscribed' }],
    });
  });

  const multipart = new FormData();
  multipart.append('List-Unsubscribe', 'One-Click');
  test.each([
    [
      'urlencoded',
      {
        body: 'List-Unsubscribe=One-Click',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      },
    ],
    ['multipart', { body: multipart }],
    ['broken multipart', { body: 'x', headers: { 'Content-Type': 'multipart/form-data' } }],
    ['no', {}],
  ])('takes one click in a mail program (RFC 8058), with %s body, as often as it likes', async (_, init) => {
    const id = await reader();
    for (let time = 0; time < 2; time++) {
      const response = await web.request(path('unsubscribe', id), { method: 'POST', ...init });
      expect(response.status).toBe(200);
      expect(response.headers.has('set-cookie')).toBe(false);
      expect((await row()).status).toBe('unsubscribed');
    }
  });

  test('can be undone from the page that says it, by a press of a button', async () => {
    const id = await reader();
    const { dom } = await page(path('unsubscribe', id), { method: 'POST' });
    const undo = new URL(dom.querySelector('form')?.getAttribute('action') ?? '').pathname;
    for (const method of ['GET', 'HEAD']) expect((await web.request(undo, { method })).status).toBe(200);
    expect((await row()).status).toBe('unsubscribed');
    expect((await page(path('preferences', id))).dom.querySelector('main a')?.getAttribute('href')).toContain(
      undo,
    );

    const back = await page(undo, { method: 'POST' });
    expect([back.status, back.dom.querySelector('h1')?.text]).toEqual([200, 'You are subscribed again']);
    expect((await row()).status).toBe('active');
    expect((await page(undo, { method: 'POST' })).status).toBe(200);
    expect((await page(undo)).status).toBe(410);

    await unsubscribe(app, id);
    app.setNow('2026-05-14T09:00:00Z');
    expect((await page(undo, { method: 'POST' })).status).toBe(410);
    expect((await row()).status).toBe('unsubscribed');
  });

  test('an undoing that nobody signed has no page', async () => {
    const id = await reader();
    for (const token of [
      'x',
      signLink(app.secrets, 'unsubscribe', id),
      `${signLink(app.secrets, 'data', id)}AAAAAAAA`,
    ])
      for (const method of ['GET', 'POST'])
        expect((await page(`/resubscribe/${token}`, { method })).status).toBe(404);
  });

  test('asks why, once, and counts the answer without the address', async () => {
    const id = await reader();
    const why = `${path('unsubscribe', id)}/why`;
    expect((await page(why, form({ reason: 'too much' }))).status).toBe(200);
    const left = await page(path('unsubscribe', id), { method: 'POST' });
    expect(left.dom.querySelector('fieldset')?.closest('form')?.getAttribute('action')).toBe(why);
    for (const reason of ['', 'because', '__proto__'])
      expect((await page(why, form({ reason }))).dom.querySelector('#reason-problem')).not.toBeNull();
    for (const reason of ['off topic', 'other'])
      expect((await page(why, form({ reason }))).dom.querySelector('[role=status]')).not.toBeNull();
    expect(await app.db.departure.findMany()).toEqual([
      { day: new Date('2026-05-07'), reason: 'off topic', count: 1 },
    ]);
  });

  test('is as simple for whoever is not known any more', async () => {
    expect((await page(path('unsubscribe', app.uuid()), { method: 'POST' })).status).toBe(200);
  });
});

describe('a lost link', () => {
  test('is asked for on a page, and sent by mail', async () => {
    const id = await reader();
    expect((await page('/lost-link')).dom.querySelector('form')?.getAttribute('method')).toBe('post');
    const { status, dom } = await page('/lost-link', form({ email: 'Ada@example.org' }));
    expect([status, dom.querySelector('h1')?.text]).toEqual([202, 'Look into your inbox']);
    expect((await row()).letters.map(({ kind }) => kind)).toContain('preferences');
    expect(await row()).toMatchObject({ id, status: 'active' });
  });

  test('an address that is none is told so, beside its field', async () => {
    const { status, dom } = await page('/lost-link', form({ email: 'ada"><b>' }));
    expect(status).toBe(400);
    expect(dom.querySelector('#email-problem')?.text).toContain('address');
    expect(dom.querySelector('#email')?.getAttribute('value')).toBe('ada"><b>');
  });

  test('gives the same answer, byte for byte and no sooner, whatever the state of the address', async () => {
    const id = await reader();
    const said = async (init: RequestInit) => {
      const before = performance.now();
      const response = await web.request('/lost-link', init);
      expect(performance.now() - before).toBeGreaterThan(98);
      const headers = [...response.headers].filter(([name]) => name !== 'date');
      return { status: response.status, headers, body: await response.text() };
    };
    const fresh = await said(form({ email: 'nobody@example.org' }));
    const freshJson = await said(json({ email: 'nobody@example.org' }));
    for (const become of [
      async () => {},
      () => pause(app, id, null),
      () => unsubscribe(app, id),
      () => suppress(app, [id], 'complaint'),
      () => erase(app, wishes.email),
    ]) {
      await become();
      expect(await said(form({ email: wishes.email }))).toEqual(fresh);
      expect(await said(json({ email: wishes.email }))).toEqual(freshJson);
    }
  });
});

describe('what is held about a reader', () => {
  test('is theirs to download, also after they left', async () => {
    const id = await reader();
    await unsubscribe(app, id);
    const { dom } = await page(path('data', id));
    const download = dom.querySelector('a[download]')?.getAttribute('href') ?? '';
    const response = await web.request(download);
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="paperboy.json"');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({
      subscriber: { email: 'ada@example.org', status: 'unsubscribed' },
      topics: ['world models', 'speculative decoding'],
    });
  });

  test('is deleted by a press of a button, after a question', async () => {
    const id = await reader();
    const ask = `${path('data', id)}/erase`;
    for (const method of ['GET', 'HEAD']) expect((await web.request(ask, { method })).status).toBe(200);
    expect(await app.db.subscriber.count()).toBe(1);
    expect((await page(ask)).dom.querySelector('form p, main p')?.text).toContain('keyed hash');
    for (let time = 0; time < 2; time++) {
      const { status, dom } = await page(ask, { method: 'POST' });
      expect([status, dom.querySelector('h1')?.text]).toEqual([200, 'You are deleted']);
    }
    expect(await app.db.subscriber.count()).toBe(0);
    expect(await app.db.suppression.count()).toBe(1);
    for (const where of ['', '/paperboy.json', '/erase'])
      expect((await page(path('data', id) + where)).status).toBe(410);
  });

  test('has a link of its own', async () => {
    const id = await reader();
    for (const other of ['preferences', 'unsubscribe', 'confirm', 'digest', 'feed'] as const)
      for (const where of ['', '/paperboy.json', '/erase']) {
        const token = signLink(app.secrets, other, id);
        expect((await page(`/data/${token}${where}`)).status).toBe(404);
      }
    expect(
      (await page(`/data/${signLink(app.secrets, 'unsubscribe', id)}/erase`, { method: 'POST' })).status,
    ).toBe(404);
    expect(await app.db.subscriber.count()).toBe(1);
  });
});
