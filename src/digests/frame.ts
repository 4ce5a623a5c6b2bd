import type { Pieces } from '../lib/pieces.ts';
import type { EncodedCard } from './cards.ts';
import { hole, type Stencil, slot, stencilOfHtml, stencilOfText, type Values, written } from './stencil.ts';
import type { Mail, Templates } from './templates.ts';
import type { DigestView } from './view.ts';

/** The whole of a digest's two parts, in quoted-printable, around cards and links that are in it already. */
export function encodedFrame(
  templates: Templates,
  view: DigestView<EncodedCard[]>,
  links: Record<OwnLink, Mail>,
): Record<keyof Mail, Pieces> {
  const { html, text } = stencilOf(templates, view);
  const { subject, preheader, headline, topics, sections } = view;
  const values: Values = { subject, preheader, headline };
  for (const [n, topic] of topics.entries()) values[`topic${n}`] = topic;
  const withOwn = (stencil: Stencil, part: keyof Mail): Pieces => {
    for (const name of OWN_LINKS) values[name] = links[name][part];
    for (const [n, { cards }] of sections.entries()) values[`cards${n}`] = cards.map((card) => card[part]);
    return written(stencil, values);
  };
  return { html: withOwn(html, 'html'), text: withOwn(text, 'text') };
}

/** The links in a frame that are one reader's. */
const OWN_LINKS = ['preferences', 'unsubscribe', 'browser'] as const;
type OwnLink = (typeof OWN_LINKS)[number];

type FrameStencil = { html: Stencil; text: Stencil };

/** One for each form that frames have: of an edition's readers most have one of a few. */
function stencilOf(templates: Templates, view: DigestView<EncodedCard[]>): FrameStencil {
  const { date, notes, sections, left, topics, links } = view;
  const headings = sections.map(({ heading }) => heading);
  const form = [date, left, links.site, topics.length, headings.length, ...headings, ...notes].join('\n');
  const known = made.get(templates) ?? new Map<string, FrameStencil>();
  made.set(templates, known);
  const before = known.get(form);
  if (before) return before;
  const { html, text } = templates.frame({
    ...view,
    subject: hole('subject'),
    preheader: hole('preheader'),
    headline: hole('headline'),
    sections: sections.map(({ heading }, n) => ({ heading, cards: slot(`cards${n}`) })),
    topics: topics.map((_, n) => hole(`topic${n}`)),
    links: {
      ...links,
      preferences: slot('preferences'),
      unsubscribe: slot('unsubscribe'),
      browser: slot('browser'),
    },
  } satisfies DigestView<string>);
  const stencil = { html: stencilOfHtml(html), text: stencilOfText(text) };
  if (known.size >= MOST_FORMS) known.clear();
  known.set(form, stencil);
  return stencil;
}

const MOST_FORMS = 500;
const made = new WeakMap<Templates, Map<string, FrameStencil>>();
