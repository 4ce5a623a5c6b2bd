import { describe, expect, test } from 'vitest';
import { judge, type Reading } from '../../src/editions/sources.ts';

const date = '2026-05-06';
const asOf = new Date('2026-05-07T02:00:00Z');
const reading = (
  source: string,
  outcome: string | null,
  at = '2026-05-07T00:40',
  error: string | null = null,
): Reading => ({
  source,
  outcome,
  error,
  startedAt: new Date(`${at}:00Z`),
});
const verdict = (...readings: Reading[]) => judge(['huggingface', 'arxiv'], readings, { date, asOf });

describe('an edition is held while no source was read for its day', () => {
  test('and says what became of each', () => {
    expect(verdict(reading('huggingface', 'failed', undefined, 'It answered 503.'))).toEqual({
      good: false,
      why: 'No source was read for 2026-05-06: Hugging Face failed (It answered 503); arXiv was not tried.',
    });
    expect(verdict(reading('arxiv', null))).toEqual({
      good: false,
      why: 'No source was read for 2026-05-06: Hugging Face was not tried; arXiv is being read, or its reading broke off.',
    });
  });

  test('a source that is not configured does not count', () => {
    expect(judge(['arxiv'], [reading('huggingface', 'ok')], { date, asOf }).good).toBe(false);
  });
});

describe('an edition is made when one source was read', () => {
  test('two good ones, or an empty one on a weekend, leave nothing to say', () => {
    expect(verdict(reading('huggingface', 'ok'), reading('arxiv', 'empty'))).toEqual({
      good: true,
      notes: [],
    });
  });

  test('one that failed beside a good one is named, without what only operators understand', () => {
    expect(
      verdict(reading('huggingface', 'ok'), reading('arxiv', 'failed', undefined, 'ECONNREFUSED')),
    ).toEqual({
      good: true,
      notes: ['arXiv could not be read for 2026-05-06; its papers are missing.'],
    });
  });

  test('one whose last good reading is old is named', () => {
    const notes = ['Hugging Face was last read on 2026-05-06 at 12:00 UTC; what came later is missing.'];
    const old = reading('huggingface', 'ok', '2026-05-06T12:00');
    const arxiv = reading('arxiv', 'ok');
    expect(verdict(old, arxiv)).toEqual({ good: true, notes });
    expect(verdict(old, arxiv, reading('huggingface', 'failed'))).toEqual({ good: true, notes });
    expect(verdict(old, arxiv, reading('huggingface', 'ok', '2026-05-20T12:00'))).toEqual({
      good: true,
      notes: [],
    });
  });
});
