import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { openEmbedded } from '../../src/lib/embedded.ts';

test('connections to the embedded database get their own answers while others have transactions open', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paperboy-embedded-'));
  const embedded = await openEmbedded(folder);
  onTestFinished(async () => {
    await embedded.close();
    rmSync(folder, { recursive: true });
  });
  const talk = async (client: pg.Client, own: number) => {
    await client.connect();
    const answers: number[] = [];
    for (let turn = 0; turn < 20; turn++) {
      const { rows } = await client.query(`SELECT $1::int + ${own} AS sum`, [turn]);
      answers.push(rows[0].sum - turn);
      await client.query('BEGIN');
      await client.query('SELECT $1::text', ['something else']);
      await client.query('COMMIT');
    }
    await client.end();
    return new Set(answers);
  };
  const owns = [1000, 2000, 3000, 4000, 5000];
  const answers = await Promise.all(owns.map((own) => talk(new pg.Client(embedded.url), own)));
  expect(answers).toEqual(owns.map((own) => new Set([own])));
});
