import { parse } from 'node-html-parser';
import { afterEach, describe, expect, test } from 'vitest';
import { type Purpose, signLink } from '../../src/subscribers/links.ts';
import { createWeb } from '../../src/web/server.ts';
import { testApp } from '../support/app.ts';
import { quickest } from '../support/quickest.ts';

const app = await testApp();
const web = createWeb(app);
afterEach(async () => {
  expect(await app.db.subscriber.count()).toBe(0);
  expect(await app.db.letter.count()).toBe(0);
  expect(await app.db.topic.count()).toBe(0);
});

const right = { email: 'ada@example.org', topics: 'world models' };
const post = (body: NonNullable<RequestInit['body']>, type?: string): RequestInit => ({
  method: 'POST',
  body,
  ...(type ? { headers: { 'Content-Type': type } } : {}),
});
const send = (fields: object) => web.request('/subscribe', post(JSON.stringify(fields), 'application/json'));

describe('a sign-up is refused, with a clear message and nothing stored, when it has', () => {
  test.each([
    ['a malformed address', { email: 'ada.example.org' }, 'email', /has an @/],
    [
      'a line break in the address',
      { email: 'ada@example.org\r\nBcc: eve@example.org' },
      'email',
      /single line/,
    ],
    ['a list of addresses', { email: 'ada@example.org,eve@example.org' }, 'email', /one e-mail address only/],
    ['a group', { email: 'friends: ada@example.org;' }, 'email', /one e-mail address only/],
    ['a quoted @', { email: '"ada@home"@example.org' }, 'email', /address alone/],
    ['255 characters of address', { email: `${'a'.repeat(60)}@${'b.'.repeat(96)}org` }, 'email', /254/],
    ['an unknown time zone', { timeZone: 'Mars/Olympus' }, 'timeZone', /not known/],
    ['hour 24', { sendHour: 24 }, 'sendHour', /0 to 23/],
    ['100 topics', { topics: Array.from({ length: 100 }, (_, n) => `topic ${n}`) }, 'topics', /At most 20/],
    ['a topic of 10 KB', { topics: 'long '.repeat(2048) }, 'topics', /200 characters/],
    ['a topic of stop words', { topics: 'the of and' }, 'topics', /nearly every paper/],
    ['an unbalanced quote', { topics: '"world models' }, 'topics', /quotation mark/],
    ['no topic', { topics: '' }, 'topics', /at least one/],
    ['NUL for a topic', { topics: '\0' }, 'topics', /in words/],
    ['NUL in the address', { email: 'ada\0@example.org' }, 'email', /before the @/],
    ['a lone surrogate in the address', { email: 'ada@exa\ud800mple.org' }, 'email', /after the @/],
  ])('%s', async (_, fields, field, message) => {
    const response = await send({ ...right, ...fields });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: expect.stringMatching(message),
      problems: [{ field, message: expect.stringMatching(message) }],
    });
  });

  test('thousands of nested groups for an address, within 10 ms', async () => {
    await send({ ...right, email: 'x' });
    const monsters = ['a:', '(', '<', '"', '\\', ',', '@'].map((part) => part.repeat(30_000));
    for (const email of monsters) {
      expect((await send({ ...right, email })).status).toBe(400);
      expect(await quickest(() => send({ ...right, email }))).toBeLessThan(10);
    }
  });

  test('all of it wrong: everything is told at once, beside each field, and the form comes back filled', async () => {
    const sent = {
      email: '"><script>alert(1)</script>',
      topics: '</textarea><script>alert(2)</script> "\n{{ x }} "',
      timeZone: '"><img src=x>',
      sendHour: '24',
      frequency: 'hourly',
      maxPapers: '<b>',
    };
    const response = await web.request('/subscribe', post(new URLSearchParams(sent)));
    expect(response.status).toBe(400);
    const dom = parse(await response.text());
    expect(dom.querySelectorAll('script').map((script) => script.getAttribute('src'))).toEqual([
      expect.stringMatching(/^\/site\.js\?v=/),
    ]);
    expect(dom.querySelectorAll('img, b')).toEqual([]);
    expect(dom.querySelector('#email')?.getAttribute('value')).toBe(sent.email);
    expect(dom.querySelector('#topics')?.text).toBe(`\n${sent.topics}`);
    for (const field of ['email', 'topics', 'timeZone', 'sendHour', 'frequency', 'maxPapers']) {
      expect(dom.querySelector(`#${field}-problem`)?.text).toBeTruthy();
      expect(dom.querySelector(`#${field}`)?.getAttribute('aria-describedby')).toContain(`${field}-problem`);
    }
    for (const field of ['timeZone', 'sendHour', 'frequency', 'maxPapers'] as const)
      expect(dom.querySelector(`#${field} option[selected]`)?.getAttribute('value')).toBe(sent[field]);
  });

  test('marks that hide or turn text: they do not come back', async () => {
    const response = await web.request(
      '/subscribe',
      post(new URLSearchParams({ email: 'a\u202eb\0c', topics: '"x\u2066y\u0007' })),
    );
    const body = await response.text();
    expect(body).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}/u);
    expect(body).toContain('value="ab c"');
  });

  test.each([
    ['broken JSON', post('{"email":', 'application/json')],
    ['no object', post('[]', 'application/json')],
    ['null', post('null', 'application/json')],
    ['a broken multipart body', post('x', 'multipart/form-data; boundary=y')],
    ['a multipart body without boundary', post('x', 'multipart/form-data')],
    ['nothing', { method: 'POST' }],
    ['another type', post('email=ada@example.org&topics=x', 'text/plain')],
    ['deep nesting', post(`${'['.repeat(30_000)}${']'.repeat(30_000)}`, 'application/json')],
  ])('%s', async (_, init) => {
    const response = await web.request('/subscribe', init);
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(/problem/);
  });

  test('a file for a field', async () => {
    const body = new FormData();
    body.append('email', new File(['ada@example.org'], 'email.txt'));
    body.append('topics', 'world models');
    expect((await web.request('/subscribe', { method: 'POST', body })).status).toBe(400);
  });
});

describe('a body over 64 KB is refused', () => {
  const large = `email=ada@example.org&topics=${'x'.repeat(65 * 1024)}`;
  const stream = () =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (let part = 0; part < 70; part++) controller.enqueue(new Uint8Array(1024).fill(120));
        controller.close();
      },
    });
  test.each([
    ['form', '/subscribe', () => post(large, 'application/x-www-form-urlencoded')],
    ['JSON', '/subscribe', () => post(JSON.stringify({ x: large }), 'application/json')],
    ['stream of unknown length', '/subscribe', () => ({ ...post(stream()), duplex: 'half' })],
    ['unsubscribe', '/unsubscribe/x', () => post(large)],
  ])('%s', async (_, path, init) => {
    const response = await web.request(path, init() as RequestInit);
    expect(response.status).toBe(413);
    expect(await response.text()).toContain('64 KB');
  });
});

describe('a link that we did not sign has no page', () => {
  const id = '019dff00-0000-7000-8000-000000000001';
  const tokens = () => {
    const token = signLink(app.secrets, 'confirm', id);
    const other = (purpose: Purpose) => signLink(app.secrets, purpose, id);
    return {
      confirm: [
        token.slice(0, -1),
        `${token}A`,
        `B${token.slice(1)}`,
        other('unsubscribe'),
        'x',
        '%00',
        '%ff',
        'x'.repeat(7000),
      ],
      preferences: [token, other('digest')],
      unsubscribe: [token, other('preferences'), signLink(['another secret altogether'], 'unsubscribe', id)],
    };
  };
  test.each(['confirm', 'preferences', 'unsubscribe'] as const)('%s', async (purpose) => {
    for (const token of tokens()[purpose])
      for (const method of ['GET', 'POST']) {
        const response = await web.request(`/${purpose}/${token}`, { method });
        expect([token, method, response.status]).toEqual([token, method, 404]);
        expect(await response.text()).toContain('This link is not complete');
      }
  });
});

test.each(['2026-02-30', 'yesterday', '', '2026-5-7', "2026-05-07'--"])(
  '?date=%s is no day',
  async (date) => {
    const response = await web.request(`/?date=${encodeURIComponent(date)}`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('This is not a day');
  },
);

test('an address of more than 8,000 characters is refused', async () => {
  const response = await web.request(`/preview?topics=${'x'.repeat(8000)}`);
  expect(response.status).toBe(414);
  expect(await response.text()).toContain('This address is too long');
});

test.each(['/nothing', '/confirm', '/confirm/', '/..%2f..%2fetc/passwd', '/style.css/x'])(
  '%s is no page',
  async (path) => {
    const response = await web.request(path);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('There is no such page');
  },
);
