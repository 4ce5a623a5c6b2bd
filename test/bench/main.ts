// Measures what Paperboy promises about speed, each figure beside its yardstick in the same run:
//   npm run bench [-- CASE …] [--quick] [--json]
// Works on the server of DATABASE_URL, else on a throw-away cluster.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
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
import { table } from './report.ts';

const cases: Record<string, Case> = {
  render,
  assembly,
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
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});
const unknown = wanted.filter((name) => !(name in cases));
if (unknown.length > 0) {
  console.error(`No such case: ${unknown.join(', ')}. There are: ${Object.keys(cases).join(', ')}.`);
  process.exit(2);
}
const server = process.env.DATABASE_URL;
process.exit(server ? await runAll(server) : onThrowAwayCluster());

async function runAll(server: string): Promise<number> {
  const began = performance.now();
  const lines: Line[] = [];
  for (const [name, run] of Object.entries(cases)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const some = await run({ server, quick: options.quick });
    lines.push(...some);
    if (!options.json) console.log(`\n${name}\n${table(some)}`);
  }
  if (options.json) console.log(JSON.stringify(lines, null, 2));
  else console.log(`\n${Math.round((performance.now() - began) / 1000)} s`);
  return 0;
}

function onThrowAwayCluster(): number {
  const script = fileURLToPath(new URL('../../.ci/with-postgres', import.meta.url));
  const again = [script, process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  return spawnSync('bash', again, { stdio: 'inherit' }).status ?? 1;
}
