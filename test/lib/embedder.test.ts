import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { missingLibrary, openEmbedder, readModel } from '../../src/lib/embedder.ts';
import { tinyEmbedder, vocabularyOf, writeTinyModel } from '../support/tiny-model.ts';

const vocabulary = vocabularyOf(['cat feline', 'code program', 'write']);

function folder(name: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'paperboy-model-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return join(dir, name);
}

const problemsOf = (EMBEDDINGS: string): string => {
  try {
    loadConfig({ EMBEDDINGS });
    return '';
  } catch (error) {
    return String(error);
  }
};

test('what is no model is refused by name', () => {
  for (const text of ['on', 'no such thing', '../model', 'a/b/c', 'https://example.com/model'])
    expect(problemsOf(text)).toContain('EMBEDDINGS: must be off, local:<folder> or a model of the hub');
  expect(problemsOf('local:/no/such/folder')).toContain('/no/such/folder has no config.json');
  expect(loadConfig({ EMBEDDINGS: 'off' }).embeddings).toBeNull();
  expect(loadConfig({}).embeddings).toBeNull();
});

test('a folder names its model by its last part, wherever it lies', () => {
  expect(readModel('local:/srv/models/all-MiniLM-L6-v2/').name).toBe('all-MiniLM-L6-v2');
  expect(readModel('Xenova/all-MiniLM-L6-v2')).toEqual({ name: 'Xenova/all-MiniLM-L6-v2', folder: null });
});

// Of these two always one runs: the library weighs too much to be installed for a test.

test.runIf(missingLibrary())('without the library it is said what to install', () => {
  expect(problemsOf('Xenova/all-MiniLM-L6-v2')).toContain(
    'EMBEDDINGS: needs the package @huggingface/transformers: npm install --no-save @huggingface/transformers',
  );
});

test.skipIf(missingLibrary())('the library reads a model in a folder as it is meant', async () => {
  const place = folder('tiny');
  writeTinyModel(place, vocabulary);
  expect(problemsOf(`local:${place}`)).toBe('');
  const embedder = openEmbedder(readModel(`local:${place}`), folder('cache'));
  const texts = ['Cat', 'write code', 'a feline that can write, and nothing else', 'program'];
  const [made, meant] = [await embedder.embed(texts), await tinyEmbedder(vocabulary).embed(texts)];
  for (const [n, vector] of made.entries())
    for (const [at, value] of vector.entries()) expect(value).toBeCloseTo(meant[n]?.[at] ?? NaN, 5);
  await expect(openEmbedder(readModel(`local:${place}s`), folder('cache')).embed(texts)).rejects.toThrow();
});
