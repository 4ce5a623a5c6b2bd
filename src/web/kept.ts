import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import type { App } from '../app.ts';
import { shelf } from '../lib/shelf.ts';

/** Of the pages that were asked for last, with their packed selves. */
const MOST_BYTES = 16 * 1024 * 1024;
/** What `madeOf` does not tell, such as a title that a source mends, shows after so long, as it may in a cache before us. */
const KEPT_MS = 60_000;

/** A page as it is sent, to whom reads gzip and to whom does not. */
type Page = { plain: Buffer<ArrayBuffer>; packed: Buffer<ArrayBuffer>; tag: string; madeAt: number };

/** Answers with the page, from memory when one of the same name was made of the same. */
export type Keep = (
  context: Context,
  page: {
    /** Names the page and all that it is made of, so that another edition is another page. */
    madeOf: unknown[];
    type?: string;
    make: () => Promise<string>;
  },
) => Promise<Response>;

/** Pages that are the same for everybody, whole and packed: making one costs twenty times as much as sending it. */
export function keptPages({ now }: Pick<App, 'now'>): Keep {
  const pages = shelf<Page>({ most: MOST_BYTES, weigh: ({ plain, packed }) => plain.length + packed.length });
  const running = new Map<string, Promise<Page>>();
  const makeOnce = (name: string, make: () => Promise<string>): Promise<Page> => {
    const made = packedOf(make, now().getTime())
      .then((page) => {
        pages.put(name, page);
        return page;
      })
      .finally(() => running.delete(name));
    running.set(name, made);
    return made;
  };
  return async (context, { madeOf, type = 'text/html; charset=UTF-8', make }) => {
    const name = JSON.stringify(madeOf);
    const known = pages.get(name);
    if (known && now().getTime() - known.madeAt < KEPT_MS) return send(context, known, type);
    return send(context, await (running.get(name) ?? makeOnce(name, make)), type);
  };
}

async function packedOf(make: () => Promise<string>, madeAt: number): Promise<Page> {
  const plain = Buffer.from(await make());
  const tag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 20)}"`;
  return { plain, packed: await packing(plain), tag, madeAt };
}

const packing = promisify(gzip);

function send(context: Context, { plain, packed, tag }: Page, type: string): Response {
  const headers = { 'Content-Type': type, Vary: 'Accept-Encoding' };
  const encoding = accepts(context, { header: 'Accept-Encoding', supports: ['gzip'], default: '' });
  if (encoding === '') return context.body(plain, 200, { ...headers, ETag: tag });
  return context.body(packed, 200, { ...headers, ETag: `W/${tag}`, 'Content-Encoding': encoding });
}
