import { remembered } from '../lib/memo.ts';
import { hole, type Stencil, slot, stencilOfHtml, stencilOfText, type Values } from './stencil.ts';
import type { Mail, Templates } from './templates.ts';
import type { DigestView } from './view.ts';

/** The whole of a digest's two parts, in quoted-printable, around cards that are in it already. */
export function encodedFrame(templates: Templates, view: DigestView<Mail[]>): Mail {
  const { html, text } = stencilOf(templates, view);
  const values: Values = {
    subject: view.subject,
    preheader: view.preheader,
    headline: view.headline,
    ...view.links,
  };
  for (const [n, topic] of view.topics.entries()) values[`topic${n}`] = topic;
  const filled = (stencil: Stencil, part: keyof Mail): string => {
    for (const [n, { cards }] of view.sections.entries()) {
      let all = '';
      for (const card of cards) all += card[part];
      values[`cards${n}`] = all;
    }
    return stencil(values);
  };
  return { html: filled(html, 'html'), text: filled(text, 'text') };
}

type FrameStencil = { html: Stencil; text: Stencil };

/** One for each form that frames have: of an edition's readers most have one of a few. */
function stencilOf(templates: Templates, { date, notes, sections, left, topics, links }: DigestView<Mail[]>) {
  const formed: DigestView<string> = {
    date,
    notes,
    left,
    subject: hole('subject'),
    preheader: hole('preheader'),
    headline: hole('headline'),
    sections: sections.map(({ heading }, n) => ({ heading, cards: slot(`cards${n}`) })),
    topics: topics.map((_, n) => hole(`topic${n}`)),
    links: {
      ...links,
      preferences: hole('preferences'),
      unsubscribe: hole('unsubscribe'),
      browser: hole('browser'),
      taste: '',
    },
  };
  let stencils = made.get(templates);
  if (!stencils) {
    stencils = remembered(500, (form) => {
      const { html, text } = templates.frame(JSON.parse(form));
      return { html: stencilOfHtml(html), text: stencilOfText(text) };
    });
    made.set(templates, stencils);
  }
  return stencils(JSON.stringify(formed));
}

const made = new WeakMap<Templates, (form: string) => FrameStencil>();
