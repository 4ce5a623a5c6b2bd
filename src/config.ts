import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import type { DkimKey } from './lib/dkim.ts';
import { weaknessesOf } from './lib/dkim-key.ts';
import {
  domain,
  embeddings,
  flag,
  headers,
  isPublicKey,
  list,
  mailbox,
  mailServer,
  proxies,
  rate,
  schedule,
  secrets,
  selectors,
  signingKeys,
  token,
  url,
  webhookSecrets,
  webUrl,
  whole,
} from './lib/settings.ts';

export type Config = z.output<typeof settings>;

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
export function environment(): Record<string, string | undefined> {
  return { ...written(), ...process.env };
}

const written = () => (existsSync(FILE) ? parseEnv(readFileSync(FILE, 'utf8')) : {});

/** What `.env` sets and Paperboy does not know: mistyped, most likely. What Compose and Node read may stand there too. */
export const unknownSettings = (): string[] =>
  Object.keys(written()).filter(
    (name) => !SETTINGS.includes(name) && !/^(POSTGRES|COMPOSE|NODE)_/.test(name),
  );

/** @throws ConfigError with every problem at once. */
export function loadConfig(env: Record<string, string | undefined> = environment()): Config {
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

const unfitForProduction = (given: Record<string, string | undefined>): string[] => [
  ...['SMTP_URL', 'MAIL_FROM', 'BASE_URL', 'SECRET']
    .filter((name) => given[name] === undefined)
    .map((name) => `${name}: must be set in production`),
  ...(given.BASE_URL?.startsWith('http:') ? ['BASE_URL: must be https in production'] : []),
];

/** Processes that share a database must sign alike, or one's links are strange to the other. */
const unsharedSecret = ({
  DATABASE_URL,
  ROLE = 'all',
  SECRET,
  NODE_ENV,
}: Record<string, string | undefined>): string[] =>
  DATABASE_URL && ROLE !== 'all' && !SECRET && NODE_ENV !== 'production'
    ? ['SECRET: must be set, and the same, where several processes share a database']
    : [];

/** The keys and selectors of DKIM go together, one to one. */
function unpairedKeys(given: Record<string, string | undefined>): string[] {
  const { DKIM_KEY, DKIM_SELECTOR, DKIM_DOMAIN } = given;
  if (!DKIM_KEY && !DKIM_SELECTOR) return DKIM_DOMAIN ? ['DKIM_KEY: must be set with DKIM_DOMAIN'] : [];
  if (!DKIM_KEY) return ['DKIM_KEY: must be set with DKIM_SELECTOR'];
  if (!DKIM_SELECTOR) return ['DKIM_SELECTOR: must be set with DKIM_KEY'];
  const [keys, names] = [DKIM_KEY, DKIM_SELECTOR].map((text) => list.parse(text).length);
  if (keys === names) return [];
  return [`DKIM_SELECTOR: must name a selector for each key, in the same order (${names} for ${keys})`];
}

const sources = ['huggingface', 'arxiv'] as const;

const database = url(['postgres:', 'postgresql:'], 'postgresql://user@host/name');

const variables = z.object({
  NODE_ENV: z.string().optional(),
  DATABASE_URL: database.optional(),
  DATABASE_REPLICA_URL: database.optional(),
  DATA_DIR: z.string().default('.data'),
  SMTP_URL: mailServer.optional(),
  SMTP_CONNECTIONS: whole(1, 100).default(10),
  SMTP_ALLOW_PLAINTEXT: flag.default(false),
  SMTP_TIMEOUT: whole(1, 150).default(60),
  SEND_RATE: rate.optional(),
  DOMAIN_RATE: rate.optional(),
  MAIL_FROM: mailbox.default({ name: 'Paperboy', address: 'paperboy@localhost.localdomain' }),
  DKIM_KEY: signingKeys.default([]),
  DKIM_SELECTOR: selectors.default([]),
  DKIM_DOMAIN: domain.optional(),
  INBOUND_PORT: whole(0, 65535).optional(),
  INBOUND_HOST: z.string().default('0.0.0.0'),
  INBOUND_DOMAIN: domain.optional(),
  WEBHOOK_SES_SECRET: webhookSecrets(
    (arn) => /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/.test(arn),
    'must be the ARN of the SNS topic, such as arn:aws:sns:eu-west-1:123456789012:paperboy',
  ).optional(),
  WEBHOOK_POSTMARK_SECRET: webhookSecrets(
    (secret) => secret.length >= 16,
    'must have at least 16 characters (make one with: openssl rand -hex 32)',
  ).optional(),
  WEBHOOK_MAILGUN_SECRET: webhookSecrets(
    (key) => /^[\x21-\x7e]{16,}$/.test(key),
    'must be the HTTP webhook signing key that Mailgun shows',
  ).optional(),
  WEBHOOK_SENDGRID_SECRET: webhookSecrets(
    isPublicKey,
    'must be the verification key that SendGrid shows (base64 of an EC public key)',
  ).optional(),
  WEBHOOK_RESEND_SECRET: webhookSecrets(
    (secret) => /^whsec_[A-Za-z0-9+/]{16,}={0,2}$/.test(secret),
    'must be the signing secret that Resend shows (whsec_…)',
  ).optional(),
  /** Who the operator's pages know: by a password, or by a header that a reverse proxy sets. */
  ADMIN_TOKEN: token.optional(),
  ADMIN_PROXY_HEADER: z
    .string()
    .regex(/^[\w-]+$/, 'must be the name of a header such as X-Remote-User')
    .optional(),
  METRICS_TOKEN: token.optional(),
  ALERT_EMAIL: mailbox.optional(),
  ALERT_WEBHOOK: url(['http:', 'https:'], 'https://hooks.example.com/…').optional(),
  BASE_URL: webUrl('https://paperboy.example.com').optional(),
  SECRET: secrets.optional(),
  PORT: whole(0, 65535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  TRUST_PROXY: proxies.prefault('127.0.0.0/8, ::1'),
  ROLE: z.enum(['all', 'web', 'worker'], 'must be all, web or worker').default('all'),
  SOURCES: list
    .pipe(
      z.array(z.enum(sources, `must be a comma list of ${sources.join(', ')}`)).min(1, 'must name a source'),
    )
    .default([...sources]),
  HF_URL: webUrl('https://huggingface.co').default('https://huggingface.co'),
  HF_TOKEN: z.string().optional(),
  ARXIV_URL: webUrl('https://export.arxiv.org').default('https://export.arxiv.org'),
  ARXIV_RSS_URL: webUrl('https://rss.arxiv.org').default('https://rss.arxiv.org'),
  ARXIV_CATEGORIES: list
    .refine(
      (names) => names.every((name) => /^[a-z-]+(\.[A-Za-z-]+)?$/.test(name)),
      'must be a comma list such as cs.CL,cs.LG',
    )
    .default(['cs.AI', 'cs.CL', 'cs.CV', 'cs.LG', 'stat.ML']),
  INGEST_CRON: schedule.default('40 1-23/2 * * *'),
  PUBLISH_CRON: schedule.default('0 2 * * *'),
  EDITION_WINDOW_DAYS: whole(1, 31).default(7),
  EMBEDDINGS: embeddings.default(null),
  DELIVERIES_EXPIRE_HOURS: whole(1, 168).default(20),
  DELIVERIES_KEEP_DAYS: whole(2, 3650).default(100),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(['http:', 'https:'], 'http://127.0.0.1:4318').optional(),
  OTEL_EXPORTER_OTLP_HEADERS: headers.default({}),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent')
    .default('info'),
});

/** The names of all settings. */
export const SETTINGS = Object.keys(variables.shape);

const settings = variables.transform((env) => ({
  production: env.NODE_ENV === 'production',
  databaseUrl: env.DATABASE_URL,
  /** Of the embedded database there is none. */
  databaseReplicaUrl: env.DATABASE_URL && env.DATABASE_REPLICA_URL,
  dataDir: env.DATA_DIR,
  smtp: {
    url: env.SMTP_URL ?? 'smtp://127.0.0.1:1025',
    connections: env.SMTP_CONNECTIONS,
    allowPlaintext: env.SMTP_ALLOW_PLAINTEXT,
    timeoutSeconds: env.SMTP_TIMEOUT,
  },
  /** Messages a second, of all processes together; undefined: as many as the server takes. */
  rates: { all: env.SEND_RATE, domain: env.DOMAIN_RATE },
  mailFrom: env.MAIL_FROM,
  /** Where bounces, complaints and mail to subscribe@ come in; port undefined: not by SMTP to us. */
  inbound: {
    port: env.INBOUND_PORT,
    host: env.INBOUND_HOST,
    domain: env.INBOUND_DOMAIN ?? env.MAIL_FROM.address.replace(/^.*@/, ''),
  },
  /** Undefined: no webhooks from this provider. */
  webhooks: {
    ses: env.WEBHOOK_SES_SECRET,
    postmark: env.WEBHOOK_POSTMARK_SECRET,
    mailgun: env.WEBHOOK_MAILGUN_SECRET,
    sendgrid: env.WEBHOOK_SENDGRID_SECRET,
    resend: env.WEBHOOK_RESEND_SECRET,
  },
  /** One signature each. Empty: mail leaves unsigned, for a relay to sign. */
  dkim: env.DKIM_SELECTOR.flatMap((selector, i): DkimKey[] => {
    const domain = env.DKIM_DOMAIN ?? env.MAIL_FROM.address.replace(/^.*@/, '');
    const key = env.DKIM_KEY[i];
    return key ? [{ domain, selector, key }] : [];
  }),
  /** What works but should be better, one line each, to be said at the start. */
  warnings: weaknessesOf(env.DKIM_KEY).map((weakness) => `DKIM_KEY: ${weakness}`),
  /** Neither: there are no admin pages. */
  admin: { token: env.ADMIN_TOKEN, proxyHeader: env.ADMIN_PROXY_HEADER },
  /** Undefined: there is no /metrics. */
  metricsToken: env.METRICS_TOKEN,
  /** Where the operator is told what goes wrong. */
  alerts: { email: env.ALERT_EMAIL?.address, webhook: env.ALERT_WEBHOOK },
  baseUrl: env.BASE_URL ?? `http://localhost:${env.PORT}`,
  /** The first signs, all verify. Undefined outside production: one is made and kept in the data folder. */
  secrets: env.SECRET,
  port: env.PORT,
  host: env.HOST,
  /** Whose X-Forwarded-For is believed. */
  trustProxy: env.TRUST_PROXY,
  role: env.ROLE,
  sources: env.SOURCES,
  huggingface: { url: env.HF_URL, token: env.HF_TOKEN },
  arxiv: { url: env.ARXIV_URL, rssUrl: env.ARXIV_RSS_URL, categories: env.ARXIV_CATEGORIES },
  ingestCron: env.INGEST_CRON,
  publishCron: env.PUBLISH_CRON,
  editionWindowDays: env.EDITION_WINDOW_DAYS,
  /** Null: topics match by their words alone. */
  embeddings: env.EMBEDDINGS,
  deliveriesExpireHours: env.DELIVERIES_EXPIRE_HOURS,
  deliveriesKeepDays: env.DELIVERIES_KEEP_DAYS,
  /** Undefined: no spans are sent. */
  collector: env.OTEL_EXPORTER_OTLP_ENDPOINT && {
    url: `${env.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/$/, '')}/v1/traces`,
    headers: env.OTEL_EXPORTER_OTLP_HEADERS,
  },
  logLevel: env.LOG_LEVEL,
}));
