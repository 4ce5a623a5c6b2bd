import fc from 'fast-check';
import { parse } from 'node-html-parser';
import { encode, wrap } from 'nodemailer/lib/qp';
import { describe, expect, test } from 'vitest';
import type { DigestPaper } from '../../src/digests/digest.ts';
import { wrap as columns, shorten } from '../../src/digests/plain.ts';
import { renderDigest } from '../../src/digests/render.ts';

const links = {
  preferences: `https://paperboy.test/preferences/${'t'.repeat(43)}`,
  unsubscribe: `https://paperboy.test/unsubscribe/${'t'.repeat(43)}`,
  browser: `https://paperboy.test/digest/${'t'.repeat(43)}`,
  taste: `https://paperboy.test/taste/${'t'.repeat(43)}`,
  site: 'https://paperboy.test',
};

/** A paper of which everything is as long as it can be, in that script. */
function endless(index: number, word: string, space: string): DigestPaper {
  const text = (length: number) => `${word}${space}`.repeat(length / (word.length + space.length));
  return {
    paper: {
      id: `2605.${String(index).padStart(5, '0')}`,
      title: text(1000),
      abstract: text(20_000),
      tldr: null,
      authors: Array.from({ length: 5000 }, () => text(100)),
      thumbnail: `https://cdn.test/${'='.repeat(250)}`,
      repository: `https://github.com/${'é'.repeat(40)}`,
      projectPage: `https://x.test/${'a'.repeat(5000)}`,
      listedOn: '2026-05-06',
      rank: index,
      heat: 1,
      votes: 123456,
      votesGained: 123456,
      comments: 123456,
      stars: 1234567,
      starsGained: 123456,
    },
    topic: text(500),
    reasons: Array.from({ length: 8 }, () => text(400)),
  };
}

const sizeOf = (html: string) => wrap(encode(html)).replace(/\r?\n/g, '\r\n').length;

describe('The HTML of a digest stays within 100,000 bytes encoded', () => {
  test.each([
    ['Latin', 'network', ' '],
    ['Greek', 'δίκτυο', ' '],
    ['Chinese', '神经网络', ''],
    ['emoji', '🧑‍🔬', ''],
    ['signs that HTML escapes', '<&"=\'`', ' '],
    ['LaTeX', '$\\mathbb{R}^{n}$', ' '],
  ])(
    'with 20 papers and 3 more, all endless, in %s, and every one is in it',
    async (_script, word, space) => {
      const papers = Array.from({ length: 23 }, (_, index) => endless(index + 1, word, space));
      const { html, text } = await renderDigest(
        {
          date: '2026-05-06',
          weekly: false,
          topics: Array.from({ length: 100 }, () => word.repeat(2000)),
          papers: papers.slice(0, 20),
          trending: papers.slice(20),
          notes: [],
        },
        { links },
      );
      expect(sizeOf(html)).toBeLessThanOrEqual(100_000);
      expect(parse(html).querySelectorAll('.paper')).toHaveLength(23);
      expect(text).toContain('https://arxiv.org/abs/2605.00023');
      expect(html).toContain('/unsubscribe/');
    },
  );

  test('usual digests are not shortened to get there', async () => {
    const abstract = 'We present a method that does a thing well and measure it on many tasks. '.repeat(20);
    const papers = Array.from({ length: 20 }, (_, index): DigestPaper => {
      const { paper } = endless(index + 1, 'word', ' ');
      const usual = {
        title: 'A Usual Title of Some Ten Words That Says It All',
        abstract,
        authors: ['Ada Lovelace', 'Emmy Noether', 'Mary Cartwright', 'Sofya Kovalevskaya'],
        thumbnail: 'https://cdn.test/thumbnails/papers/2605.00001.png',
        repository: 'https://github.com/ada/usual',
        projectPage: 'https://usual.test/',
      };
      return { paper: { ...paper, ...usual }, topic: 'robots', reasons: ['“robots” in the title'] };
    });
    const { html } = await renderDigest(
      { date: '2026-05-06', weekly: false, topics: ['robots'], papers, trending: [], notes: [] },
      { links },
    );
    expect(sizeOf(html)).toBeLessThanOrEqual(100_000);
    const summaries = parse(html).querySelectorAll('.summary');
    expect(summaries).toHaveLength(20);
    for (const summary of summaries) expect(summary.text.length).toBeGreaterThan(350);
  });

  test('with hundreds of papers it says how many did not fit', async () => {
    const papers = Array.from({ length: 120 }, (_, index) => endless(index + 1, 'network', ' '));
    const { html, text } = await renderDigest(
      { date: '2026-05-06', weekly: false, topics: ['networks'], papers, trending: [], notes: [] },
      { links },
    );
    expect(sizeOf(html)).toBeLessThanOrEqual(100_000);
    const shown = parse(html).querySelectorAll('.paper').length;
    expect(shown).toBeGreaterThan(23);
    for (const part of [html, text])
      expect(part).toContain(`${120 - shown} more did not fit into this mail.`);
  });
});

describe('Shortening and wrapping', () => {
  test('a text is cut after a sentence, else between words, else anywhere', () => {
    expect(shorten('One two three. Four five six.', 20)).toBe('One two three.');
    expect(shorten('One two three four five', 20)).toBe('One two three four…');
    expect(shorten('Onetwothreefourfivesix', 10)).toBe('Onetwothr…');
    expect(shorten('short', 10)).toBe('short');
  });

  test('it never gets longer than asked, nor splits a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.nat(90), (text, most) => {
        const cut = shorten(text, most);
        expect(cut.length).toBeLessThanOrEqual(most);
        expect(cut.isWellFormed()).toBe(true);
      }),
    );
  });

  test('a wrapped line keeps its indentation and hangs under a number', () => {
    expect(columns('10. one two three\n    four five six', 12)).toBe(
      '10. one two\n    three\n    four\n    five six',
    );
    expect(columns('  https://paperboy.test/a-long-address', 12)).toBe(
      '  https://paperboy.test/a-long-address',
    );
  });

  test('wrapping loses nothing, and only addresses are wider than asked', () => {
    const word = fc.stringMatching(/^[a-z]{1,30}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), (all) => {
        const wrapped = columns(`    ${all.join(' ')}`, 20);
        expect(wrapped.replace(/\s/g, '')).toBe(all.join(''));
        for (const line of wrapped.split('\n')) expect(line.length).toBeLessThanOrEqual(20);
      }),
    );
  });
});
