// Prints what MJML makes of templates, as JSON by name; a process of its own, started by templates.ts:
//   node layouts.ts FOLDER NAME …
import { readFile } from 'node:fs/promises';
import mjml2html from 'mjml';

const [folder = '', ...names] = process.argv.slice(2);
const pages = await Promise.all(names.map(async (name) => [name, await layout(`${folder}${name}.mjml`)]));
process.stdout.write(JSON.stringify(Object.fromEntries(pages)));

async function layout(filePath: string): Promise<string> {
  const { html } = await mjml2html(await readFile(filePath, 'utf8'), {
    validationLevel: 'strict',
    fonts: {},
    filePath,
    ignoreIncludes: false,
  });
  return html
    .replace(/^[ \t]+/gm, '')
    .replace(/\n{2,}/g, '\n')
    .replace(/\s*\n\s*(style|class|align|border|width)=/g, ' $1=');
}
