import type { parse } from 'node-html-parser';
import { beforeAll, describe, expect, test } from 'vitest';
import { publish } from '../../../src/editions/publish.ts';
import { confirm } from '../../../src/subscribers/confirm.ts';
import { signLink } from '../../../src/subscribers/links.ts';
import { createWeb } from '../../../src/web/server.ts';
import { taken } from '../../../src/web/sign-up/suggestion.ts';
import { testApp } from '../../support/app.ts';
import { addPapers } from '../../support/papers.ts';
import { form, visit } from '../../support/site.ts';

const app = await testApp();
const web = createWeb(app);

const page = (path: string, init?: RequestInit) => visit(web, path, init);
const panel = (fields: Record<string, string>) => page(`/preview/topics?${new URLSearchParams(fields)}`);
const said = (dom: ReturnType<typeof parse>) =>
  dom.querySelectorAll('.topics > li').map((item) => item.querySelector('.hint, .problem')?.text.trim());
const titles = (dom: ReturnType<typeof parse>) =>
  dom.querySelectorAll('.digest li a').map((link) => link.text);
const rows = async () => [
  await app.db.topic.count(),
  await app.db.subscriber.count(),
  await app.db.letter.count(),
  await app.db.editionTopic.count(),
];

test('before the first edition the panel says that there is nothing to tell from', async () => {
  const { status, dom } = await panel({ topics: 'world models' });
  expect(status).toBe(200);
  expect(said(dom)).toEqual(['No papers have come in yet to tell.']);
});

describe('with two editions', () => {
  let token: string;
  beforeAll(async () => {
    await addPapers(app, [
      { id: '2605.00001', title: 'World Models for Robots', listedOn: '2026-05-05', votes: 9 },
      { id: '2605.00002', title: 'World Models & <Optics>', listedOn: '2026-05-06', votes: 4 },
      { id: '2605.00003', title: 'Speculative Decoding', listedOn: '2026-05-06', votes: 3 },
    ]);
    for (const date of ['2026-05-05', '2026-05-06']) await publish(app, { date });
    await web.request('/subscribe', form({ email: 'ada@example.org', topics: 'world models' }));
    const { id } = await app.db.subscriber.findFirstOrThrow();
    await confirm(app, id);
    token = signLink(app.secrets, 'preferences', id);
  });

  test('each line is told what it would have brought, and what is wrong with it', async () => {
    const before = await rows();
    const { dom, headers } = await panel({
      topics: 'world models\nthe of\nWorld Models\nbasket weaving\n"open\ncat:cs.XX',
    });
    expect(headers.get('cache-control')).toBe('private, max-age=60');
    expect(said(dom)).toEqual([
      '2 papers in 14 days.',
      expect.stringContaining('nearly every paper'),
      'This is the same topic again.',
      expect.stringContaining('Nothing in 14 days.'),
      expect.stringContaining('quotation mark'),
      expect.stringContaining('no category'),
    ]);
    expect(dom.querySelectorAll('svg rect')).toHaveLength(28);
    expect(await rows()).toEqual(before);
  });

  test('the digest of last Tuesday is shown, with the length and the dial that are asked for', async () => {
    const { dom } = await panel({ topics: 'world models', trending: 'no' });
    expect(dom.querySelectorAll('summary strong').map(({ text }) => text)).toEqual([
      'The digest of Tuesday 5 May',
    ]);
    expect(titles(dom)).toEqual(['World Models for Robots']);
    const mail = dom.querySelector('a[href^="/preview?"]')?.getAttribute('href') ?? '';
    const whole = await page(mail.replaceAll('&amp;', '&'));
    expect(whole.dom.toString()).toContain('World Models for Robots');
    expect(mail).toContain('date=2026-05-05');
  });

  test('nothing written, nothing shown; a hundred topics are cut to twenty', async () => {
    expect((await panel({})).dom.querySelector('.hint')?.text).toContain('Write a topic');
    const many = Array.from({ length: 100 }, (_, n) => `topic${n}`).join('\n');
    expect((await panel({ topics: many })).dom.querySelectorAll('.topics > li')).toHaveLength(20);
  });

  test('what is written comes back as text', async () => {
    const { dom } = await panel({ topics: '</li><script>alert(1)</script> & "optics"' });
    expect(dom.querySelectorAll('script, img')).toEqual([]);
  });

  test('without a script a button brings the same panel, and the form as it was filled in', async () => {
    const before = await rows();
    const fields = {
      email: 'not yet',
      topics: 'world models',
      sendHour: '5',
      timeZone: 'Asia/Tokyo',
      maxPapers: '1',
    };
    const { status, dom } = await page('/subscribe/preview', form(fields));
    expect(status).toBe(200);
    expect(dom.querySelector('#email')?.getAttribute('value')).toBe('not yet');
    expect(dom.querySelector('#timeZone option[selected]')?.text).toBe('Asia/Tokyo');
    expect(said(dom)).toEqual(['2 papers in 14 days.']);
    expect(dom.querySelector('.problems')).toBeNull();
    const button = dom.querySelector('.harvest > button');
    expect(button?.getAttribute('formaction')).toBe('/subscribe/preview#topics');
    expect(await rows()).toEqual(before);
  });

  test('Enter in a field sends the form, and not what the panel has before its button', async () => {
    for (const [where, words] of [
      ['/', 'Sign up'],
      [`/preferences/${token}`, 'Save'],
    ] as const) {
      const { dom } = await page(where);
      const [first] = dom.querySelector('form:has(.harvest)')?.querySelectorAll('button') ?? [];
      expect([first?.text, first?.hasAttribute('formaction')]).toEqual([words, false]);
    }
  });

  test('a suggestion is taken into the topics by its button', async () => {
    const { dom } = await page('/subscribe/preview', form({ topics: 'robots models baskets weaving' }));
    const chip = dom.querySelector('button.chip');
    expect([chip?.getAttribute('name'), chip?.getAttribute('formaction')]).toEqual([
      'swap',
      '/subscribe/preview#topics',
    ]);
    const pressed = await page(
      '/subscribe/preview',
      form({ topics: 'robots models baskets weaving', swap: chip?.getAttribute('value') ?? '' }),
    );
    expect(pressed.dom.querySelector('textarea')?.text.trim()).toBe(
      chip?.getAttribute('value')?.split('\n')[1],
    );
  });

  test('the preferences show the next digest, and a change what it would bring, at once', async () => {
    const shown = await page(`/preferences/${token}`);
    expect(shown.dom.querySelector('.harvest summary strong')?.text).toBe(
      'Your next digest, as things stand',
    );
    expect(shown.dom.querySelector('.harvest')?.text).toContain('It comes within a few minutes.');
    expect(titles(shown.dom).sort()).toEqual(
      ['World Models & <Optics>', 'World Models for Robots', 'Speculative Decoding'].sort(),
    );
    expect(shown.dom.querySelectorAll('.digest .up')).toEqual([]);

    const query = new URLSearchParams({ topics: 'speculative decoding', trending: 'no' });
    const draft = await page(`/preferences/${token}/harvest?${query}`);
    expect(titles(draft.dom)).toEqual(['Speculative Decoding']);
    expect(draft.dom.toString()).toContain('No longer in it: World Models');
    expect(await app.db.topic.count()).toBe(1);

    const asked = await page(`/preferences/${token}/preview`, form({ topics: 'robots', trending: 'no' }));
    expect(asked.dom.querySelector('textarea')?.text.trim()).toBe('robots');
    expect(await app.db.topic.count()).toBe(1);

    const changed = await page(
      `/preferences/${token}`,
      form({ topics: 'speculative decoding', trending: 'no' }),
    );
    expect(changed.dom.querySelector('.said')?.text).toBe('Saved.');
    expect(titles(changed.dom)).toEqual(['Speculative Decoding']);
    expect(changed.dom.toString()).toContain('No longer in it');
    const again = await page(`/preferences/${token}`);
    expect(again.dom.toString()).not.toContain('No longer in it');
  });

  test('whoever had the latest digest sees it made anew, without what other digests brought', async () => {
    const { id: subscriberId } = await app.db.subscriber.findFirstOrThrow();
    const delivered = (date: string, paperIds: string[]) =>
      app.db.delivery.create({
        data: {
          subscriberId,
          editionDate: new Date(date),
          status: 'sent',
          paperIds,
          nextAttemptAt: app.now(),
          createdAt: app.now(),
        },
      });
    await delivered('2026-05-05', ['2605.00001']);
    await delivered('2026-05-06', ['2605.00002']);
    const query = new URLSearchParams({ topics: 'world models', trending: 'no' });
    const { dom } = await page(`/preferences/${token}/harvest?${query}`);
    expect(dom.toString()).toContain('The latest digest, made with these preferences');
    expect(titles(dom)).toEqual(['World Models & <Optics>']);
  });

  test('a harvest is nobody else’s: it takes the link of the preferences', async () => {
    for (const where of [`/preferences/x/harvest`, `/preferences/${token.slice(1)}A/harvest`])
      expect((await page(where)).status).toBe(404);
    const { id } = await app.db.subscriber.findFirstOrThrow();
    const other = signLink(app.secrets, 'unsubscribe', id);
    expect((await page(`/preferences/${other}/preview`, form({}))).status).toBe(404);
  });
});

describe('a suggestion that is taken', () => {
  test.each([
    [{ topics: 'a\nb', add: 'c' }, 'a\nb\nc'],
    [{ topics: 'a\r\nb', swap: 'a\r\nx' }, 'x\nb'],
    [{ topics: 'a', swap: 'gone\nx' }, 'a\nx'],
    [{ topics: ['a', 'b'], swap: 'a' }, 'a\nb'],
    [{ topics: 7, add: ['x'] }, ''],
    [null, ''],
  ])('from %j', (fields, topics) => {
    expect(taken(fields)).toEqual({ ...(fields as object), add: undefined, swap: undefined, topics });
  });
});
