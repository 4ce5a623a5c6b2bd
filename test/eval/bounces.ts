import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Inbound, readInbound } from '../../src/delivery/inbound/inbound.ts';

/** What another parser says of one message: one opinion for each recipient that it found. */
type Opinion = { reason: string; hardbounce: boolean; dsn: string; extra?: string };

const OUTCOMES = ['hard', 'soft', 'delayed', 'complaint', 'auto-reply', 'unsubscribe', 'nothing'];

/** Whoever is blamed for these loses a reader for nothing. */
const NEVER_HARD =
  /full|limit|policy|blocked|spam|reputation|auth|ptr|security|virus|toomany|rate|grey|expired|network|system|toobig|relay/;

const folder = process.argv[2];
if (folder === undefined) {
  console.error('node test/eval/bounces.ts FOLDER   (messages/*.eml and expected.json)');
  process.exit(2);
}

const opinions: Record<string, Opinion[]> = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
const messages = [
  ...readdirSync(join(folder, 'messages')).map((name) => ({ name, path: join(folder, 'messages', name) })),
  ...readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .map((name) => ({ name, path: join(folder, name) })),
];

const rows = await Promise.all(
  messages.map(async ({ name, path }) => {
    const inbound = await readInbound(readFileSync(path), { to: 'postmaster@example.org', from: '' });
    return {
      name,
      inbound,
      expected: expectedOf(opinions[name]),
      got: outcomeOf(inbound),
      of: opinions[name] ?? [],
    };
  }),
);

/** Of several recipients all must be hard: we write to one, so a report of several speaks of an address behind it. */
function expectedOf(of: Opinion[] | undefined): string {
  if (of === undefined) return 'no label';
  if (of.every(({ hardbounce }) => hardbounce)) return 'hard';
  if (of.some(({ reason }) => reason === 'feedback')) return 'complaint';
  if (of.some(({ reason }) => reason === 'vacation')) return 'auto-reply';
  if (of.some(({ reason }) => reason === 'delivered')) return 'nothing';
  return 'soft';
}

function outcomeOf(inbound: Inbound): string {
  if (inbound.kind === 'bounce') return inbound.severity;
  return inbound.kind === 'nothing' && inbound.why.startsWith('delayed') ? 'delayed' : inbound.kind;
}

const expectations = [...new Set(rows.map(({ expected }) => expected))].sort();
console.log(['expected \\ read', ...OUTCOMES].map((cell) => cell.padEnd(16)).join(''));
for (const expected of expectations) {
  const counts = OUTCOMES.map(
    (got) => rows.filter((row) => row.expected === expected && row.got === got).length,
  );
  console.log(
    [expected, ...counts.map((count) => (count === 0 ? '.' : String(count)))]
      .map((cell) => cell.padEnd(16))
      .join(''),
  );
}

const labelled = rows.filter(({ expected }) => expected !== 'no label');
const wrong = labelled.filter(({ expected, got }) => (expected === 'hard') !== (got === 'hard'));
const agreed = labelled.length - wrong.length;
console.log(
  `\nhard or not: ${agreed} of ${labelled.length} agree, ${((100 * agreed) / labelled.length).toFixed(1)} %`,
);
const blamed = wrong.filter(
  ({ got, of }) => got === 'hard' && of.some(({ reason }) => NEVER_HARD.test(reason)),
);
console.log(`read as hard against a label of full, policy, rate, network or system: ${blamed.length}`);

console.log('\ndisagreements:');
for (const { name, expected, got, inbound, of } of labelled) {
  const kindly = expected === got || (expected === 'soft' && got === 'delayed');
  if (kindly) continue;
  const labels = of.map(({ reason, dsn }) => `${reason} ${dsn}`).join(', ');
  console.log(`  ${name}: expected ${expected} (${labels}), read ${describe(inbound)}`);
}

console.log('\nwithout a label:');
for (const { name, expected, inbound } of rows)
  if (expected === 'no label') console.log(`  ${name}: ${describe(inbound)}`);

function describe(inbound: Inbound): string {
  if (inbound.kind === 'bounce') return `${inbound.severity} ${inbound.status ?? '-'} ${inbound.reason}`;
  return inbound.kind === 'nothing' ? inbound.why : inbound.kind;
}
