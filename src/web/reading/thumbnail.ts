import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { etag } from 'hono/etag';
import type { App } from '../../app.ts';
import { shelf } from '../../lib/shelf.ts';
import { paperId } from '../../papers/paper.ts';
import { fetchThumbnail, type Picture } from '../../papers/thumbnail.ts';

/** Kept in memory, the last that were asked for. */
const MOST_BYTES = 32 * 1024 * 1024;
/** Fetched at once; whoever asks for more gets the drawing for now, so that a rush holds no more than 48 MB. */
const MOST_RUNNING = 32;
/** How long a paper without a picture is taken to have none. */
const AGAIN_MS = 10 * 60_000;

/** Null: there was none. */
type Kept = { picture: Picture | null; at: Date };

const isOld = ({ picture, at }: Kept, now: Date) =>
  picture === null && now.getTime() - at.getTime() > AGAIN_MS;

/**
 * GET /thumbnail/PAPER: a paper's picture, so that no reader's browser tells a third party what is read here, or a quiet
 * drawing where there is none. A proxy may keep either.
 */
export function thumbnailRoutes(app: App): Hono {
  const pictures = shelf<Kept>({
    most: MOST_BYTES,
    weigh: ({ picture }) => (picture?.bytes.byteLength ?? 0) + 1024,
  });
  const running = new Map<string, Promise<Picture | null>>();
  const fetchOnce = (id: string): Promise<Picture | null> => {
    const fetched = fetchThumbnail(app, id)
      .then((picture) => {
        pictures.put(id, { picture, at: app.now() });
        return picture;
      })
      .finally(() => running.delete(id));
    running.set(id, fetched);
    return fetched;
  };
  const pictureOf = async (id: string): Promise<Picture | null | 'busy'> => {
    const kept = pictures.get(id);
    if (kept && !isOld(kept, app.now())) return kept.picture;
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
