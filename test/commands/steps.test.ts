import { beforeEach, describe, expect, test } from 'vitest';
import { openTerminal } from '../../src/commands/command.ts';
import { runPreview } from '../../src/commands/preview.ts';
import { runStatus } from '../../src/commands/status.ts';
import { runDay, runDeliver } from '../../src/commands/steps.ts';
import { compose } from '../../src/digests/compose.ts';
import { publish } from '../../src/editions/publish.ts';
import { appWithMailbox } from '../support/app.ts';
import { addEdition, addIngest } from '../support/papers.ts';
import { addReader, signUp } from '../support/readers.ts';

const { app, mailbox } = await appWithMailbox({
  env: { SOURCES: 'huggingface' },
  fetch: async () => Response.json([]),
});
await addEdition(app, [{ id: '2605.00001', title: 'Speculative decoding with trees', votes: 10 }]);
beforeEach(async () => {
  await app.db.$executeRaw`TRUNCATE subscribers, suppressions, breakers CASCADE`;
  mailbox.mails.length = 0;
  mailbox.refuse.clear();
  app.setNow('2026-05-07T08:00:00Z');
});

const terminal = openTerminal(true);
const reader = (name: string) =>
  addReader(app, { email: `${name}@example.org`, topics: ['speculative decoding'] });

describe('a day by hand', () => {
  test('sends the letters that wait, as deliver does', async () => {
    await reader('ada');
    await signUp(app, { email: 'new@example.org' });
    const answer = await runDay('2026-05-06', false)(app, terminal);
    expect(answer).toMatchObject({
      data: { deliver: { sent: 1 }, letters: { sent: 1, failed: 0 } },
      failed: false,
    });
    expect(mailbox.mails.map(({ to }) => to).sort()).toEqual(['ada@example.org', 'new@example.org']);
    expect(answer.lines.join('\n')).toMatch(/letters +1 sent/);
  });

  test('has failed when nothing was sent and something failed', async () => {
    await reader('ada');
    mailbox.refuse.set('ada@example.org', '550 5.1.1 no such user');
    const answer = await runDay('2026-05-06', false)(app, terminal);
    expect(answer).toMatchObject({ data: { deliver: { sent: 0, failed: 1 } }, failed: true });
  });
});

describe('deliver', () => {
  test('has failed when nothing was sent and something failed', async () => {
    await reader('ada');
    await compose(app);
    mailbox.refuse.set('ada@example.org', '550 5.1.1 no such user');
    expect(await runDeliver(app, terminal)).toMatchObject({
      data: { deliveries: { sent: 0, failed: 1 } },
      failed: true,
    });
  });

  test('has not failed when something was sent, or nothing waits', async () => {
    await reader('ada');
    await reader('grace');
    await compose(app);
    mailbox.refuse.set('ada@example.org', '550 5.1.1 no such user');
    expect(await runDeliver(app, terminal)).toMatchObject({
      data: { deliveries: { sent: 1, failed: 1 } },
      failed: false,
    });
    expect(await runDeliver(app, terminal)).toMatchObject({ failed: false });
  });
});

describe('status', () => {
  beforeEach(() => app.db.$executeRaw`TRUNCATE ingests`);
  const status = async () => {
    const { data, lines } = await runStatus(app, terminal);
    return {
      ...(data as { sources: object[]; failures: object[]; late: object; edition: object }),
      text: lines.join('\n'),
    };
  };

  test('says that the edition that is due is held, and what became of each source', async () => {
    app.setNow('2026-05-08T03:30:00Z');
    const failed = { date: '2026-05-07', outcome: 'failed', error: 'It answered 500.' };
    await addIngest(app, { ...failed, startedAt: '2026-05-08T01:40:00Z' });
    const { late, text } = await status();
    const why = 'No source was read for 2026-05-07: Hugging Face failed (It answered 500).';
    expect(late).toEqual({ due: '2026-05-07', unread: true, why });
    expect(text).toContain(`The edition of 2026-05-07 is held. ${why}`);
    await addIngest(app, { date: '2026-05-07', startedAt: '2026-05-08T03:10:00Z' });
    expect((await status()).text).toContain('The edition of 2026-05-07 is late: its sources are read');
  });

  test('says of an edition when it was made, and on a holiday that nothing was listed', async () => {
    expect(await status()).toMatchObject({ late: null, edition: { listed: 1, hoursLate: 0 } });
    expect((await status()).text).toContain('1 paper, 1 of them listed that day');
    app.setNow('2026-05-08T09:00:00Z');
    await addIngest(app, { date: '2026-05-07', outcome: 'empty', startedAt: '2026-05-08T08:00:00Z' });
    await publish(app, { date: '2026-05-07' });
    const { text } = await status();
    await app.db.$executeRaw`DELETE FROM editions WHERE date = '2026-05-07'`;
    expect(text).toContain('published 2026-05-08 09:00 UTC, 7 hours after it was due');
    expect(text).toContain('Nothing was listed that day, as on weekends and holidays.');
  });

  test('tells why readers left of late, and how many said so', async () => {
    expect((await status()).text).not.toContain('Why readers left');
    await app.db.departure.createMany({
      data: [
        { day: new Date('2026-05-07'), reason: 'too much', count: 3 },
        { day: new Date('2026-05-01'), reason: 'off topic', count: 5 },
        { day: new Date('2026-03-01'), reason: 'other', count: 9 },
      ],
    });
    expect((await status()).text).toContain('Why readers left, in 30 days: off topic 5, too much 3');
  });

  test('of days that were read at one go, today first, the latest is shown', async () => {
    await addIngest(app, { date: '2026-05-07', startedAt: '2026-05-07T08:00:00Z' });
    await addIngest(app, { date: '2026-05-06', startedAt: '2026-05-07T08:00:01Z' });
    expect((await status()).sources).toMatchObject([{ source: 'huggingface', date: '2026-05-07' }]);
  });

  test('shows the newest reading of a source, not that of the latest day', async () => {
    await addIngest(app, { date: '2027-01-01', outcome: 'empty', startedAt: '2026-05-06T10:00:00Z' });
    await addIngest(app, { date: '2026-05-06', startedAt: '2026-05-07T07:00:00Z' });
    const { sources, failures } = await status();
    expect(sources).toMatchObject([{ source: 'huggingface', date: '2026-05-06', outcome: 'ok' }]);
    expect(failures).toEqual([]);
  });

  test('does not hide the failed reading of an older day behind a newer one', async () => {
    await addIngest(app, {
      date: '2026-05-04',
      outcome: 'failed',
      error: 'It answered 500.',
      startedAt: '2026-05-07T06:00:00Z',
    });
    await addIngest(app, { date: '2026-05-07', startedAt: '2026-05-07T07:00:00Z' });
    const { sources, failures, text } = await status();
    expect(sources).toMatchObject([{ date: '2026-05-07', outcome: 'ok' }]);
    expect(failures).toMatchObject([
      { source: 'huggingface', date: '2026-05-04', error: 'It answered 500.' },
    ]);
    expect(text).toMatch(/huggingface: failed for 2026-05-04, .*It answered 500\./);
  });

  test('tells in one line of the days that failed alike', async () => {
    await addIngest(app, { date: '2026-05-07', startedAt: '2026-05-07T07:00:00Z' });
    for (const date of ['2026-05-06', '2026-05-05'] as const)
      await addIngest(app, { date, outcome: 'failed', error: 'Away.', startedAt: '2026-05-07T06:00:00Z' });
    await addIngest(app, {
      date: '2026-05-04',
      outcome: 'failed',
      error: 'Odd.',
      startedAt: '2026-05-07T06:00:00Z',
    });
    const { text } = await status();
    expect(text).toContain(
      'huggingface: failed for 2026-05-06, 2026-05-05, tried 2026-05-07 06:00 UTC (Away.)',
    );
    expect(text).toContain('huggingface: failed for 2026-05-04, tried 2026-05-07 06:00 UTC (Odd.)');
  });

  test('forgets a failure when the day was read well since, or after 24 hours', async () => {
    const failed = { outcome: 'failed', error: 'It answered 500.' };
    await addIngest(app, { ...failed, date: '2026-05-04', startedAt: '2026-05-07T06:00:00Z' });
    await addIngest(app, { ...failed, date: '2026-05-03', startedAt: '2026-05-06T07:00:00Z' });
    await addIngest(app, { date: '2026-05-04', startedAt: '2026-05-07T07:00:00Z' });
    expect((await status()).failures).toEqual([]);
  });

  test('tells the newest reading’s own failure once', async () => {
    await addIngest(app, {
      date: '2026-05-07',
      outcome: 'failed',
      error: 'It answered 500.',
      startedAt: '2026-05-07T07:00:00Z',
    });
    expect((await status()).text.match(/It answered 500/g)).toHaveLength(1);
  });
});

describe('preview', () => {
  test('forgives a semicolon too many', async () => {
    expect(await runPreview('speculative decoding;', undefined, undefined)(app, terminal)).toMatchObject({
      data: { papers: [{ id: '2605.00001', topic: 'speculative decoding' }] },
    });
  });

  test.each([
    ['no topic', ';', 'at least one topic'],
    ['more topics than the site takes', 'a1 b1;'.repeat(21), 'At most 20 topics'],
    ['a topic that cannot be read', 'agents; "robots', 'Topic 2: '],
  ])('refuses %s', async (_, topics, words) => {
    const answer = await runPreview(topics, undefined, undefined)(app, terminal);
    expect(answer.failed).toBe('wrong');
    expect(answer.lines.join('\n')).toContain(words);
  });
});
