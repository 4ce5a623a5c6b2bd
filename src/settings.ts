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
} from './lib/setting-values.ts';

const sources = ['huggingface', 'arxiv'] as const;

const database = url(['postgres:', 'postgresql:'], 'postgresql://user@host/name');

/** Every setting as it is written down. Unset: its default. */
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

/** What the program makes of them. */
export const settings = variables.transform((env) => ({
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
  /** Who the operator's pages know: by a password, or by a header that a reverse proxy sets. Neither: there are none. */
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
