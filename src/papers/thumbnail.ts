import type { App } from '../app.ts';
import { bytesOf } from '../lib/body.ts';

export type Picture = { bytes: Uint8Array<ArrayBuffer>; type: string };

/** What is fetched of a source's pictures, and for how long. */
const MOST_BYTES = 1_500_000;
const PATIENCE_MS = 5000;
const TYPES = /^image\/(?:png|jpeg|webp|gif|avif)$/;
/** Where Hugging Face has its pictures; nothing else is asked, wherever a record may point. */
const HOSTS = /^(?:[\w-]+\.)*(?:huggingface\.co|hf\.co)$/;

/**
 * Fetches a paper's picture from its source, so that readers' browsers need not. Null when the paper has none, or it is
 * not at a host of the source's own, too large, no picture, or too slow.
 */
export async function fetchThumbnail(
  { db, fetch, config, log }: App,
  paperId: string,
): Promise<Picture | null> {
  const paper = await db.paper.findUnique({ where: { id: paperId }, select: { thumbnail: true } });
  const url = URL.parse(paper?.thumbnail ?? '');
  if (!url || !isOfSource(url, config.huggingface.url)) return null;
  try {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS) });
    const type = answer.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
    const bytes = answer.ok && TYPES.test(type) ? await bytesOf(answer, MOST_BYTES) : null;
    if (bytes === null) await answer.body?.cancel().catch(() => {});
    return bytes?.length ? { bytes, type } : null;
  } catch (error) {
    log.debug({ paper: paperId, error: String(error) }, 'thumbnail could not be fetched');
    return null;
  }
}

/** A mirror that the operator set (HF_URL) may be anywhere; else it is https at Hugging Face. */
function isOfSource(url: URL, mirror: string): boolean {
  if (url.origin === new URL(mirror).origin) return true;
  return url.protocol === 'https:' && url.port === '' && HOSTS.test(url.hostname);
}
