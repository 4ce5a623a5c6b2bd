import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../demo/ports.ts';
import { startStandIn } from '../../demo/stand-in.ts';
import { type App, createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { publish } from '../../src/editions/publish.ts';
import { addDays, dayOf } from '../../src/lib/day.ts';
import { ingestWindow } from '../../src/papers/ingest.ts';
import { openMailbox } from '../support/mailbox.ts';
import { type Served, serve } from './serve.ts';

export type World = Served & { app: App };

const DAYS = ['2026-05-18', '2026-05-19', '2026-05-20'];

/** The service on the demo's papers, on the morning after their last day, and a mail server that keeps what it gets. */
export async function openWorld(): Promise<World> {
  let clock = new Date(`${DAYS[0]}T00:00:00Z`);
  const mailbox = await openMailbox();
  const folder = fileURLToPath(new URL('../../demo/papers', import.meta.url));
  const standIn = await startStandIn({ folder, today: () => dayOf(clock) });
  const dataDir = mkdtempSync(join(tmpdir(), 'paperboy-shots-'));
  const { port } = await freePort(0);
  const url = `http://localhost:${port}`;
  const app = await createApp(
    loadConfig({
      DATA_DIR: dataDir,
      PORT: String(port),
      BASE_URL: url,
      SMTP_URL: mailbox.url,
      MAIL_FROM: 'Paperboy <digest@paperboy.example>',
      SOURCES: 'huggingface',
      HF_URL: standIn.url,
      ADMIN_TOKEN: 'open-sesame-open-sesame',
      LOG_LEVEL: 'error',
    }),
    {
      now: () => new Date(clock),
      // Nothing leaves this machine: the papers’ pictures are the site’s own drawings.
      fetch: (input, init) => {
        const { href } = new URL(input instanceof Request ? input.url : input);
        return href.startsWith(standIn.url) ? fetch(input, init) : Promise.reject(new Error('not here'));
      },
    },
  );
  for (const day of DAYS) {
    clock = new Date(`${day}T23:40:00Z`);
    await ingestWindow(app);
    clock = new Date(`${addDays(day, 1)}T02:00:00Z`);
    await publish(app, { date: day });
  }
  clock = new Date(`${addDays(DAYS.at(-1) ?? '', 1)}T06:05:00Z`);
  const served = await serve(app, mailbox);
  return {
    app,
    ...served,
    close: async () => {
      await served.close();
      await standIn.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
