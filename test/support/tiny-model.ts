import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Embedder } from '../../src/lib/embedder.ts';

/** The vector of each word that a model knows; the first word stands for all others. */
export type Vocabulary = Record<string, number[]>;

/** Of chance two vectors have a cosine of 0 ± 1/16. */
const WIDTH = 256;

/** Words that mean the same stand on one line and have one vector. */
export const vocabularyOf = (lines: string[]): Vocabulary =>
  Object.fromEntries(
    ['[UNK]', ...lines].flatMap((line) => line.split(' ').map((word) => [word, signsOf(line)])),
  );

function signsOf(line: string): number[] {
  const bits = createHash('sha256').update(line).digest();
  return Array.from({ length: WIDTH }, (_, n) => (((bits[n >> 3] ?? 0) >> (n & 7)) & 1) * 2 - 1);
}

/** The model of a vocabulary as Paperboy asks it: a text has the mean of its words' vectors, scaled to length 1. */
export function tinyEmbedder(vocabulary: Vocabulary, model = 'tiny'): Embedder & { asked: string[] } {
  const [unknown = []] = Object.values(vocabulary);
  const asked: string[] = [];
  const embed = async (texts: string[]) => {
    asked.push(...texts);
    return texts.map((text) => {
      const vectors = (text.toLowerCase().match(/\w+|[^\w\s]+/g) ?? []).map(
        (word) => vocabulary[word] ?? unknown,
      );
      const sum = unknown.map((_, at) => vectors.reduce((total, vector) => total + (vector[at] ?? 0), 0));
      const length = Math.hypot(...sum);
      return Float32Array.from(sum, (value) => value / length);
    });
  };
  return { model, embed, asked };
}

/**
 * Writes the same model into a folder, laid out as on the Hugging Face hub. The ONNX file is written by hand as protocol
 * buffers (onnx.proto3): it looks words up in a table, the library makes the mean.
 */
export function writeTinyModel(folder: string, vocabulary: Vocabulary): void {
  const words = Object.keys(vocabulary);
  const [unknown] = words;
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  const json = (name: string, value: object) => writeFileSync(join(folder, name), JSON.stringify(value));
  json('config.json', { model_type: 'bert', architectures: ['BertModel'] });
  json('tokenizer_config.json', {
    tokenizer_class: 'BertTokenizer',
    pad_token: unknown,
    unk_token: unknown,
    model_max_length: 512,
  });
  json('tokenizer.json', {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [{ id: 0, content: unknown, special: true }],
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(words.map((word, n) => [word, n])),
      unk_token: unknown,
    },
  });
  writeFileSync(join(folder, 'onnx', 'model.onnx'), lookUp(Object.values(vocabulary)));
}

const [FLOAT, INT64] = [1, 7];

function lookUp(table: number[][]): Buffer {
  const node = message([1, 'table'], [1, 'input_ids'], [2, 'last_hidden_state'], [4, 'Gather']);
  const values = Buffer.from(Float32Array.from(table.flat()).buffer);
  const tensor = message([1, table.length], [1, WIDTH], [2, FLOAT], [8, 'table'], [9, values]);
  const value = (name: string, type: number, dims: (string | number)[]) => {
    const shape = message(...dims.map((dim): Field => [1, message([typeof dim === 'string' ? 2 : 1, dim])]));
    return message([1, name], [2, message([1, message([1, type], [2, shape])])]);
  };
  const graph = message(
    [1, node],
    [2, 'tiny'],
    [5, tensor],
    [11, value('input_ids', INT64, ['texts', 'tokens'])],
    [11, value('attention_mask', INT64, ['texts', 'tokens'])],
    [12, value('last_hidden_state', FLOAT, ['texts', 'tokens', WIDTH])],
  );
  return message([1, 8], [7, graph], [8, message([2, 13])]);
}

type Field = [number: number, value: number | string | Buffer];

/** A number is a varint, all else is bytes with their length before them. */
const message = (...fields: Field[]): Buffer =>
  Buffer.concat(
    fields.flatMap(([number, value]) => {
      if (typeof value === 'number') return [varint(number << 3), varint(value)];
      const bytes = typeof value === 'string' ? Buffer.from(value) : value;
      return [varint((number << 3) | 2), varint(bytes.length), bytes];
    }),
  );

const varint = (value: number): Buffer =>
  value < 128 ? Buffer.of(value) : Buffer.concat([Buffer.of((value & 127) | 128), varint(value >>> 7)]);
