import type { EditionPaper } from '../editions/edition.ts';
import { markOf, type OwnCard, ownCard, sharedCard } from './card.ts';
import type { DigestPaper } from './digest.ts';
import type { Room } from './room.ts';
import { filled, hole, type Stencil, slot, stencilOfHtml, stencilOfText, written } from './stencil.ts';
import type { Mail, Templates } from './templates.ts';

/** A paper's card as a mail's two parts bear it, in quoted-printable, as `taste` is. */
export function encodedCard(
  templates: Templates,
  shown: DigestPaper,
  number: number,
  room: Room,
  { site, taste }: { site: string; taste: Mail },
): Mail {
  const { html, text } = ownStencil(templates, shown, room, site);
  return {
    html: written(html, { taste: taste.html }),
    text: written(text, { taste: taste.text, mark: markOf(number) }),
  };
}

type CardStencil = { html: Stencil; text: Stencil };
type Made = { room: Room; site: string; stencil: CardStencil };

/** They live as long as what they show is in memory, and that is as long as readers get it. */
const own = new WeakMap<DigestPaper, Made>();
const shared = new WeakMap<EditionPaper, (Made & { form: number })[]>();

/** The card of a paper with the topic and the reasons for which some readers get it; what is left are a reader's own. */
function ownStencil(templates: Templates, shown: DigestPaper, room: Room, site: string): CardStencil {
  const before = own.get(shown);
  if (before?.room === room && before.site === site) return before.stencil;
  const card = ownCard(shown, room);
  const { html, text } = sharedStencil(templates, shown.paper, card, room, site);
  const stencil = { html: filled(html, card), text: filled(text, card) };
  own.set(shown, { room, site, stencil });
  return stencil;
}

function sharedStencil(
  templates: Templates,
  paper: EditionPaper,
  { topic, why }: OwnCard,
  room: Room,
  site: string,
): CardStencil {
  const known = shared.get(paper) ?? [];
  if (known.length === 0) shared.set(paper, known);
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
    { links: { taste: slot('taste') } },
  );
  const stencil = { html: stencilOfHtml(card.html), text: stencilOfText(card.text) };
  known.push({ room, site, form, stencil });
  return stencil;
}
