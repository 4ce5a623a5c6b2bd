import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { previewDigest } from '../delivery/preview.ts';
import type { Day } from '../lib/day.ts';
import { textOf } from '../lib/pieces.ts';
import { wishFields } from '../subscribers/wishes.ts';
import { splitTopics } from './cells.ts';
import { type Answer, type Run, wrong } from './command.ts';

/** What the digest of some topics would be: on standard output as text, or as html, txt and eml files in a folder. */
export const runPreview =
  (topics: string, date: Day | undefined, out: string | undefined): Run =>
  async (app): Promise<Answer> => {
    const parsed = wishFields.topics.safeParse(splitTopics(topics));
    if (!parsed.success) return wrong(parsed.error.issues.map(({ message }) => message));
    const preview = await previewDigest(app, parsed.data, date);
    if (preview.status !== 'digest') {
      const silent = preview.status === 'silence';
      return { data: preview, lines: [silent ? `No mail: ${preview.why}.` : preview.why], failed: !silent };
    }
    const { rendered, message, digest } = preview;
    const data = {
      date: digest.date,
      subject: rendered.subject,
      papers: digest.papers.map(({ paper, topic, reasons }) => ({
        id: paper.id,
        title: paper.title,
        topic,
        reasons,
      })),
      trending: digest.trending.map(({ paper }) => paper.id),
    };
    if (!out) return { data, lines: [rendered.subject, '', rendered.text] };
    await mkdir(out, { recursive: true });
    const files = { html: rendered.html, txt: rendered.text, eml: textOf(message.raw) };
    const names: string[] = [];
    for (const [ending, content] of Object.entries(files)) {
      const name = join(out, `digest-${digest.date}.${ending}`);
      await writeFile(name, content);
      names.push(name);
    }
    return { data: { ...data, files: names }, lines: [rendered.subject, ...names] };
  };
