import fc from 'fast-check';
import { expect, test } from 'vitest';
import { paperId, paperNamed } from '../../src/papers/paper.ts';
import { clean, fold, link, nameKey, sayings, searchable } from '../../src/papers/text.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 200 });

test('a text becomes one line with single spaces, and keeps LaTeX, entities and markup', () => {
  expect(clean(' An  $\\ell_2$\n  bound\u00a0for &lt;b&gt; <i>A</i>\t& B\r\n', 100)).toBe(
    'An $\\ell_2$ bound for &lt;b&gt; <i>A</i> & B',
  );
});

test('NUL, control characters and half surrogate pairs do not survive', () => {
  expect(clean('a\0b \u0007 c\u009bd\ud800e😀', 100)).toBe('ab cd\ufffde😀');
});

test('a text of absurd size is cut between characters and ends in an ellipsis', () => {
  expect(clean('abcdef', 6)).toBe('abcdef');
  expect(clean('abcdefg', 6)).toBe('abcde…');
  expect(clean('abcd😀fg', 6)).toBe('abcd…');
});

test('whatever the text, what is kept is whole Unicode, has no control character and fits', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 50 }), (text, most) => {
      const kept = clean(text, most);
      expect(kept.length).toBeLessThanOrEqual(most);
      expect(kept.isWellFormed()).toBe(true);
      expect(kept).not.toMatch(/\p{Cc}|\s\s|^\s/u);
      expect(clean(kept, most)).toBe(kept);
    }),
  );
});

test.each([
  ['https://example.org/a?b=c#d', 'https://example.org/a?b=c#d'],
  [' http://example.org ', 'http://example.org/'],
  ['https://例え.jp/"><script>', 'https://xn--r8jz45g.jp/%22%3E%3Cscript%3E'],
  ['javascript:alert(1)', null],
  [' java\nscript:alert(1)', null],
  ['data:text/html,x', null],
  ['ftp://example.org/', null],
  ['/papers/1', null],
  ['github.com/a/b', null],
  ['https://huggingface.co@evil.example/', null],
  [`https://example.org/${'a'.repeat(2000)}`, null],
  ['', null],
  [null, null],
])('of the link %j is kept %j', (text, kept) => {
  expect(link(text)).toBe(kept);
});

test('accents and ligatures are folded away for comparison and search', () => {
  expect(fold('Łukasz Ångström, Straße, ﬁne Ærø')).toBe('Lukasz Angstrom, Strasse, fine AEro');
  expect(nameKey("  Łukasz O'Neill-Pérez, Jr. ")).toBe('lukasz o neill perez jr');
  expect(nameKey('何恺明')).toBe('何恺明');
  expect(nameKey('—')).toBe('');
});

test('slashes and hyphens of every kind part words', () => {
  expect(searchable('PPO/GRPO, state-of-the‐art–ish café')).toBe('ppo0 grpo0, sota0 the the the ish cafe');
});

test('a name that ends in signs is a word of its own, and not its letter', () => {
  expect(searchable('C/C++, visual-C++ and C++17')).toBe('C cpp0, visual cpp0 and cpp0 17');
  expect(searchable('C#-to-F# at (A*), A$^*$ and A^*-like')).toBe(
    'csharp0 to fsharp0 at (astar0), astar0 and astar0 like',
  );
  for (const other of ['a *b* c', 'a*b', 'LLaMA* a**', 'c+ c+++ ac++ #c #f'])
    expect(searchable(other)).not.toMatch(/(?:cpp|sharp|star)0/);
});

test('what papers say in several ways is one token, before the words where it is written out', () => {
  expect(searchable('LLMs are large language models')).toBe('llm0 are llm0 large language models');
  expect(searchable('Multi-modal LLM; multimodal, large language model')).toBe(
    'multimodal0 Multi modal llm0; multimodal0, llm0 large language model',
  );
  expect(searchable('bird’s-eye view')).toBe("bev0 bird's eye view");
  expect(searchable('fine-tuned and finetuning')).toBe('finetuning0 fine tuned and finetuning0');
});

test('the words of an idiom count for nothing by themselves', () => {
  expect(searchable('SOTA in the real-world art world')).toBe('sota0 in the realworld0 the art world');
  expect(searchable('test-time training of tests')).toBe('ttt0 testtime0 the training of tests');
});

test('a term within a longer mention of itself is no second mention', () => {
  expect(searchable('retrieval-augmented generation')).toBe('rag0 retrieval augmented generation');
  expect(searchable('automatic speech recognition, retrieval-augmented')).toBe(
    'asr0 automatic speech recognition, rag0 retrieval augmented',
  );
});

test('an abbreviation that a paper introduces as something else is read as the paper says', () => {
  const said = (abstract: string) => sayings({ title: 'On TTS', keywords: ['TTS'], abstract });
  for (const abstract of [
    'We study test-time scaling (TTS).',
    'A Tall Tree Search, or TTS (tall tree search (TTS))',
  ])
    expect(Object.values(said(abstract)).join()).not.toContain('tts0');
  expect(said('Attack success rates (ASRs) of ASR.').abstract).not.toContain('asr0');
  for (const abstract of [
    'We study text-to-speech (TTS).',
    'For voices (TTS).',
    'TTS.',
    'Speech Synthesis (TTS) works.',
  ])
    expect(said(abstract)).toMatchObject({ title: 'On tts0', keywords: 'tts0' });
  expect(said('Large and small language models (SLMs), LLMs (RL).').abstract).toMatch(/slm0 .* llm0 \(rl0\)/);
});

test('words that only share a stem are told apart, and American is British', () => {
  const tokens = (text: string) => searchable(text).split(' ');
  expect(new Set(tokens('initialization initialize initialisation initialised')).size).toBe(1);
  expect(new Set(tokens('universe university initial initialization generative generate')).size).toBe(6);
  expect(new Set(tokens('objective object experience experiment consists consistency')).size).toBe(6);
  expect(new Set(tokens('operate operator conversation conversely reason reasonable')).size).toBe(6);
  expect(searchable('post-training quantisation')).toBe('ptq0 posttraining0 post training quantize0');
  expect(tokens('decoder decoding robots robotics')).toEqual(['decoder', 'decoding', 'robots', 'robotics']);
  expect(tokens('behaviour modelling GPUs this was')).toEqual(['behavior', 'modeling', 'gpu', 'this', 'was']);
});

test('where the code is to be had is not what a paper is about', () => {
  const said = (abstract: string) => sayings({ title: 'T', keywords: [], abstract }).abstract;
  for (const announcement of [
    'Our code is available at https://github.com/a/b.',
    'Code: https://a.example/',
    'To foster research, all code and datasets will be publicly released.',
    'Project page: https://a.example',
    'The codes are open-sourced.',
  ])
    expect(said(`Trees grow. ${announcement}`)).toBe('Trees grow.');
  for (const telling of [
    'We release code.',
    'Data are rarely available.',
    'Models of trees are few.',
    'Code is hard to read.',
    'An open-source model of trees reads code.',
    'No data are at hand where trees are cut.',
  ])
    expect(said(telling)).toBe(searchable(telling));
});

test('sentences and keywords are kept from being near each other', () => {
  const { keywords, abstract } = sayings({
    title: 'T',
    keywords: ['flow', 'video'],
    abstract: 'A flow. Video, e.g. that.',
  });
  expect(keywords).toBe(`flow .${' the'.repeat(8)} video`);
  expect(abstract).toBe(`A flow. .${' the'.repeat(8)} Video, e.g. that.`);
});

test.each([
  ['2605.01234', '2605.01234'],
  ['2605.01234v12', '2605.01234'],
  ['arXiv:2605.01234v1', '2605.01234'],
  ['0704.0001', '0704.0001'],
  ['hep-th/9901001v2', 'hep-th/9901001'],
  ['math.GT/0309136', 'math/0309136'],
  ['cond-mat.mes-hall/0101001', 'cond-mat/0101001'],
  ['2605.123', null],
  ['2605.01234 or so', null],
  ['../2605.01234', null],
  ['', null],
])('the id %j is the paper %j', (text, id) => {
  expect(paperId(text)).toBe(id);
});

test.each([
  '2605.01234',
  ' arXiv: 2605.01234v2 ',
  '2605.01234.',
  'arXiv:2605.01234 [cs.CL]',
  'arXiv:2605.01234v1  [cs.CL]  12 May 2026',
  'https://arxiv.org/abs/2605.01234v2',
  'arxiv.org/pdf/2605.01234v1.pdf',
  'http://www.arxiv.org/html/2605.01234?x=1#S2',
  'https://huggingface.co/papers/2605.01234/',
  'https://doi.org/10.48550/arXiv.2605.01234',
  'doi:10.48550/arXiv.2605.01234',
  'https://www.alphaxiv.org/overview/2605.01234v1',
])('%j names a paper', (text) => {
  expect(paperNamed(text)).toBe('2605.01234');
});

test.each([
  '',
  'https://example.org/2605.01234',
  'doi.org/10.1000/182',
  'agents [cs.CL]',
  '2605.01234 agents',
])('%j names none', (text) => {
  expect(paperNamed(text)).toBeNull();
});
