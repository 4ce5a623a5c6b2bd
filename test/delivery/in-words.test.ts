import { expect, test } from 'vitest';
import { inWords } from '../../src/delivery/watch/in-words.ts';

test.each([
  ['550 5.1.1', '550 5.1.1: no such mailbox'],
  ['552 5.2.2', '552 5.2.2: the mailbox is full'],
  ['550 5.1.99', '550 5.1.99: the address is not good'],
  ['451 4.7.1', '451 4.7.1: refused by policy'],
])('the code %s is told with what it means: %s', (reason, words) => {
  expect(inWords(reason)).toBe(words);
});

test.each(['550', 'no new paper on the topics', 'no answer (dropped)', '550 5.9.9', '550 5.1.1 and more'])(
  'the reason %s is told as it is',
  (reason) => {
    expect(inWords(reason)).toBe(reason);
  },
);
