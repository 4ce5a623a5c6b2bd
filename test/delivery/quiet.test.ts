import { parse } from 'node-html-parser';
import { beforeEach, describe, expect, test } from 'vitest';
import { deliverDue } from '../../src/delivery/deliver.ts';
import { sendLetters } from '../../src/delivery/letters.ts';
import { compose } from '../../src/digests/compose.ts';
import { publish } from '../../src/editions/publish.ts';
import { addDays, type Day, startOf } from '../../src/lib/day.ts';
import { createWeb } from '../../src/web/server.ts';
import { appWithMailbox } from '../support/app.ts';
import { addIngest, addPapers } from '../support/papers.ts';
import { addReader } from '../support/readers.ts';

const FIRST = '2026-05-04';

const { app, mailbox } = await appWithMailbox({ env: { SOURCES: 'huggingface' } });
beforeEach(async () => {
  mailbox.mails.length = 0;
  await app.db.$executeRaw`TRUNCATE subscribers, editions, papers, ingests, topics CASCADE`;
});

/** Some days, counted from the first, each with one paper of that title; an empty title is a day without papers. */
async function live([from, to]: [number, number], titleOf: (n: number, day: Day) => string) {
  for (let n = from; n < to; n++) {
    const day = addDays(FIRST, n);
    const title = titleOf(n, day);
    if (title) await addPapers(app, [{ id: `2605.${String(n).padStart(5, '0')}`, title, listedOn: day }]);
    else await addIngest(app, { date: day, outcome: 'empty' });
    app.setNow(`${addDays(day, 1)}T02:00:00Z`);
    await publish(app, { date: day });
    app.setNow(`${addDays(day, 1)}T08:00:00Z`);
    await compose(app);
    await deliverDue(app);
    await sendLetters(app);
  }
}

const letters = () => app.db.letter.count({ where: { kind: 'quiet' } });
const subjects = () => mailbox.mails.map(({ parsed }) => parsed.subject);

describe('a quiet week', () => {
  test('brings a letter on its eighth day, and no other for four weeks', async () => {
    await addReader(app, { topics: ['folding of quantum origami'] });
    await live([0, 30], (n) => (n % 3 === 0 ? 'Origami' : 'Robots that walk'));
    expect(subjects()).toEqual(['A quiet week on your topics']);
    const [mail] = mailbox.mails;
    expect(mail?.parsed.date).toEqual(new Date('2026-05-12T08:00:00Z'));
    const html = parse(mail?.parsed.html || '');
    expect(html.querySelectorAll('.topic').map(({ text }) => text)).toEqual(['folding of quantum origami']);
  });

  test('of days on which nothing was listed is nobody’s fault, and no letter', async () => {
    await addReader(app, { topics: ['robots'] });
    await live([0, 12], (n) => (n === 0 ? 'Robots that walk' : ''));
    expect(await letters()).toBe(0);
    const silent = await app.db.delivery.findMany({ where: { status: 'skipped' } });
    expect(new Set(silent.map(({ reason }) => reason))).toEqual(
      new Set(['no paper was listed since the last digest']),
    );
  });

  test('is not one when a digest came, failed, or was held back within it', async () => {
    const { id } = await addReader(app, { topics: ['quantum'] });
    await live([0, 7], () => 'Robots that walk');
    for (const [n, [status, reason]] of [
      ['sent', null],
      ['failed', 'expired'],
      ['skipped', 'paused'],
    ].entries()) {
      const where = { subscriberId: id, editionDate: startOf(addDays(FIRST, 5 + n)) };
      await app.db.delivery.updateMany({ where, data: { status: status as 'sent', reason: reason ?? null } });
      await live([7 + n, 8 + n], () => 'Robots that walk');
      expect(await letters()).toBe(0);
      await app.db.delivery.updateMany({
        where,
        data: { status: 'skipped', reason: 'no paper on the topics' },
      });
    }
    await live([10, 11], () => 'Robots that walk');
    expect(await letters()).toBe(1);
  });

  test('a weekly reader hears of it after two silent Mondays', async () => {
    await addReader(app, { topics: ['quantum'], frequency: 'weekly' });
    await live([0, 13], () => 'Robots that walk');
    expect(await letters()).toBe(0);
    await live([13, 14], () => 'Robots that walk');
    expect(await letters()).toBe(1);
  });

  test('its link fills the wider topics into the preferences, and stores nothing', async () => {
    await addReader(app, { topics: ['quantum origami'] });
    await live([0, 8], (n) => (n === 5 ? 'Robots that walk' : 'Robots that run'));
    await app.db.letter.deleteMany();
    mailbox.mails.length = 0;
    // Papers that came too late for the digest's topics, but are on a wider one.
    await addPapers(app, [{ id: '2604.00001', title: 'Nothing but origami', listedOn: addDays(FIRST, 6) }]);
    await app.db.letter.create({
      data: {
        subscriberId: (await app.db.subscriber.findFirstOrThrow()).id,
        kind: 'quiet',
        createdAt: app.now(),
        nextAttemptAt: app.now(),
      },
    });
    await sendLetters(app);
    const html = parse(mailbox.mails[0]?.parsed.html || '');
    expect(html.querySelector('.wider')?.text).toBe('origami 1 paper');
    const link = html.querySelector('.button a')?.getAttribute('href') ?? '';
    expect(mailbox.mails[0]?.parsed.text).toContain(link);
    const page = await createWeb(app).request(link.replace('https://paperboy.test', ''));
    expect(page.status).toBe(200);
    expect(
      parse(await page.text())
        .querySelector('textarea')
        ?.text.trim(),
    ).toBe('quantum origami\norigami');
    expect(await app.db.subscriberTopic.count()).toBe(1);
  });
});
