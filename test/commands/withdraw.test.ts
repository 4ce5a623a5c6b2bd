import { beforeEach, describe, expect, test } from 'vitest';
import { openTerminal } from '../../src/commands/command.ts';
import { runWithdraw } from '../../src/commands/steps.ts';
import { compose } from '../../src/digests/compose.ts';
import { publish } from '../../src/editions/publish.ts';
import { withdraw } from '../../src/editions/withdraw.ts';
import { createWeb } from '../../src/web/server.ts';
import { testApp } from '../support/app.ts';
import { addPapers } from '../support/papers.ts';
import { addReader } from '../support/readers.ts';

const app = await testApp({ env: { SOURCES: 'huggingface' } });
const web = createWeb(app);
await addPapers(app, [
  { id: '2605.00005', title: 'Knots', listedOn: '2026-05-05' },
  { id: '2605.00006', title: 'Speculative decoding', listedOn: '2026-05-06' },
  { id: '2605.00007', title: 'Half a day', listedOn: '2026-05-07' },
]);
beforeEach(async () => {
  await app.db.$executeRaw`TRUNCATE deliveries, subscribers CASCADE`;
  app.setNow('2026-05-07T09:00:00Z');
  for (const date of ['2026-05-05', '2026-05-06', '2026-05-07']) await publish(app, { date });
});

const say = async (date: string) => {
  const { data, lines, failed } = await runWithdraw(date)(app, openTerminal(false));
  return { data, text: lines.join('\n'), failed };
};
const ask = async (path: string) => {
  const answer = await web.request(path);
  return { status: answer.status, body: await answer.text() };
};

describe('withdraw', () => {
  test('takes an edition from the site, the feeds and the API, and the one before is the latest again', async () => {
    expect((await ask('/')).body).toContain('Half a day');
    expect(await say('2026-05-07')).toMatchObject({
      data: { status: 'withdrawn', comesBack: true },
      failed: false,
      text: expect.stringContaining('The clock makes it anew'),
    });
    expect((await ask('/?date=2026-05-07')).status).toBe(404);
    expect((await ask('/api/editions/2026-05-07')).status).toBe(404);
    for (const path of ['/', '/archive', '/feed.atom', '/feed.json', '/week/2026-W19']) {
      const { status, body } = await ask(path);
      expect([path, status]).toEqual([path, 200]);
      expect(body).not.toContain('Half a day');
      expect(body).not.toContain('?date=2026-05-07');
    }
    expect((await ask('/')).body).toContain('Speculative decoding');
  });

  test('says of a day that is over how its edition comes back, and there is what became of it', async () => {
    expect((await say('2026-05-05')).text).toContain('paperboy publish --date 2026-05-05');
    expect((await ask('/?date=2026-05-05')).status).toBe(404);
    expect(await publish(app, { date: '2026-05-05' })).toMatchObject({ status: 'published', papers: 1 });
    expect((await ask('/?date=2026-05-05')).status).toBe(200);
  });

  test('leaves an edition that a digest has been composed of, and says what can be done', async () => {
    await addReader(app, { topics: ['decoding'] });
    await compose(app);
    expect(await say('2026-05-06')).toMatchObject({
      data: { status: 'frozen', digests: 1, waiting: 1 },
      failed: true,
      text: expect.stringMatching(/stays: 1 digest .* 1 of them waiting .*\n.*paperboy pause/),
    });
    await app.db.delivery.updateMany({ data: { status: 'sent' } });
    expect((await say('2026-05-06')).text).not.toContain('pause');
    expect((await ask('/?date=2026-05-06')).status).toBe(200);
  });

  test('says that there is none', async () => {
    expect(await say('2026-04-01')).toMatchObject({ data: { status: 'none' }, failed: false });
  });

  test('and composing at once leave either the edition with its digests, or neither', async () => {
    await addReader(app, { topics: ['decoding'] });
    const [outcome] = await Promise.all([
      withdraw(app, '2026-05-06'),
      compose(app).catch(() => 'its edition went away'),
    ]);
    const editions = await app.db.edition.count({ where: { date: new Date('2026-05-06') } });
    const digests = await app.db.delivery.count({ where: { editionDate: new Date('2026-05-06') } });
    expect([editions, digests]).toEqual(outcome.status === 'withdrawn' ? [0, 0] : [1, 1]);
  });
});
