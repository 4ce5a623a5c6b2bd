import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Reply, readReplies } from '../../../src/lib/smtp/replies.ts';

describe('what is no reply', () => {
  test.each([
    ['an empty line', '\r\n'],
    ['words', 'hello\r\n'],
    ['a web server', 'HTTP/1.1 400 Bad Request\r\n'],
    ['two digits', '25 ok\r\n'],
    ['four digits', '2500 ok\r\n'],
    ['a class that SMTP does not have', '150 wait\r\n'],
    ['a line that goes on with another code', '250-one\r\n550 two\r\n'],
    ['a line that goes on without a code', '250-one\r\ntwo\r\n'],
  ])('%s', (_, said) => {
    expect(readReplies(said)).toEqual({ replies: [], rest: null });
  });

  test('does not take away the replies before it', () => {
    expect(readReplies('250 ok\r\nrubbish\r\n')).toEqual({
      replies: [{ code: 250, text: '250 ok' }],
      rest: null,
    });
  });

  test('is a line, or a reply of lines, without an end', () => {
    expect(readReplies(`250 ${'a'.repeat(20_000)}`).rest).toBeNull();
    expect(readReplies('250-a\r\n'.repeat(5_000)).rest).toBeNull();
  });
});

test('a reply may have no words, and lines that end with LF alone', () => {
  expect(readReplies('250\r\n354 \n').replies).toEqual([
    { code: 250, text: '250' },
    { code: 354, text: '354 ' },
  ]);
});

test('a reply is whole at the end of its last line', () => {
  expect(readReplies('550-5.1.1 No such user,\r\n550')).toEqual({
    replies: [],
    rest: '550-5.1.1 No such user,\r\n550',
  });
  expect(readReplies('550-5.1.1 No such user,\r\n550 5.1.1 really.\r\n')).toEqual({
    replies: [{ code: 550, text: '550-5.1.1 No such user,\n550 5.1.1 really.' }],
    rest: '',
  });
});

const words = fc.string({ unit: fc.constantFrom(...'abc 5.1-é'), maxLength: 12 });
const reply = fc
  .tuple(fc.integer({ min: 200, max: 599 }), fc.array(words, { minLength: 1, maxLength: 4 }))
  .map(([code, lines]): Reply => {
    const last = lines.length - 1;
    return { code, text: lines.map((line, n) => `${code}${n === last ? ' ' : '-'}${line}`).join('\n') };
  });

test('replies are the same in whatever pieces they come', () => {
  fc.assert(
    fc.property(fc.array(reply, { maxLength: 5 }), fc.array(fc.nat(200)), (sent, cuts) => {
      const said = sent.map(({ text }) => `${text.replaceAll('\n', '\r\n')}\r\n`).join('');
      const ends = [...cuts.filter((cut) => cut < said.length).sort((a, b) => a - b), said.length];
      let rest = '';
      const read = ends.flatMap((end, n) => {
        const got = readReplies(rest + said.slice(ends[n - 1] ?? 0, end));
        rest = got.rest ?? 'no SMTP';
        return got.replies;
      });
      expect(read).toEqual(sent);
      expect(rest).toBe('');
    }),
  );
});

test('whatever comes in is read or refused, and no code is made up', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'2503-\r\n a'), maxLength: 40 }), (said) => {
      const { replies, rest } = readReplies(said);
      for (const { code, text } of replies) {
        expect(code).toBeGreaterThanOrEqual(200);
        expect(said).toContain(String(code));
        expect(text.split('\n').every((line) => line.startsWith(String(code)))).toBe(true);
      }
      expect(rest === null || said.endsWith(rest)).toBe(true);
    }),
  );
});
