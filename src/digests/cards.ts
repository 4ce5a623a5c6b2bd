import type { EditionPaper } from '../editions/edition.ts';
import { type Pieces, textOf } from '../lib/pieces.ts';
import { markOf, type OwnCard, ownCard, sharedCard } from './card.ts';
import type { DigestPaper } from './digest.ts';
import type { Room } from './room.ts';
import { filled, hole, type Stencil, slot, stencilOfHtml, stencilOfText, written } from './stencil.ts';
import type { Mail, Templates } from './templates.ts';

/** A card as a mail's two parts bear it, in quoted-printable. */
export type EncodedCard = Record<keyof Mail, Pieces>;

/** @param taste in quoted-printable */
export function encodedCard(
  templates: Templates,
  shown: DigestPaper,
  number: number,
  room: Room,
  { site, taste }: { site: string; taste: Mail },
): EncodedCard {
  const card = ownCardOf(templates, shown, room, site);
  return {
    html: written(card.html, { taste: taste.html }),
    text: [titleOf(card, number), written(card.text, { taste: taste.text })],
  };
}

type Made = {
  room: Room;
  site: string;
  html: Stencil;
  /** The first line of the text, which bears the card's number. */
  title: Stencil;
  /** By number. */
  titles: string[];
  /** What follows. */
  text: Stencil;
};

/** They live as long as what they show is in memory, and that is as long as readers get it. */
const own = new WeakMap<DigestPaper, Made>();
const shared = new WeakMap<EditionPaper, (Made & { form: number })[]>();

/** The card of a paper with the topic and the reasons for which some readers get it; what is left are a reader's own. */
function ownCardOf(templates: Templates, shown: DigestPaper, room: Room, site: string): Made {
  const before = own.get(shown);
  if (before?.room === room && before.site === site) return before;
  const card = ownCard(shown, room);
  const common = sharedCardOf(templates, shown.paper, card, room, site);
  const made = { ...common, html: filled(common.html, card), text: filled(common.text, card) };
  own.set(shown, made);
  return made;
}

function sharedCardOf(
  templates: Templates,
  paper: EditionPaper,
  { topic, why }: OwnCard,
  room: Room,
  site: string,
): Made {
  const known = shared.get(paper) ?? [];
  if (known.length === 0) shared.set(paper, known);
  // The template leaves out what is empty.
  const form = (topic ? 1 : 0) + (why ? 2 : 0);
  const before = known.find((one) => one.room === room && one.form === form && one.site === site);
  if (before) return before;
  const card = templates.card(
    {
      ...sharedCard(paper, room, site),
      mark: hole('mark'),
      topic: topic && hole('topic'),
      why: why && hole('why'),
    },
    { links: { taste: slot('taste') } },
  );
  const text = stencilOfText(card.text);
  const made = {
    room,
    site,
    form,
    html: stencilOfHtml(card.html),
    title: text.slice(0, 1),
    titles: [],
    text: text.slice(1),
  };
  known.push(made);
  return made;
}

function titleOf({ title, titles }: Made, number: number): string {
  titles[number] ??= textOf(written(title, { mark: markOf(number) }));
  return titles[number];
}
