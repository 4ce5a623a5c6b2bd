import { findPackageJSON } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';

/** Turns texts into vectors of length 1, which lie the nearer each other the more alike the texts' meanings are. */
export type Embedder = {
  /** Vectors of different models cannot be compared. */
  model: string;
  /** @throws when the model cannot be loaded or fails. */
  embed: (texts: string[]) => Promise<Float32Array[]>;
};

/** A sentence-embedding model, by its name on the Hugging Face hub or in a folder that is laid out as there. */
export type EmbeddingModel = { name: string; folder: string | null };

/** `local:<folder>`, or the hub's name; a folder's last part is the model's name. */
export function readModel(text: string): EmbeddingModel {
  const folder = /^local:(.+)$/.exec(text)?.[1] ?? null;
  return { folder, name: folder === null ? text : basename(resolve(folder)) };
}

/** Not among Paperboy's own packages, for it weighs as much as all of them. */
const LIBRARY = '@huggingface/transformers';

/** Null when the library is installed. */
export function missingLibrary(): string | null {
  try {
    if (findPackageJSON(LIBRARY, import.meta.url)) return null;
  } catch {}
  return `needs the package ${LIBRARY}: npm install --no-save ${LIBRARY}@4`;
}

/** Texts in one run of the model: they are padded to the longest. */
const BATCH = 16;

/**
 * The model is loaded when it is first asked, and again after that failed; one from the hub is kept in `cacheDir`. A text's
 * vector is the mean of its tokens', as in most models of sentence-transformers.
 */
export function openEmbedder({ name, folder }: EmbeddingModel, cacheDir: string): Embedder {
  let loading: Promise<Extractor> | undefined;
  const extractor = () => {
    loading ??= load({ name, folder }, cacheDir).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  return {
    model: name,
    embed: async (texts) => {
      const extract = await within(PATIENCE_MS, extractor());
      const vectors: Float32Array[] = [];
      for (let start = 0; start < texts.length; start += BATCH) {
        const batch = texts.slice(start, start + BATCH);
        const { data, dims } = await extract(batch, { pooling: 'mean', normalize: true });
        const width = dims[1];
        for (let n = 0; n < batch.length; n++) vectors.push(data.slice(n * width, (n + 1) * width));
      }
      return vectors;
    },
  };
}

/** What a hub that does not answer may cost whoever asks; what comes later serves the next. */
const PATIENCE_MS = 20_000;

function within<Value>(ms: number, promise: Promise<Value>): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not there after ${ms / 1000} s`)), ms);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function load({ name, folder }: EmbeddingModel, cacheDir: string): Promise<Extractor> {
  const { env, pipeline }: Library = await import(LIBRARY);
  env.cacheDir = cacheDir;
  if (folder !== null) {
    env.allowRemoteModels = false;
    env.localModelPath = join(dirname(resolve(folder)), '/');
  }
  return pipeline('feature-extraction', name, { dtype: 'fp32', device: 'cpu' });
}

/** What is used of the library. */
type Library = {
  env: { cacheDir: string; localModelPath: string; allowRemoteModels: boolean };
  pipeline: (
    task: 'feature-extraction',
    model: string,
    options: { dtype: 'fp32'; device: 'cpu' },
  ) => Promise<Extractor>;
};
type Extractor = (
  texts: string[],
  options: { pooling: 'mean'; normalize: true },
) => Promise<{ data: Float32Array; dims: [texts: number, width: number] }>;
