import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTopic } from '../../src/topics/topic.ts';
import { quickest } from '../support/quickest.ts';
import { topic } from '../support/topics.ts';

const query = (text: string) => topic(text).query;
const problem = (text: string) => {
  const parsed = parseTopic(text);
  return parsed.ok ? `none: ${parsed.topic.query}` : parsed.problem;
};

describe('what cannot be a topic gets a message that says why', () => {
  test.each([
    ['', 'what the topic is about'],
    ['   \t\n', 'what the topic is about'],
    ['!!! ???', 'what the topic is about'],
    ['2024', 'in words'],
    ['the of and', '“the of and” has only words that nearly every paper has'],
    ["don't", 'only words that nearly every paper has'],
    ['agents "to be"', '“to be” has only words'],
    ['"speculative decoding', 'missing its partner'],
    ['-video', 'not only what to leave out'],
    ['diffusion OR', 'on both sides'],
    ['OR', 'on both sides'],
    ['diffusion OR -video', 'on both sides'],
    ['agents -the', 'too common'],
    ['agents -cat:cs.CL', 'Only words and phrases'],
    ['llm -LLM', 'both asked for and left out: “llm”'],
    ['diffusion OR "world model" NOT "World Model"', 'both asked for and left out: “world model”'],
    ['vision-language -vision', 'both asked for and left out: “vision”'],
    ['(LLM|VLM) agents', 'Brackets do not group'],
    ['llm |', 'on both sides'],
    ['cat:cs.ZZ', 'no category “cs.ZZ”'],
    ['cat: agents', 'right behind “cat:”'],
    ['author:', 'right behind “author:”'],
    ['author:"42"', 'right behind “author:”'],
    ['(LLM OR VLM) agents', 'Brackets do not group'],
    ['agents -(video games)', 'Brackets do not group'],
    ['x'.repeat(201), 'at most 200 characters'],
    ['word '.repeat(2000), 'at most 200 characters'],
    [Array.from({ length: 9 }, (_, i) => `topic${i}`).join(' OR '), 'at most 8 sides'],
    [Array.from({ length: 21 }, (_, i) => `w${i}`).join(' '), 'at most 20 words'],
    [`agents "${Array.from({ length: 20 }, (_, i) => `w${i}`).join(' ')}"`, 'at most 20 words'],
  ])('%j', (text, message) => {
    expect(problem(text)).toContain(message);
  });
});

describe('topics that say the same are one', () => {
  test.each([
    ['LLM  Agents', 'llm agents'],
    [' llm,\tagents. ', 'llm agents'],
    ['agents agents', 'agents'],
    ['PPO/GRPO', 'ppo grpo'],
    ['agents AND planning', 'agents planning'],
    ['“Speculative decoding”', '"speculative decoding"'],
    ['"speculative   decoding"', '"speculative decoding"'],
    ['diffusion NOT video', 'diffusion -video'],
    ['-video diffusion OR flow matching', 'diffusion OR flow matching -video'],
    ['diffusion –video', 'diffusion -video'],
    ['a1 OR b2 OR a1', 'a1 OR b2'],
    ['llm|vlm || cat:cs.CL', 'llm OR vlm OR cat:cs.CL'],
    ['"p(y|x)" agents', '"p y x" agents'],
    ['CAT:CS.cl x1', 'cat:cs.CL x1'],
    ['cat:Physics.Flu-Dyn', 'cat:physics.flu-dyn'],
    ['Author:"Kaiming  He"', 'author:"kaiming he"'],
    ['author:"He"', 'author:he'],
    ['author:"He, Kaiming"', 'author:"Kaiming He"'],
    ['author:"de la Cruz , Ana-María"', 'author:"Ana-María de la Cruz"'],
    ['author:"Martin King, Jr."', 'author:"Martin King Jr"'],
    ['author:"He,"', 'author:He'],
    ['author:Müller', 'author:muller'],
    ['author:"Jean-Baptiste O’Neill"', 'author:"jean baptiste o neill"'],
    ['naïve Bayes', 'nai\u0308ve bayes'],
    ['Poincaré maps', 'poincare maps'],
    ['"Erdős–Rényi graphs"', '"erdos renyi graphs"'],
    ['vision-language models', 'Vision Language Models'],
    ['vision-language vision', 'vision language'],
    ['agents -Vision-Language', 'agents -"vision language"'],
    ['agents -"survey"', 'agents -survey'],
    ['agents -games -survey', 'agents -survey -games'],
    ['diffusion OR flow matching', 'flow matching OR diffusion'],
    ['naïve bayes OR naive-Bayes', 'naive bayes'],
    ['cat:cs.CL author:he agents "to act"', '"to act" agents cat:cs.CL author:he'],
    ['world "as seen" model', 'world model "as seen"'],
    ['soft\u00adware agents', 'software agents'],
  ])('%j and %j', (one, other) => {
    expect(query(one)).toBe(query(other));
  });

  test('the order of the words stays the reader’s, for it counts which are neighbours', () => {
    expect(query('Video GENERATION "with Diffusion" cat:cs.cv')).toBe(
      'video generation "with diffusion" cat:cs.CV',
    );
    expect(query('generation video')).not.toBe(query('video generation'));
  });

  test('the canonical form reads as itself, whatever was typed', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'OR',
        'AND',
        'NOT',
        '-',
        '"',
        '(',
        ')',
        'cat:',
        'cat:cs.CL',
        'author:',
        'author:"Kaiming He"',
        'author:"Łukasz O’Neill-Pérez"',
        'author:ﷺ',
      ),
      fc.constantFrom(
        'LLM',
        'agents',
        'état',
        'ΣΊΣΥΦΟΣ',
        'İstanbul',
        'c++',
        'A*',
        '{{x}}',
        '<b>',
        '\0',
        '\u202e',
        '\ud800',
        '扩散',
      ),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    );
    const text = fc.array(fc.tuple(piece, fc.constantFrom('', ' ', ' ')), { maxLength: 12 });
    fc.assert(
      fc.property(text, (pieces) => {
        const parsed = parseTopic(pieces.flat().join(''));
        if (parsed.ok) {
          const { query, written } = parsed.topic;
          expect(parseTopic(query)).toEqual({ ok: true, topic: { ...parsed.topic, written: query } });
          expect(parseTopic(written)).toEqual(parsed);
        } else expect(parsed.problem).toMatch(/^\S.*[.]$/su);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('as the reader wrote it', () => {
  test.each([
    ['LLM  Agents', 'LLM Agents'],
    ['“World Model” OR GANs -Survey', '"World Model" OR GANs -Survey'],
    ['author:"Łukasz Żak-Nowak"', 'author:"Łukasz Żak-Nowak"'],
    ['author:"Kaiming He" CAT:cs.cl', 'author:"Kaiming He" cat:cs.CL'],
    ['"do NOT move" (agents', '"do NOT move" agents'],
    ['OR, agents', 'or agents'],
    ['“Poincaré” OR Cross-Modal agents OR agents', '"Poincaré" OR Cross-Modal agents OR agents'],
  ])(
    'a topic keeps its capitals, accents, hyphens and order, whatever it is stored as: %s',
    (text, written) => {
      expect(topic(text).written).toBe(written);
    },
  );
});

describe('hostile text is only text', () => {
  test('markup and template marks leave nothing but their words', () => {
    expect(query('<script>alert(1)</script> agents')).toBe('script alert 1 agents');
    expect(query('{{constructor}} agents')).toBe('constructor agents');
    expect(query('</mj-text><mj-include path="x" /> agents')).toBe('mj text include path agents "x"');
  });

  test('control characters, lone surrogates and direction marks are not kept', () => {
    expect(query('a\0gents \ud800rl\u202e \u200bplanning\u2066')).toBe('a gents rl planning');
  });

  test('a topic of 64 KB is refused at once', async () => {
    for (const text of [
      '"'.repeat(64_000),
      'a-'.repeat(32_000),
      '(OR '.repeat(16_000),
      '-('.repeat(32_000),
    ]) {
      expect(parseTopic(text).ok).toBe(false);
      expect(await quickest(() => parseTopic(text))).toBeLessThan(100);
    }
  });
});

describe('what a topic asks of a paper', () => {
  test('hyphenated words are several, and an unknown prefix is a word', () => {
    const [way] = topic('text-guided title:segmentation').ways;
    expect(way?.words.map(({ text }) => text)).toEqual(['text', 'guided', 'title', 'segmentation']);
  });

  test('each side of OR is a way of its own, and an exclusion holds for all of them', () => {
    const { ways } = topic('diffusion OR flow matching -video -"image editing" -vision:language');
    expect(ways.map((way) => way.words.map(({ text }) => text))).toEqual([
      ['diffusion'],
      ['flow', 'matching'],
    ]);
    for (const way of ways) expect(way.not).toEqual(['image editing', 'vision language', 'video']);
  });

  test('a name that ends in signs is a word of its own, wherever it stands', () => {
    const [way] = topic('C++ "a* search" -c#').ways;
    expect(way).toMatchObject({
      words: [{ text: 'c++', token: 'cpp0' }],
      phraseTokens: ['astar0 search'],
      not: ['csharp0'],
    });
    expect(query('A* search')).toBe('a* search');
    expect(query('A*')).toBe('a*');
    expect(query('A*b LLaMA* agents')).toBe('a b llama agents');
  });

  test('an abbreviation and what it stands for are one word said in two ways, in the plural too', () => {
    const llm = { token: 'llm0', forms: ['llm', 'llms', 'large language model'] };
    const words = (text: string) => topic(text).ways[0]?.words;
    expect(words('LLMs')).toEqual([{ text: 'llms', ...llm }]);
    expect(words('Large Language Models')).toEqual([{ text: 'large language models', ...llm }]);
    expect(words('multimodal large language model agents')?.map(({ text, token }) => [text, token])).toEqual([
      ['multimodal large language model', 'mllm0'],
      ['agents', 'agents'],
    ]);
  });

  test('phrases, names and archives', () => {
    expect(topic('"Schölkopf state-of-the-art" author:"Jean-Baptiste Łukasz" cat:cs').ways).toEqual([
      {
        words: [],
        phrases: ['scholkopf state of the art'],
        phraseTokens: ['scholkopf sota0 the the the'],
        never: [],
        not: [],
        categories: ['cs'],
        authors: ['jean baptiste lukasz'],
      },
    ]);
  });
});
