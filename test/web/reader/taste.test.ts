import { parse } from 'node-html-parser';
import { beforeEach, describe, expect, test } from 'vitest';
import { MOST_EXAMPLES } from '../../../src/subscribers/examples.ts';
import { type Purpose, signLink } from '../../../src/subscribers/links.ts';
import { unsubscribe } from '../../../src/subscribers/unsubscribe.ts';
import { createWeb } from '../../../src/web/server.ts';
import { testApp } from '../../support/app.ts';
import { addPapers } from '../../support/papers.ts';
import { addReader } from '../../support/readers.ts';

const PAPER = '2605.00001';
const OLD = 'hep-th/9901001';

let id: string;
const app = await testApp();
const web = createWeb(app);
await addPapers(app, [
  { id: PAPER, title: 'Mamba <b>9</b>' },
  { id: OLD, title: 'Strings' },
]);
beforeEach(async () => {
  await app.db.subscriber.deleteMany();
  ({ id } = await addReader(app));
});

const path = (purpose: Purpose = 'taste') => `/${purpose}/${signLink(app.secrets, purpose, id)}`;
const get = async (where: string) => parse(await (await web.request(where)).text());
const post = (where: string) => web.request(where, { method: 'POST' });
const examples = async () =>
  (await app.db.example.findMany({ orderBy: { paperId: 'asc' } })).map(({ paperId, kind }) => [
    paperId,
    kind,
  ]);

describe('more like this, less like this', () => {
  test('following the links of a mail changes nothing', async () => {
    for (const end of ['', '/more', '/less', '/undo'])
      await web.request(`${path()}/${PAPER}${end}`, { method: end === '/less' ? 'HEAD' : 'GET' });
    expect(await examples()).toEqual([]);
  });

  test('the page behind a link shows the paper and the two buttons', async () => {
    const page = await get(`${path()}/${PAPER}/more`);
    expect(page.querySelector('h1')?.text).toBe('Mamba <b>9</b>');
    const actions = page.querySelectorAll('main form').map((form) => form.getAttribute('action'));
    expect(actions).toEqual([`${path()}/${PAPER}/more`, `${path()}/${PAPER}/less`]);
  });

  test('the last word on a paper counts, and can be taken back', async () => {
    expect((await post(`${path()}/${PAPER}/more`)).status).toBe(200);
    await post(`${path()}/${PAPER}/more`);
    expect(await examples()).toEqual([[PAPER, 'more']]);
    await post(`${path()}/${PAPER}/less`);
    expect(await examples()).toEqual([[PAPER, 'less']]);
    expect((await post(`${path()}/${PAPER}/undo`)).status).toBe(200);
    expect((await post(`${path()}/${PAPER}/undo`)).status).toBe(200);
    expect(await examples()).toEqual([]);
  });

  test('the preferences show what was asked for, each with a button that takes it back', async () => {
    await post(`${path()}/${OLD}/less`);
    await post(`${path()}/${PAPER}/more`);
    const page = await get(path('preferences'));
    const undo = page.querySelectorAll('.examples form').map((form) => form.getAttribute('action'));
    expect(undo).toEqual([`${path()}/${PAPER}/undo`, `${path()}/${OLD}/undo`]);
    expect((await post(undo[1] ?? '')).status).toBe(200);
    expect(await examples()).toEqual([[PAPER, 'more']]);
  });

  test('a paper that no source listed, or what is no paper, has no page', async () => {
    for (const wrong of ['2605.99999', 'x', '%00', '2605.00001%00'])
      for (const method of ['GET', 'POST'])
        expect((await web.request(`${path()}/${wrong}/more`, { method })).status).toBe(404);
    expect(await examples()).toEqual([]);
  });

  test('a link that is not signed for it, or of somebody who has left, has none either', async () => {
    const other = `/taste/${signLink(app.secrets, 'digest', id)}`;
    expect((await post(`${other}/${PAPER}/more`)).status).toBe(404);
    await unsubscribe(app, id);
    expect((await post(`${path()}/${PAPER}/more`)).status).toBe(410);
    expect(await examples()).toEqual([]);
  });

  test('the preferences have a form that tells why a paper came, or not', async () => {
    const form = (await get(path('preferences'))).querySelector('#paper')?.closest('form');
    expect(form?.getAttribute('method')).toBe('get');
    const where = `${form?.getAttribute('action')}?paper=`;
    const told = async (paper: string) => {
      const response = await web.request(`${where}${encodeURIComponent(paper)}`);
      return `${response.status} ${parse(await response.text()).querySelector('.why')?.text}`;
    };
    expect(await told('https://arxiv.org/abs/2605.00001v2')).toBe(
      '200 “Mamba <b>9</b>”, listed on 2026-05-06.No edition is published yet.',
    );
    const shown = await get(`${path()}/why?paper=arxiv.org/abs/2605.00001`);
    expect(shown.querySelector(`a[href="${path()}/2605.00001"]`)?.text).toBe('More or less like this');
    expect(await told('2605.99999')).toBe('404 No source has listed 2605.99999 yet.');
    expect(await told('<script>')).toContain('404 “<script>” is no arXiv id');
  });

  test('of too many examples the oldest make room', async () => {
    const papers = Array.from({ length: MOST_EXAMPLES + 1 }, (_, n) => ({
      id: `2604.${String(n).padStart(5, '0')}`,
      title: `Paper ${n}`,
    }));
    await addPapers(app, papers);
    for (const [n, paper] of papers.entries()) {
      app.setNow(new Date(Date.UTC(2026, 4, 8) + n * 1000).toISOString());
      await post(`${path()}/${paper.id}/more`);
    }
    const kept = await examples();
    expect(kept).toHaveLength(MOST_EXAMPLES);
    expect(kept).not.toContainEqual(['2604.00000', 'more']);
  });
});
