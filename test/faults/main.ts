// Breaks the real service in every way that it promises to survive, and prints what came of it:
//   npm run test:faults [-- kills races …]
// Works on the server of DATABASE_URL, else on a throw-away cluster. FAULTS_SEED repeats a run's random choices.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Case } from './case.ts';
import { backlog } from './cases/backlog.ts';
import { clock } from './cases/clock.ts';
import { drain } from './cases/drain.ts';
import { frozen } from './cases/frozen.ts';
import { kills } from './cases/kills.ts';
import { memory } from './cases/memory.ts';
import { poison } from './cases/poison.ts';
import { postgres } from './cases/postgres.ts';
import { races } from './cases/races.ts';
import { stages } from './cases/stages.ts';
import { tls } from './cases/tls.ts';
import { openReport } from './report.ts';

/** One after the other; those on one line beside each other, for they hardly do more than wait. */
const timetable: Record<string, Case>[] = [
  { kills },
  { races },
  { poison },
  { stages, tls, memory },
  { drain, backlog },
  { frozen, clock },
  { postgres },
];

const server = process.env.DATABASE_URL;
const wanted = process.argv.slice(2);
const names = timetable.flatMap((line) => Object.keys(line));
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`No such case: ${unknown.join(', ')}. There are: ${names.join(', ')}.`);
  process.exit(2);
}
process.exit(server ? await runAll(server) : onThrowAwayCluster());

async function runAll(server: string): Promise<number> {
  const began = Date.now();
  let broken = 0;
  for (const line of timetable) {
    const chosen = Object.entries(line).filter(([name]) => wanted.length === 0 || wanted.includes(name));
    const counts = await Promise.all(chosen.map(([name, run]) => runOne(server, name, run)));
    broken += counts.reduce((sum, count) => sum + count, 0);
  }
  console.log(`\n${broken} promises broken, in ${Math.round((Date.now() - began) / 1000)} s`);
  return broken === 0 ? 0 : 1;
}

/** @returns how many promises were broken */
async function runOne(server: string, name: string, run: Case): Promise<number> {
  const seed = Number(process.env.FAULTS_SEED ?? 20_260_507);
  const report = openReport();
  const began = Date.now();
  try {
    await run({ server, seed, report });
  } catch (error) {
    report.promise(`the case "${name}" can be carried out`, false, String(error));
    console.error(error);
  }
  console.log(`\n${name} (${Math.round((Date.now() - began) / 1000)} s)\n${report.lines.join('\n')}`);
  return report.broken.length;
}

function onThrowAwayCluster(): number {
  const script = fileURLToPath(new URL('../../.ci/with-postgres', import.meta.url));
  const again = [script, process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  return spawnSync('bash', again, { stdio: 'inherit' }).status ?? 1;
}
