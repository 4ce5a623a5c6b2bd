import { embedderOf } from '../../app.ts';
import type { Config } from '../../config.ts';
import { type Finding, fail, ok } from './finding.ts';

/** Whether the model of EMBEDDINGS loads and reads; one from the hub is fetched for it. */
export async function checkMeaning(config: Config): Promise<Finding[]> {
  const embedder = embedderOf(config);
  if (!embedder) return [];
  try {
    const [vector] = await embedder.embed(['retrieval augmented generation']);
    return [ok('meaning', `${embedder.model} reads a topic into ${vector?.length} numbers`)];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [
      fail(
        'meaning',
        `${embedder.model} does not load: ${why}`,
        'Correct EMBEDDINGS, or wait for the hub. Until then topics match by their words alone.',
      ),
    ];
  }
}
