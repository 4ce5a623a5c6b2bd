import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { previewDigest } from '../delivery/preview.ts';
import type { Day } from '../lib/day.ts';
import { parseTopic } from '../topics/topic.ts';
import { type Answer, printable, type Run } from './command.ts';

/** What the digest of some topics would be: on standard output as text, or as html, txt and eml files in a folder. */
export const runPreview =
  (topics: string, date: Day | undefined, out: string | undefined): Run =>
  async (app): Promise<Answer> => {
    const parsed = topics.split(';').map((text) => parseTopic(text));
    const problems = parsed.flatMap((topic) => (topic.ok ? [] : [topic.problem]));
    if (problems.length > 0) return { data: { problems }, lines: problems.map(printable), failed: true };
    const preview = await previewDigest(
      app,
      parsed.flatMap((topic) => (topic.ok ? [topic.topic] : [])),
      date,
    );
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
    const files = { html: rendered.html, txt: rendered.text, eml: message.raw };
    const names: string[] = [];
    for (const [ending, content] of Object.entries(files)) {
      const name = join(out, `digest-${digest.date}.${ending}`);
      await writeFile(name, content);
      names.push(name);
    }
    return { data: { ...data, files: names }, lines: [rendered.subject, ...names] };
  };
