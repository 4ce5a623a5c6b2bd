import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';
import mjml2html from 'mjml';
import { markOf, ownCard, sharedCard } from '../../../src/digests/card.ts';
import { encodeDigest } from '../../../src/digests/render.ts';
import { ROOMS, type Room } from '../../../src/digests/room.ts';
import { viewOf } from '../../../src/digests/view.ts';
import { sizeOf } from '../../../src/lib/pieces.ts';
import type { Case } from '../case.ts';
import { median, millisecondsOf, ratioOf, rounds } from '../rounds.ts';
import { digestOf, linksOf } from '../samples.ts';

/** A digest rendered, encoding and all, against MJML for every mail; and the size of a large one. */
export const render: Case = async ({ quick }) => {
  const file = fileURLToPath(new URL('../../../templates/digest.mjml', import.meta.url));
  const source = Handlebars.compile(await readFile(file, 'utf8'));
  const digest = digestOf(13);
  const [room] = ROOMS as [Room];
  const cards = (some: typeof digest.papers) =>
    some.map((shown, n) => ({
      ...sharedCard(shown.paper, room, 'https://paperboy.example'),
      ...ownCard(shown, room),
      mark: markOf(n + 1),
    }));
  let n = 0;
  const measured = await rounds(quick ? 3 : 7, {
    ours: () =>
      millisecondsOf(() => {
        n += 1;
        return encodeDigest(digest, { links: linksOf(n) });
      }),
    mjml: () =>
      millisecondsOf(() => {
        const all = { onTopics: cards(digest.papers), trending: cards(digest.trending) };
        return mjml2html(source(viewOf(digest, linksOf(1), all, { left: 0, topic: 64 })), {
          fonts: {},
          filePath: file,
          ignoreIncludes: false,
        });
      }),
  });
  const large = await encodeDigest(digestOf(20), { links: linksOf(1) });
  return [
    {
      id: 'render',
      what: 'a digest of 13 papers rendered',
      value: median(measured.ours),
      unit: 'ms',
      ratio: {
        to: `mjml for every mail (${median(measured.mjml).toPrecision(3)} ms)`,
        value: ratioOf(measured.mjml, measured.ours),
        better: 'more',
        goal: 300,
      },
    },
    {
      id: 'size',
      what: 'the HTML of 20 papers, encoded',
      value: sizeOf(large.html) / 1000,
      unit: 'KB',
      ratio: {
        to: '100 KB, where Gmail clips',
        value: sizeOf(large.html) / 100_000,
        better: 'less',
        goal: 1,
      },
    },
  ];
};
