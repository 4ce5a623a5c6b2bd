import { type HTMLElement, parse } from 'node-html-parser';
import { describe, expect, test } from 'vitest';
import type { Digest, DigestPaper } from '../../src/digests/digest.ts';
import { renderLetter } from '../../src/digests/letters.ts';
import { renderDigest } from '../../src/digests/render.ts';
import { loadTemplates } from '../../src/digests/templates.ts';
import type { EditionPaper } from '../../src/editions/edition.ts';

const links = {
  preferences: 'https://paperboy.test/preferences/TOKEN',
  unsubscribe: 'https://paperboy.test/unsubscribe/TOKEN',
  browser: 'https://paperboy.test/digest/TOKEN',
  taste: 'https://paperboy.test/taste/TOKEN',
  site: 'https://paperboy.test',
  confirm: 'https://paperboy.test/confirm/TOKEN',
  undo: 'https://paperboy.test/resubscribe/TOKEN',
  data: 'https://paperboy.test/data/TOKEN',
};

const paper = (more: Partial<EditionPaper> = {}): EditionPaper => ({
  id: '2605.01234',
  title: 'Mamba-9: Sequences for Small Machines',
  abstract: 'We make it small.',
  tldr: null,
  authors: ['Ada Lovelace'],
  thumbnail: null,
  repository: null,
  projectPage: null,
  listedOn: '2026-05-06',
  rank: 3,
  heat: 1,
  votes: 0,
  votesGained: 0,
  comments: 0,
  stars: null,
  starsGained: 0,
  ...more,
});
const onTopic = (more: Partial<EditionPaper> = {}, topic = 'state space models'): DigestPaper => ({
  paper: paper(more),
  topic,
  reasons: ['“state space models” in the title', '+41 votes since yesterday'],
});
const digest = (papers: DigestPaper[], more: Partial<Digest> = {}): Digest => ({
  date: '2026-05-06',
  weekly: false,
  topics: ['state space models'],
  papers,
  trending: [],
  notes: [],
  ...more,
});

async function page(made: Digest) {
  const mail = await renderDigest(made, { links });
  return { ...mail, root: parse(mail.html) };
}
const words = (element: HTMLElement | null) => element?.text.replace(/\s+/g, ' ').trim();
const flat = (text: string) => text.replace(/\s+/g, ' ');

describe('A digest', () => {
  const full = digest(
    [
      onTopic({
        tldr: 'A short one.',
        authors: ['Ada Lovelace', 'Emmy Noether', 'Mary Cartwright', 'Sofya Kovalevskaya'],
        thumbnail: 'https://cdn.test/1.png',
        repository: 'https://github.com/ada/mamba?tab=readme&x=1',
        projectPage: 'https://mamba.test/',
        votes: 1163,
        votesGained: 41,
        comments: 1,
        stars: 18204,
        starsGained: 88,
      }),
      onTopic({ id: 'hep-th/9901001', title: 'Strings & "Loops" <again>', authors: ["Peter O'Neil"] }),
    ],
    {
      trending: [
        { paper: paper({ id: '2605.04567', title: 'A Corpus' }), topic: null, reasons: ['1st of 9'] },
      ],
    },
  );

  test('says of each paper what it is, who wrote it, how it fares and why it is here', async () => {
    const { root } = await page(full);
    const [first] = root.querySelectorAll('.paper');
    expect(words(first?.querySelector('h2') ?? null)).toBe('Mamba-9: Sequences for Small Machines');
    expect(words(first?.querySelector('.topic') ?? null)).toBe('state space models');
    expect(words(first?.querySelector('.authors') ?? null)).toBe(
      'Ada Lovelace, Emmy Noether, Mary Cartwright et al.',
    );
    expect(words(first?.querySelector('.summary') ?? null)).toBe('A short one.');
    expect(words(first?.querySelector('.why') ?? null)).toContain(
      '“state space models” in the title · +41 votes since yesterday',
    );
    expect(words(first?.querySelector('.facts') ?? null)).toBe(
      '#3 today · 1,163 votes +41 · 1 comment · 18,204 GitHub stars +88',
    );
    const image = first?.querySelector('img');
    expect(image?.attributes).toMatchObject({
      src: 'https://paperboy.test/thumbnail/2605.01234',
      width: '132',
      height: '71',
    });
    expect(image?.getAttribute('alt')).toBeTruthy();
  });

  test('links each paper on arXiv and Hugging Face, with its code and project where it has them', async () => {
    const { root } = await page(full);
    const linked = root
      .querySelectorAll('.paper')
      .map((card) => card.querySelectorAll('.links a').map((a) => a.getAttribute('href')));
    expect(linked).toEqual([
      [
        'https://arxiv.org/abs/2605.01234',
        'https://huggingface.co/papers/2605.01234',
        'https://github.com/ada/mamba?tab=readme&x=1',
        'https://mamba.test/',
      ],
      ['https://arxiv.org/abs/hep-th/9901001', 'https://huggingface.co/papers/hep-th/9901001'],
      ['https://arxiv.org/abs/2605.04567', 'https://huggingface.co/papers/2605.04567'],
    ]);
  });

  test('shows what trends outside the topics after the papers on them, under a heading', async () => {
    const { root } = await page(full);
    expect(root.querySelectorAll('h2').map(words)).toEqual([
      'Mamba-9: Sequences for Small Machines',
      'Strings & "Loops" <again>',
      'Also trending today',
      'A Corpus',
    ]);
    expect(words(root.querySelector('body'))).toContain(
      '2 papers on your topic, and one more that is trending.',
    );
  });

  test('a weekly digest speaks of the week', async () => {
    const { root } = await page({ ...full, weekly: true });
    expect(root.querySelectorAll('h2').map(words)).toContain('Also trending this week');
  });

  test('has its date in words, and a footer that says why it came and how to leave', async () => {
    const { root } = await page(full);
    expect(words(root.querySelector('h1'))).toBe('Wednesday, 6 May 2026');
    const footer = root.querySelector('.footer');
    expect(footer?.querySelector('.unsubscribe')?.getAttribute('href')).toBe(links.unsubscribe);
    expect(footer?.querySelector('.preferences')?.getAttribute('href')).toBe(links.preferences);
    expect(footer?.querySelector('.browser')?.getAttribute('href')).toBe(links.browser);
    expect(words(footer)).toContain(
      'You get this mail because you asked Paperboy for a digest of: state space models.',
    );
  });

  test('says the same in its text part, without entities, at most 76 columns wide, addresses on lines of their own', async () => {
    const { text, root } = await page(full);
    for (const selector of ['h2', '.authors', '.summary', '.topic'])
      for (const element of root.querySelectorAll(selector)) expect(flat(text)).toContain(words(element));
    for (const link of root.querySelectorAll('.paper .links a, .footer a'))
      expect(text.split('\n').map((line) => line.trim())).toContain(link.getAttribute('href'));
    expect(flat(text)).toContain('1,163 votes (+41) · 1 comment · 18,204 GitHub stars (+88)');
    expect(flat(text)).toContain(
      'Why it is here: “state space models” in the title · +41 votes since yesterday',
    );
    expect(text).not.toMatch(/&\w+;|&#/);
    for (const line of text.split('\n'))
      if (!line.includes('://')) expect(line.length).toBeLessThanOrEqual(76);
  });

  test('has the abstract for want of a TL;DR, cut where a sentence ends', async () => {
    const abstract = `${'We measure a great deal of things, e.g. This, and report them. '.repeat(30)}`;
    const { root } = await page(digest([onTopic({ abstract })]));
    const summary = words(root.querySelector('.summary')) ?? '';
    expect(summary).toMatch(/report them\.$/);
    expect(summary.length).toBeLessThanOrEqual(440);
    expect(summary.length).toBeGreaterThan(260);
  });

  test('shows LaTeX as text', async () => {
    const { root, text, subject } = await page(
      digest([onTopic({ title: '$\\tau^2$-Bench and $\\ell_2$', abstract: '\\textbf{Up} by 37\\%.' })]),
    );
    expect(words(root.querySelector('h2'))).toBe('τ²-Bench and ℓ₂');
    expect(text).toContain('Up by 37%.');
    expect(subject).toBe('τ²-Bench and ℓ₂');
  });

  test('leaves out what was not measured or is not there', async () => {
    const { root, text } = await page(digest([onTopic({ abstract: '', authors: [] })]));
    expect(words(root.querySelector('.facts'))).toBe('#3 today');
    const far = await page(digest([onTopic({ rank: 87, votes: 1 })]));
    expect(words(far.root.querySelector('.facts'))).toMatch(/^1 vote/);
    for (const selector of ['img', '.authors', '.summary', '.up'])
      expect(root.querySelector(selector)).toBeNull();
    expect(text).not.toMatch(/null|undefined|NaN/);
  });

  test('drops links that are not of the web', async () => {
    const { html, text } = await page(
      digest([
        onTopic({
          thumbnail: 'data:image/png;base64,AAAA',
          repository: 'javascript:alert(1)',
          projectPage: 'https://user:secret@evil.test/',
        }),
      ]),
    );
    for (const part of [html, text]) expect(part).not.toMatch(/javascript:|data:image|secret|evil/);
  });

  test('passes on what is known about its sources', async () => {
    const { html, text } = await page({ ...full, notes: ['Hugging Face did not answer since 18:00.'] });
    for (const part of [html, text]) expect(part).toContain('Hugging Face did not answer since 18:00.');
  });

  test('without a paper on the topics says so', async () => {
    const { root, subject } = await page({ ...full, papers: [] });
    expect(words(root.querySelector('body'))).toContain('Nothing new on your topic');
    expect(subject).toBe('Trending today: A Corpus');
  });

  test('is laid out for narrow and wide, light and dark', async () => {
    const { html } = await page(full);
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toContain('prefers-color-scheme: dark');
    expect(html).toContain('max-width:640px');
    expect(html).toContain('<!--[if mso');
    expect(html).not.toMatch(/\{\{|\}\}|<mj-|fonts\.googleapis/);
  });
});

describe('Values are only ever values', () => {
  const hostile =
    '{{links.unsubscribe}} {{{x}}} {{#each}} <script>alert(1)</script> </mj-text><mj-include path="/etc/passwd"/> ' +
    '<!--[if mso]><b>x</b><![endif]--> \u0000\u202Egnp.exe\u2066 \ud800 &lt;b&gt; "\'` \r\nBcc: x@y.test';
  const seen = `${hostile.slice(0, hostile.indexOf('\u0000'))}gnp.exe \ufffd &lt;b&gt; "'\` Bcc: x@y.test`;

  test('markup, template tags, control and direction characters in a paper or topic do nothing', async () => {
    const made = digest(
      [
        {
          paper: paper({ title: hostile, abstract: hostile, authors: [hostile] }),
          topic: hostile,
          reasons: [hostile],
        },
      ],
      { topics: [hostile] },
    );
    const clean = parse((await page(digest([onTopic()]))).html);
    const { root, html, text, subject, preheader } = await page(made);
    expect(words(root.querySelector('h2'))).toBe(seen);
    expect(words(root.querySelector('.summary'))).toBe(seen);
    const tags = (from: HTMLElement) => from.querySelectorAll('*').map((element) => element.tagName);
    expect(tags(root)).toEqual(tags(clean));
    expect(flat(text)).toContain(seen);
    for (const part of [html, text, subject, preheader]) {
      expect(part).not.toMatch(/[\p{Bidi_Control}\p{Cs}]|(?!\n)\p{Cc}/u);
      expect(part).not.toContain(links.unsubscribe.repeat(2));
    }
    expect(subject).not.toMatch(/\p{Cc}/u);
    expect(html.match(/<!--/g)?.length).toBe((await page(digest([onTopic()]))).html.match(/<!--/g)?.length);
  });

  test('the same goes for the topics in letters', async () => {
    for (const kind of ['confirm', 'welcome', 'already', 'goodbye'] as const) {
      const view = { nextDigest: 'tomorrow', undoDays: 7, links };
      const { html, text } = await renderLetter(kind, { ...view, topics: [hostile] });
      const clean = await renderLetter(kind, { ...view, topics: ['topic'] });
      const tags = (from: string) =>
        parse(from)
          .querySelectorAll('*')
          .map((element) => element.tagName);
      expect(tags(html)).toEqual(tags(clean.html));
      expect(text).toContain('{{links.unsubscribe}} {{{x}}}');
    }
  });

  test('templates are compiled once, before any value is known', async () => {
    expect(loadTemplates()).toBe(loadTemplates());
    const first = await page(digest([onTopic()]));
    const second = await page(digest([onTopic()]));
    expect(second.html).toBe(first.html);
  });
});

describe('Letters', () => {
  const view = {
    topics: ['state space models', '"draft & model" OR x'],
    nextDigest: 'on Friday at 08:00',
    undoDays: 7,
    links,
  };

  test('the confirmation says what was asked for and has one button, its address in full, and nothing to leave', async () => {
    const { html, text, subject } = await renderLetter('confirm', view);
    const root = parse(html);
    expect(subject).toBe('Confirm your Paperboy subscription');
    expect(root.querySelectorAll('.topic').map(words)).toEqual(view.topics);
    expect(root.querySelectorAll('.button a').map((a) => a.getAttribute('href'))).toEqual([links.confirm]);
    expect(words(root.querySelector('body'))).toContain(links.confirm);
    expect(text.split('\n')).toContain(links.confirm);
    for (const part of [html, text]) {
      expect(part).toContain('If it was not you, do nothing: you will get no other mail.');
      expect(part).not.toMatch(/unsubscribe|preferences/i);
    }
  });

  test('the welcome says when the first digest comes, and how to change and to leave', async () => {
    const { html, text } = await renderLetter('welcome', view);
    const root = parse(html);
    expect(words(root.querySelector('body'))).toContain('Your first digest comes on Friday at 08:00');
    expect(root.querySelector('.button a')?.getAttribute('href')).toBe(links.preferences);
    expect(root.querySelector('.unsubscribe')?.getAttribute('href')).toBe(links.unsubscribe);
    for (const link of [links.preferences, links.unsubscribe]) expect(text.split('\n')).toContain(link);
    expect(text).toContain('- "draft & model" OR x');
    expect(html + text).not.toContain('/confirm/');
  });

  test('whoever subscribes again is told where to change the subscription they have', async () => {
    const { html, text } = await renderLetter('already', view);
    expect(parse(html).querySelector('.button a')?.getAttribute('href')).toBe(links.preferences);
    expect(text.split('\n')).toContain(links.preferences);
    expect(html + text).not.toContain('/confirm/');
  });

  test('the goodbye undoes the leaving with one button, and offers nothing else to leave', async () => {
    const { html, text, subject } = await renderLetter('goodbye', view);
    const root = parse(html);
    expect(subject).toBe('You are unsubscribed from Paperboy');
    expect(root.querySelectorAll('.button a').map((a) => a.getAttribute('href'))).toEqual([links.undo]);
    expect(root.querySelector('.data')?.getAttribute('href')).toBe(links.data);
    expect(root.querySelectorAll('.topic').map(words)).toEqual(view.topics);
    for (const part of [words(root), text.replaceAll('\n', ' ')]) expect(part).toContain('Within 7 days');
    for (const link of [links.undo, links.data]) expect(text.split('\n')).toContain(link);
    for (const link of [links.unsubscribe, links.preferences, links.confirm])
      expect(html + text).not.toContain(link);
  });

  test('whoever lost the link to their preferences gets it, in full too, and the way to leave', async () => {
    const { html, text } = await renderLetter('preferences', view);
    const root = parse(html);
    expect(root.querySelectorAll('.button a').map((a) => a.getAttribute('href'))).toEqual([
      links.preferences,
    ]);
    expect(words(root.querySelector('body'))).toContain(links.preferences);
    expect(root.querySelector('.unsubscribe')?.getAttribute('href')).toBe(links.unsubscribe);
    for (const link of [links.preferences, links.unsubscribe]) expect(text.split('\n')).toContain(link);
    expect(html + text).not.toContain('speculative');
  });

  test.each(['confirm', 'welcome', 'already', 'goodbye', 'preferences', 'quiet'] as const)(
    'the %s letter is one that mail programs show as it is meant',
    async (kind) => {
      const { html, text, preheader } = await renderLetter(kind, view);
      const root = parse(html);
      expect(root.querySelector('html')?.getAttribute('lang')).toBe('en');
      expect(root.querySelector('meta[name=color-scheme]')?.getAttribute('content')).toBe('light dark');
      expect(words(root.querySelector('body'))).toMatch(new RegExp(`^${preheader.replaceAll('.', '\\.')}`));
      expect(root.querySelectorAll('script, link, img, form, [onclick]')).toEqual([]);
      expect(root.querySelectorAll('h1')).toHaveLength(1);
      expect(
        root.querySelectorAll('table').every((table) => table.getAttribute('role') === 'presentation'),
      ).toBe(true);
      expect(html.length).toBeLessThan(20_000);
      expect(html + text).not.toMatch(/\{\{|undefined|\[object/);
    },
  );

  test('a letter without topics has no empty box', async () => {
    const { html, text } = await renderLetter('confirm', { ...view, topics: [] });
    expect(parse(html).querySelector('.tile')).toBeNull();
    expect(text).toContain('trending\nresearch papers.');
  });
});
