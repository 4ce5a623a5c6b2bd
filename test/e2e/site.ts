import { freePort } from '../../demo/ports.ts';
import { publish } from '../../src/editions/publish.ts';
import { addDays, type Day } from '../../src/lib/day.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { openMailbox } from '../support/mailbox.ts';
import { addPapers } from '../support/papers.ts';
import { type Served, serve } from './serve.ts';

export type Site = Served & { app: TestApp };

const SUBJECTS = [
  [
    'World models that dream',
    'An agent learns inside of its own world model, and plans there before it acts.',
  ],
  [
    'Speculative decoding on a phone',
    'Drafting tokens with a small model makes decoding of a large one twice as fast.',
  ],
  [
    'Video generation by flow matching',
    'A video diffusion transformer is trained by flow matching on captions.',
  ],
  [
    'Grasping what was never seen',
    'A robot policy for grasping, trained in simulation, carries over to the real world.',
  ],
] as const;

/** The real service on a port of its own, with two weeks of editions and a mail server that keeps what it gets. */
export async function openSite(): Promise<Site> {
  const mailbox = await openMailbox();
  const { port } = await freePort(0);
  const url = `http://localhost:${port}`;
  const app = await testApp({
    env: { SMTP_URL: mailbox.url, SOURCES: 'huggingface', PORT: String(port), BASE_URL: url },
  });
  const days = Array.from({ length: 14 }, (_, n): Day => addDays('2026-04-23', n));
  await addPapers(
    app,
    days.flatMap((listedOn, day) =>
      SUBJECTS.map(([title, abstract], n) => ({
        id: `${listedOn.slice(2, 4)}${listedOn.slice(5, 7)}.${String(10 * day + n).padStart(5, '0')}`,
        title: day === 13 ? title : `${title}, part ${day + 1}`,
        abstract,
        authors: ['Ada Lovelace', 'Emmy Noether', 'Mary Cartwright', 'Sofya Kovalevskaya'],
        repository: n % 2 ? 'https://github.com/example/code' : null,
        votes: 7 * (4 - n) + day,
        comments: n,
        stars: n % 2 ? 1200 : null,
        listedOn,
      })),
    ),
  );
  for (const date of days) await publish(app, { date });
  return { app, ...(await serve(app, mailbox)) };
}
