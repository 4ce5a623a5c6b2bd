import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Handlebars from 'handlebars';
import { wrap } from './plain.ts';

/** What a template makes of its view: both parts say the same. */
export type Mail = { html: string; text: string };
export type TemplateName = (typeof NAMES)[number];
/** `@root` is the view itself unless told otherwise. */
export type Template = (view: object, root?: object) => Mail;
export type Templates = Record<TemplateName, Template> & {
  /** The digest's template in two: what is around the cards, with `cards` for each section's, and one card. */
  frame: Template;
  card: Template;
};

const NAMES = ['digest', 'confirm', 'welcome', 'already', 'goodbye', 'preferences', 'quiet'] as const;
const folder = fileURLToPath(new URL('../../templates/', import.meta.url));

let loaded: Promise<Templates> | undefined;

/**
 * Every mail's template, read and compiled once in a process: MJML makes the layout, Handlebars fills its values in.
 * MJML never sees a value, so nothing in one can be markup to it; Handlebars never compiles one, and escapes it in
 * HTML.
 *
 * @throws when a template is not valid MJML, or no process can be started to lay it out: then the next call tries again.
 */
export function loadTemplates(): Promise<Templates> {
  loaded ??= compileAll().catch((error) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function compileAll(): Promise<Templates> {
  const pages = await layouts();
  const sources = await Promise.all(
    NAMES.map(async (name) => [name, await parse(name, pages[name] ?? '')] as const),
  );
  const mails = Object.fromEntries(sources.map(([name, source]) => [name, whole(source)]));
  const { frame, card } = split(Object.fromEntries(sources).digest as Source);
  return { ...(mails as Record<TemplateName, Template>), frame: template(frame), card: template(card) };
}

/**
 * What MJML makes of the templates, by name. It runs in a process of its own: once loaded it would hold 100 MB for as long
 * as this one lives.
 */
async function layouts(): Promise<Record<string, string>> {
  const file = fileURLToPath(new URL('layouts.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [file, folder, ...NAMES], {
    maxBuffer: 10_000_000,
  });
  return JSON.parse(stdout);
}

/** Parsed by Handlebars. */
type Source = { html: hbs.AST.Program; text: hbs.AST.Program };

async function parse(name: TemplateName, html: string): Promise<Source> {
  const text = await readFile(`${folder}${name}.txt`, 'utf8');
  return { html: Handlebars.parse(html), text: Handlebars.parse(text) };
}

function template(source: Source): Template {
  const html = Handlebars.compile(source.html, { strict: true });
  const text = Handlebars.compile(source.text, { noEscape: true, strict: true });
  return (view, root = view) => ({
    html: html(view, { data: { root } }),
    text: text(view, { data: { root } }),
  });
}

function whole(source: Source): Template {
  const filled = template(source);
  return (view) => {
    const { html, text } = filled(view);
    return { html, text: `${wrap(text).trim()}\n` };
  };
}

/** What the block `{{#each cards}}` repeats, and the template with `{{{cards}}}` in its place. */
function split({ html, text }: Source): { frame: Source; card: Source } {
  const [page, plain] = [cut(html), cut(text)];
  return {
    frame: { html: page.frame, text: plain.frame },
    card: { html: page.card, text: plain.card },
  };
}

function cut(source: hbs.AST.Program): { frame: hbs.AST.Program; card: hbs.AST.Program } {
  let card: hbs.AST.Program | undefined;
  const visit = (program: hbs.AST.Program): hbs.AST.Program => ({
    ...program,
    body: program.body.map((statement) => {
      if (statement.type !== 'BlockStatement') return statement;
      const block = statement as hbs.AST.BlockStatement;
      const over = (block.params[0] as hbs.AST.PathExpression).original;
      if (over !== 'cards') return { ...block, program: visit(block.program) };
      card = block.program;
      return placeholder;
    }),
  });
  const frame = visit(source);
  if (!card) throw new Error('The digest has no {{#each cards}}.');
  return { frame, card };
}

const placeholder = Handlebars.parse('{{{cards}}}').body[0] as hbs.AST.Statement;
