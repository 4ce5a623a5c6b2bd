import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'node-html-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStandIn } from '../demo/stand-in.ts';
import { day } from '../src/daily.ts';
import { sendLetters } from '../src/delivery/letters.ts';
import { createWeb } from '../src/web/server.ts';
import { type TestApp, testApp } from './support/app.ts';
import { type Mailbox, openMailbox } from './support/mailbox.ts';
import { form } from './support/site.ts';

/** A record in the shape of Hugging Face's API. */
const listed = (
  id: string,
  title: string,
  upvotes: number,
  summary = 'We study a thing and report what we found.',
) => ({
  paper: {
    id,
    title,
    summary,
    upvotes,
    authors: [
      { name: 'Ada Lovelace', hidden: false },
      { name: 'Not Shown', hidden: true },
    ],
    publishedAt: '2026-05-05T00:00:00.000Z',
  },
  title,
  summary,
  numComments: 2,
});

describe('a day of Paperboy', () => {
  let source: Awaited<ReturnType<typeof startStandIn>>;
  let mailbox: Mailbox;
  let app: TestApp;
  let web: ReturnType<typeof createWeb>;
  const folder = mkdtempSync(join(tmpdir(), 'paperboy-lists-'));
  const list = (date: string, ...records: object[]) =>
    writeFileSync(join(folder, `${date}.json`), JSON.stringify(records));
  const page = (url: string, init?: RequestInit) => web.request(url, init);
  const linkTo = (purpose: string, text: string | undefined) =>
    new RegExp(`https://paperboy\\.test/${purpose}/[\\w-]+`).exec(text ?? '')?.[0] ?? `no ${purpose} link`;

  beforeAll(async () => {
    list(
      '2026-05-06',
      listed('2605.00001', 'Faster speculative decoding for <script>alert(1)</script> {{models}}', 40),
      listed('2605.00002', 'Proteins that fold on their own', 90),
      listed('2605.00003', 'A survey of speculative decoding', 70),
    );
    list('2026-05-07', listed('2605.00004', 'Speculative decoding without a draft model', 12));
    source = await startStandIn({ folder, today: () => '2026-05-08' });
    mailbox = await openMailbox();
    app = await testApp({ env: { HF_URL: source.url, SMTP_URL: mailbox.url, SOURCES: 'huggingface' } });
    web = createWeb(app);
  });
  afterAll(async () => {
    await app.close();
    await mailbox.close();
    await source.close();
    rmSync(folder, { recursive: true });
  });

  test('a person signs up, and gets one mail: a confirmation with a link', async () => {
    app.setNow('2026-05-07T05:00:00Z');
    const wishes = {
      email: 'Ada@Example.org',
      topics: 'speculative decoding -survey',
      timeZone: 'Europe/Berlin',
      sendHour: '8',
    };
    expect((await page('/subscribe', form(wishes))).status).toBe(202);
    expect((await page('/subscribe', form(wishes))).status).toBe(202);
    await sendLetters(app);
    expect(mailbox.mails.map(({ to }) => to)).toEqual(['Ada@example.org']);
    expect(mailbox.mails[0]?.parsed.text).toContain('speculative decoding -survey');
  });

  test('opening the link does nothing; its button confirms, and a welcome comes', async () => {
    const confirm = linkTo('confirm', mailbox.mails[0]?.parsed.text);
    expect((await page(confirm)).status).toBe(200);
    expect(await app.db.subscriber.count({ where: { status: 'active' } })).toBe(0);
    expect((await page(confirm, { method: 'POST' })).status).toBe(200);
    expect(await app.db.subscriber.count({ where: { status: 'active' } })).toBe(1);
    await sendLetters(app);
    expect(mailbox.mails).toHaveLength(2);
  });

  test('before their hour nothing is sent; at their hour the digest is, once', async () => {
    const early = await day(app, '2026-05-06');
    expect(early.ingest).toMatchObject([{ source: 'huggingface', outcome: 'ok', papers: 3, bad: 0 }]);
    expect(early.publish).toMatchObject({ status: 'published', papers: 3, topics: 1 });
    expect(early.deliver).toEqual({ sent: 0, deferred: 0, failed: 0, skipped: 0 });
    app.setNow('2026-05-07T06:00:00Z');
    expect((await day(app, '2026-05-06')).deliver).toEqual({ sent: 1, deferred: 0, failed: 0, skipped: 0 });
    expect((await day(app, '2026-05-06')).deliver).toEqual({ sent: 0, deferred: 0, failed: 0, skipped: 0 });
    expect(mailbox.mails).toHaveLength(3);
  });

  test('the digest says what is on the topic and why, and nothing else', () => {
    const { from, parsed } = mailbox.mails[2] ?? expect.fail('no digest');
    const html = parse(parsed.html || '');
    const text = parsed.text?.replaceAll(/\s+/g, ' ') ?? '';
    for (const part of [html.textContent.replaceAll(/\s+/g, ' '), text]) {
      expect(part).toContain('“speculative decoding” in the title');
      expect(part).toContain('40 votes on its first day');
      expect(part).toContain('Ada Lovelace');
      expect(part).not.toContain('Not Shown');
      expect(part).not.toContain('survey of');
    }
    expect(html.querySelectorAll('script')).toHaveLength(0);
    expect(text).toContain('{{models}}');
    expect(
      html.querySelector(
        'a[href="https://arxiv.org/abs/2605.00001"], a[href="https://huggingface.co/papers/2605.00001"]',
      ),
    ).not.toBeNull();
    expect(
      html.querySelector(
        'a[href="https://huggingface.co/papers/2605.00002"], a[href="https://arxiv.org/abs/2605.00002"]',
      )?.textContent,
    ).toContain('Proteins');

    expect(from).toMatch(/^bounce\+[\w-]+@/);
    const header = (name: string) => parsed.headerLines.find(({ key }) => key === name)?.line ?? `no ${name}`;
    expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    expect(header('list-unsubscribe')).toMatch(
      /<https:\/\/paperboy\.test\/unsubscribe\/[\w-]+>[\s\S]*<mailto:unsubscribe\+/,
    );
    expect(header('precedence')).toBe('Precedence: bulk');
    expect(header('auto-submitted')).toBe('Auto-Submitted: auto-generated');
    expect(header('list-id')).toMatch(/^List-Id: /i);
    expect(header('feedback-id')).toMatch(/^Feedback-ID: /);
    expect(header('message-id')).toMatch(/^Message-ID: <[\w-]+@paperboy\.test>$/i);
  });

  test('the mail can be read in the browser', async () => {
    const inBrowser = await page(linkTo('digest', mailbox.mails[2]?.parsed.text));
    expect(inBrowser.status).toBe(200);
    expect(await inBrowser.text()).toContain('Faster speculative decoding');
  });

  test('the next day brings what is new, and no paper twice', async () => {
    app.setNow('2026-05-08T06:00:00Z');
    expect((await day(app, '2026-05-07')).deliver.sent).toBe(1);
    const text = mailbox.mails[3]?.parsed.text ?? '';
    expect(text).toContain('without a draft model');
    expect(text).not.toContain('Faster speculative');
    expect(text).not.toContain('Proteins');
  });

  test('one click leaves, and the day after there is no mail', async () => {
    const unsubscribe = linkTo('unsubscribe', mailbox.mails[3]?.parsed.text);
    const left = await page(unsubscribe, form({ 'List-Unsubscribe': 'One-Click' }));
    expect(left.status).toBe(200);
    await sendLetters(app);
    list('2026-05-08', listed('2605.00005', 'Speculative decoding, once more', 30));
    app.setNow('2026-05-09T06:00:00Z');
    const report = await day(app, '2026-05-08');
    expect(report.publish).toMatchObject({ status: 'published' });
    expect(report.compose.composed).toBe(0);
    expect(mailbox.mails.slice(4).map(({ parsed }) => parsed.subject)).toEqual([
      'You are unsubscribed from Paperboy',
    ]);
  });
});
