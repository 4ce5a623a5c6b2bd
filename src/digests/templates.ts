import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';
import { wrap } from './plain.ts';

/** What a template makes of its view: both parts say the same. */
export type Mail = { html: string; text: string };
export type TemplateName = (typeof NAMES)[number];
export type Templates = Record<TemplateName, (view: object) => Mail>;

const NAMES = ['digest', 'confirm', 'welcome', 'already', 'goodbye', 'preferences'] as const;
const folder = fileURLToPath(new URL('../../templates/', import.meta.url));

let loaded: Promise<Templates> | undefined;

/**
 * Every mail's template, read and compiled once in a process: MJML makes the layout, Handlebars fills its values in.
 * MJML never sees a value, so nothing in one can be markup to it; Handlebars never compiles one, and escapes it in
 * HTML.
 *
 * @throws when a template is not valid MJML.
 */
export function loadTemplates(): Promise<Templates> {
  loaded ??= compileAll();
  return loaded;
}

async function compileAll(): Promise<Templates> {
  const compiled = await Promise.all(NAMES.map(async (name) => [name, await compile(name)] as const));
  return Object.fromEntries(compiled) as Templates;
}

async function compile(name: TemplateName): Promise<(view: object) => Mail> {
  const [mjml, plain] = await Promise.all(
    ['mjml', 'txt'].map((ending) => readFile(`${folder}${name}.${ending}`, 'utf8')),
  );
  const html = Handlebars.compile(await layout(name, mjml ?? ''), { strict: true });
  const text = Handlebars.compile(plain, { noEscape: true, strict: true });
  return (view) => ({ html: html(view), text: `${wrap(text(view)).trim()}\n` });
}

/** Loaded when the first mail is made: it takes more than a second, which the web pages need not wait for. */
async function layout(name: TemplateName, mjml: string): Promise<string> {
  const { default: mjml2html } = await import('mjml');
  const { html } = await mjml2html(mjml, {
    validationLevel: 'strict',
    fonts: {},
    filePath: `${folder}${name}.mjml`,
    ignoreIncludes: false,
  });
  return html
    .replace(/^[ \t]+/gm, '')
    .replace(/\n{2,}/g, '\n')
    .replace(/\s*\n\s*(style|class|align|border|width)=/g, ' $1=');
}
