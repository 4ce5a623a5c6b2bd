import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { z } from 'zod';
import { list } from './lib/setting-values.ts';
import { SETTINGS, settings } from './settings.ts';

export type Config = z.output<typeof settings>;

type Environment = Record<string, string | undefined>;

/** The settings are wrong; `problems` says how, one line each, naming the setting and never a secret's value. */
export class ConfigError extends Error {
  readonly problems: string[];
  constructor(problems: string[]) {
    super(`Paperboy cannot start with these settings:\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Where settings may be written down, in the folder that the process was started in. */
const FILE = '.env';

/** The process's environment over the `.env` of the folder that it was started in. */
export function environment(): Environment {
  return { ...written(), ...process.env };
}

const written = () => (existsSync(FILE) ? parseEnv(readFileSync(FILE, 'utf8')) : {});

/** What `.env` sets and Paperboy does not know: mistyped, most likely. What Compose and Node read may stand there too. */
export const unknownSettings = (): string[] =>
  Object.keys(written()).filter(
    (name) => !SETTINGS.includes(name) && !/^(POSTGRES|COMPOSE|NODE)_/.test(name),
  );

/** @throws ConfigError with every problem at once. */
export function loadConfig(env: Environment = environment()): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const parsed = settings.safeParse(given);
  const wrong =
    parsed.error?.issues.map(({ path, message }) => `${path[0]?.toString() ?? ''}: ${message}`) ?? [];
  const problems = [
    ...wrong,
    ...unpairedKeys(given),
    ...unsharedSecret(given),
    ...(given.NODE_ENV === 'production' ? unfitForProduction(given) : []),
  ];
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new ConfigError(problems);
}

const unfitForProduction = (given: Environment): string[] => [
  ...['SMTP_URL', 'MAIL_FROM', 'BASE_URL', 'SECRET']
    .filter((name) => given[name] === undefined)
    .map((name) => `${name}: must be set in production`),
  ...(given.BASE_URL?.startsWith('http:') ? ['BASE_URL: must be https in production'] : []),
];

/** Processes that share a database must sign alike, or one's links are strange to the other. */
const unsharedSecret = ({ DATABASE_URL, ROLE = 'all', SECRET, NODE_ENV }: Environment): string[] =>
  DATABASE_URL && ROLE !== 'all' && !SECRET && NODE_ENV !== 'production'
    ? ['SECRET: must be set, and the same, where several processes share a database']
    : [];

/** The keys and selectors of DKIM go together, one to one. */
function unpairedKeys(given: Environment): string[] {
  const { DKIM_KEY, DKIM_SELECTOR, DKIM_DOMAIN } = given;
  if (!DKIM_KEY && !DKIM_SELECTOR) return DKIM_DOMAIN ? ['DKIM_KEY: must be set with DKIM_DOMAIN'] : [];
  if (!DKIM_KEY) return ['DKIM_KEY: must be set with DKIM_SELECTOR'];
  if (!DKIM_SELECTOR) return ['DKIM_SELECTOR: must be set with DKIM_KEY'];
  const [keys, names] = [DKIM_KEY, DKIM_SELECTOR].map((text) => list.parse(text).length);
  if (keys === names) return [];
  return [`DKIM_SELECTOR: must name a selector for each key, in the same order (${names} for ${keys})`];
}
