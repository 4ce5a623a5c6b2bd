import fc from 'fast-check';
import type { Digest, DigestPaper } from '../../src/digests/digest.ts';
import type { EditionPaper } from '../../src/editions/edition.ts';

/** Texts that mean something to a template, a mail or a terminal on the way. */
export const words: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        ...[
          '{{title}}',
          '{{{cards}}}',
          '<b>',
          '&',
          '"',
          '=',
          '=20',
          '.',
          '\n.\n',
          '\r\n.\r\nMAIL FROM:<a@b.test>\r\n',
          '\r\nBcc: a@b.test\r\n\r\n',
          '--=_0198f0aa-1111-7222-8333-444455556666--',
          '...',
          '\uFDD0topic\uFDD1',
          '\uFDD2cards0\uFDD1',
        ],
        ...[
          'a word',
          'one more',
          'é',
          '日本語',
          '$\\tau^2$',
          ' ',
          '-',
          'x'.repeat(80),
          'y'.repeat(1200),
          '长'.repeat(400),
          '\u202etxt.exe',
          'see https://x.test/y',
          '$1',
          '$&',
        ],
      ),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(' '));
export const papers: fc.Arbitrary<EditionPaper> = fc.record({
  id: fc.stringMatching(/^26\d\d\.\d{5}$/),
  title: words,
  abstract: words,
  tldr: fc.option(words),
  authors: fc.array(words, { maxLength: 5 }),
  thumbnail: fc.constantFrom(null, 'https://cdn.test/1.png'),
  repository: fc.constantFrom(null, 'https://github.com/a/b?x=1&y=2', 'javascript:alert(1)'),
  projectPage: fc.constantFrom(null, 'https://project.test/'),
  listedOn: fc.constant('2026-05-06'),
  rank: fc.nat(300),
  heat: fc.constant(1),
  votes: fc.nat(2000),
  votesGained: fc.nat(2000),
  comments: fc.nat(9),
  stars: fc.option(fc.nat(20_000)),
  starsGained: fc.nat(99),
});
const shown: fc.Arbitrary<DigestPaper> = fc.record({
  paper: papers,
  topic: fc.option(words),
  reasons: fc.array(words, { maxLength: 4 }),
});
/** Of papers and readers who write such texts. */
export const digests: fc.Arbitrary<Digest> = fc.record({
  date: fc.constant('2026-05-06'),
  weekly: fc.boolean(),
  topics: fc.array(words, { maxLength: 4 }),
  papers: fc.array(shown, { maxLength: 12 }),
  trending: fc.array(shown, { maxLength: 3 }),
  notes: fc.array(words, { maxLength: 2 }),
});
