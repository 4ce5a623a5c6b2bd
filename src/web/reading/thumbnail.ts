import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { etag } from 'hono/etag';
import type { App } from '../../app.ts';
import { paperId } from '../../papers/paper.ts';
import { fetchThumbnail, type Picture } from '../../papers/thumbnail.ts';

/** Kept in memory, the last that were asked for. */
const MOST_BYTES = 32 * 1024 * 1024;
/** Fetched at once; whoever asks for more gets the drawing for now, so that a rush holds no more than 48 MB. */
const MOST_RUNNING = 32;
/** How long a paper without a picture is taken to have none. */
const AGAIN_MS = 10 * 60_000;

/**
 * GET /thumbnail/PAPER: a paper's picture, so that no reader's browser tells a third party what is read here, or a quiet
 * drawing where there is none. A proxy may keep either.
 */
export function thumbnailRoutes(app: App): Hono {
  const shelf = pictureShelf();
  const running = new Map<string, Promise<Picture | null>>();
  const fetchOnce = (id: string): Promise<Picture | null> => {
    const fetched = fetchThumbnail(app, id)
      .then((picture) => {
        shelf.put(id, picture, app.now());
        return picture;
      })
      .finally(() => running.delete(id));
    running.set(id, fetched);
    return fetched;
  };
  const pictureOf = async (id: string): Promise<Picture | null | 'busy'> => {
    const kept = shelf.get(id, app.now());
    if (kept !== undefined) return kept;
    return running.get(id) ?? (running.size < MOST_RUNNING ? fetchOnce(id) : 'busy');
  };
  const show = async (context: Context, text: string) => {
    const id = paperId(text);
    const picture = id === null ? null : await pictureOf(id);
    if (picture && picture !== 'busy')
      return context.body(picture.bytes, 200, {
        'Content-Type': picture.type,
        'Cache-Control': 'public, max-age=604800',
      });
    return context.body(drawing(id ?? text), 200, {
      'Content-Type': 'image/svg+xml',
      'Cache-Control': `public, max-age=${picture === 'busy' ? 10 : 600}`,
    });
  };
  return new Hono()
    .use('/thumbnail/*', etag())
    .get('/thumbnail/:id', (context) => show(context, context.req.param('id')))
    .get('/thumbnail/:archive/:number', (context) =>
      show(context, `${context.req.param('archive')}/${context.req.param('number')}`),
    );
}

/** Pictures by paper, the least recently asked for dropped when they become too many; null: there is none. */
function pictureShelf() {
  const kept = new Map<string, { picture: Picture | null; at: Date }>();
  let bytes = 0;
  const weight = (picture: Picture | null) => (picture?.bytes.byteLength ?? 0) + 1024;
  const drop = (id: string) => {
    const entry = kept.get(id);
    if (entry) bytes -= weight(entry.picture);
    kept.delete(id);
  };
  return {
    get: (id: string, now: Date): Picture | null | undefined => {
      const entry = kept.get(id);
      if (!entry || (entry.picture === null && now.getTime() - entry.at.getTime() > AGAIN_MS))
        return undefined;
      kept.delete(id);
      kept.set(id, entry);
      return entry.picture;
    },
    put: (id: string, picture: Picture | null, at: Date): void => {
      drop(id);
      kept.set(id, { picture, at });
      bytes += weight(picture);
      for (const oldest of kept.keys()) {
        if (bytes <= MOST_BYTES) break;
        drop(oldest);
      }
    },
  };
}

/** A sheet of paper with lines of text, whose lengths are the paper's own. It is the same on light and dark. */
function drawing(id: string): string {
  const lengths = [...createHash('sha256').update(id).digest().subarray(0, 6)].map(
    (byte) => 34 + (byte % 34),
  );
  const lines = lengths.map(
    (length, n) => `<rect x="32" y="${16 + n * 7}" width="${length}" height="3" rx="1.5"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 132 71"><rect width="132" height="71" fill="#8b8e98" fill-opacity=".12"/><g fill="#8b8e98" fill-opacity=".45">${lines.join('')}</g></svg>`;
}
