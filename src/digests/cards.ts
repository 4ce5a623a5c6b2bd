import type { EditionPaper } from '../editions/edition.ts';
import { type OwnCard, ownCard, sharedCard } from './card.ts';
import type { DigestPaper } from './digest.ts';
import type { Room } from './room.ts';
import { hole, type Stencil, stencilOfHtml, stencilOfText } from './stencil.ts';
import type { Mail, Templates } from './templates.ts';
import type { Links } from './view.ts';

/** A paper's card as a mail's two parts bear it, in quoted-printable. */
export function encodedCard(
  templates: Templates,
  shown: DigestPaper,
  number: number,
  room: Room,
  { site, taste }: Pick<Links, 'site' | 'taste'>,
): Mail {
  const own = ownCard(shown, number, room);
  const { html, text } = stencilOf(templates, shown.paper, own, room, site);
  const values = { ...own, taste };
  return { html: html(values), text: text(values) };
}

type CardStencil = { html: Stencil; text: Stencil };

/** They live as long as the edition that has the papers is in memory. */
const made = new WeakMap<EditionPaper, { room: Room; site: string; form: number; stencil: CardStencil }[]>();

function stencilOf(
  templates: Templates,
  paper: EditionPaper,
  { topic, why }: OwnCard,
  room: Room,
  site: string,
): CardStencil {
  const known = made.get(paper) ?? [];
  if (known.length === 0) made.set(paper, known);
  // The template leaves out what is empty.
  const form = (topic ? 1 : 0) + (why ? 2 : 0);
  const before = known.find((one) => one.room === room && one.form === form && one.site === site);
  if (before) return before.stencil;
  const card = templates.card(
    {
      ...sharedCard(paper, room, site),
      mark: hole('mark'),
      topic: topic && hole('topic'),
      why: why && hole('why'),
    },
    { links: { taste: hole('taste') } },
  );
  const stencil = { html: stencilOfHtml(card.html), text: stencilOfText(card.text) };
  known.push({ room, site, form, stencil });
  return stencil;
}
