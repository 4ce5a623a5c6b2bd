import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
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

test('a process that came second takes the database over when the first ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paperboy-embedded-'));
  const first = await openEmbedded(folder);
  const second = await openEmbedded(folder);
  expect([first.owner, second.owner]).toEqual([true, false]);
  onTestFinished(async () => {
    await second.close();
    rmSync(folder, { recursive: true });
  });
  const ask = async () => {
    const client = new pg.Client(second.url);
    await client.connect();
    const { rows } = await client.query('SELECT note FROM notes');
    await client.end();
    return rows;
  };
  const writer = new pg.Client(first.url);
  await writer.connect();
  await writer.query(`CREATE TABLE notes AS SELECT 'kept' AS note`);
  await writer.end();
  await first.close();
  await vi.waitFor(async () => expect(await ask()).toEqual([{ note: 'kept' }]), {
    timeout: 30_000,
    interval: 200,
  });
});

test('a folder for the socket that others may enter is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paperboy-embedded-'));
  const embedded = await openEmbedded(folder);
  await embedded.close();
  const place = new URL(embedded.url).searchParams.get('host') ?? '';
  onTestFinished(() => {
    for (const made of [folder, place]) rmSync(made, { recursive: true, force: true });
  });
  mkdirSync(place, { mode: 0o755 });
  await expect(openEmbedded(folder)).rejects.toThrow('others may enter it');
  rmSync(place, { recursive: true });
  symlinkSync(folder, place);
  await expect(openEmbedded(folder)).rejects.toThrow('others may enter it');
});
