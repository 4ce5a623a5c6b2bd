// Measures what Paperboy promises about speed, each figure beside its yardstick in the same run:
//   npm run bench [-- CASE …] [--quick] [--json] [--check [--lose 0.2]] [--save]
// --check names the ratios that lost more than that share of their speed since baseline.json was made, and fails;
// those that it does not know are named too, and a run that it knows nothing of fails;
// --save makes it anew, of small loads and large ones. Works on the server of DATABASE_URL, else on a throw-away cluster.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { check, readBaseline, saveBaseline } from './baseline.ts';
import type { Case, Line } from './case.ts';
import { assembly } from './cases/assembly.ts';
import { compose } from './cases/compose.ts';
import { embedded } from './cases/embedded.ts';
import { endToEnd } from './cases/end-to-end.ts';
import { growth } from './cases/growth.ts';
import { ingest } from './cases/ingest.ts';
import { publish } from './cases/publish.ts';
import { reading } from './cases/reading.ts';
import { render } from './cases/render.ts';
import { smtp } from './cases/smtp.ts';
import { table } from './report.ts';

const cases: Record<string, Case> = {
  render,
  assembly,
  smtp,
  ingest,
  publish,
  compose,
  'end-to-end': endToEnd,
  growth,
  reading,
  embedded,
};

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    lose: { type: 'string', default: '0.2' },
    save: { type: 'boolean', default: false },
  },
});
const unknown = wanted.filter((name) => !(name in cases));
const most = Number(options.lose);
if (unknown.length > 0 || !(most >= 0 && most < 1)) {
  console.error(
    unknown.length > 0
      ? `No such case: ${unknown.join(', ')}. There are: ${Object.keys(cases).join(', ')}.`
      : '--lose is a share, such as 0.2.',
  );
  process.exit(2);
}
const server = process.env.DATABASE_URL;
process.exit(server ? await runAll(server) : onThrowAwayCluster());

async function runAll(server: string): Promise<number> {
  const began = performance.now();
  const loads = options.save && !options.quick ? [true, false] : [options.quick];
  const lines: Line[] = [];
  let failed = 0;
  for (const quick of loads)
    for (const [name, run] of Object.entries(cases)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      const some = await run({ server, quick }).catch(
        (error) => void console.error(`${name} failed:`, error),
      );
      if (!some) failed += 1;
      else if (options.save) saveBaseline(some, { quick, date: today(), machine: machine() });
      lines.push(...(some ?? []));
      if (some && !options.json) console.log(`\n${name}${quick ? ', less of it' : ''}\n\n${table(some)}`);
    }
  if (options.json) console.log(JSON.stringify(lines, null, 2));
  else console.log(`\n${Math.round((performance.now() - began) / 1000)} s, ${machine()}, ${today()}`);
  return failed > 0 || (options.check && !passes(lines)) ? 1 : 0;
}

/** A check that compares nothing has not passed. */
function passes(lines: Line[]): boolean {
  const { slower, unknown, compared } = check(lines, readBaseline(options.quick), most);
  if (unknown.length > 0) console.error(`No baseline, see --save: ${unknown.join(', ')}.`);
  for (const loss of slower) console.error(loss);
  if (compared === 0) console.error('Nothing could be compared.');
  else if (slower.length === 0) console.error(`None of ${compared} ratios is slower than it was.`);
  return slower.length === 0 && compared > 0;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

function machine(): string {
  return `${cpus().length} × ${cpus()[0]?.model}`;
}

function onThrowAwayCluster(): number {
  const script = fileURLToPath(new URL('../../.ci/with-postgres', import.meta.url));
  const again = [script, process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  return spawnSync('bash', again, { stdio: 'inherit' }).status ?? 1;
}
