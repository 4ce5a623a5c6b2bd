import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import cron from 'node-cron';
import { z } from 'zod';

export type Config = z.output<typeof settings>;

/** The settings are wrong; `problems` says how, one line each, naming the setting and never a secret's value. */
export class ConfigError extends Error {
  readonly problems: string[];
  constructor(problems: string[]) {
    super(`Paperboy cannot start with these settings:\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.problems = problems;
  }
}

/** The process's environment over the `.env` of the folder that it was started in. */
export function environment(): Record<string, string | undefined> {
  const file = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return { ...file, ...process.env };
}

/** @throws ConfigError with every problem at once. */
export function loadConfig(env: Record<string, string | undefined> = environment()): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const parsed = settings.safeParse(given);
  const wrong = parsed.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
  const problems = [...wrong, ...(given.NODE_ENV === 'production' ? unfitForProduction(given) : [])];
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new ConfigError(problems);
}

const unfitForProduction = (given: Record<string, string | undefined>): string[] => [
  ...['SMTP_URL', 'MAIL_FROM', 'BASE_URL', 'SECRET']
    .filter((name) => given[name] === undefined)
    .map((name) => `${name}: must be set in production`),
  ...(given.BASE_URL?.startsWith('http:') ? ['BASE_URL: must be https in production'] : []),
];

const url = (protocols: string[], example: string) =>
  z
    .string()
    .refine(
      (text) => protocols.includes(URL.parse(text)?.protocol ?? ''),
      `must be a URL such as ${example}`,
    );
const webUrl = (example: string) =>
  url(['http:', 'https:'], example).transform((text) => text.replace(/\/+$/, ''));
const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be a whole number from ${least} to ${most}`);
const flag = z
  .enum(['true', 'false', '1', '0'], 'must be true or false')
  .transform((text) => text === 'true' || text === '1');
const schedule = z.string().refine((text) => cron.validate(text), 'must be a cron line such as "0 2 * * *"');

const sources = ['huggingface', 'arxiv'] as const;
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean),
);

/** `Paperboy <paperboy@example.com>` or a bare address. */
const mailbox = z.string().transform((text, context) => {
  const parts = /^(?:"?([^"<>]*?)"?\s*<)?([^\s<>@]+@[^\s<>@]+)>?$/.exec(text.trim());
  if (!parts?.[2]) {
    context.addIssue('must be an address such as Paperboy <paperboy@example.com>');
    return z.NEVER;
  }
  return { name: parts[1]?.trim() || 'Paperboy', address: parts[2] };
});

const secrets = list.refine(
  (all) => all.length > 0 && all.every((secret) => secret.length >= 16),
  'each secret must have at least 16 characters (make one with: openssl rand -base64 32)',
);

const settings = z
  .object({
    NODE_ENV: z.string().optional(),
    DATABASE_URL: url(['postgres:', 'postgresql:'], 'postgresql://user@host/name').optional(),
    DATA_DIR: z.string().default('.data'),
    SMTP_URL: url(['smtp:', 'smtps:'], 'smtp://user:pass@host:587').optional(),
    SMTP_CONNECTIONS: whole(1, 100).default(10),
    SMTP_ALLOW_PLAINTEXT: flag.default(false),
    MAIL_FROM: mailbox.optional(),
    BASE_URL: webUrl('https://paperboy.example.com').optional(),
    SECRET: secrets.optional(),
    PORT: whole(0, 65535).default(3000),
    HOST: z.string().default('127.0.0.1'),
    ROLE: z.enum(['all', 'web', 'worker'], 'must be all, web or worker').default('all'),
    SOURCES: list
      .pipe(
        z
          .array(z.enum(sources, `must be a comma list of ${sources.join(', ')}`))
          .min(1, 'must name a source'),
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
    DELIVERIES_EXPIRE_HOURS: whole(1, 168).default(20),
    LOG_LEVEL: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent')
      .default('info'),
  })
  .transform((env) => ({
    production: env.NODE_ENV === 'production',
    databaseUrl: env.DATABASE_URL,
    dataDir: env.DATA_DIR,
    smtp: {
      url: env.SMTP_URL ?? 'smtp://127.0.0.1:1025',
      connections: env.SMTP_CONNECTIONS,
      allowPlaintext: env.SMTP_ALLOW_PLAINTEXT,
    },
    mailFrom: env.MAIL_FROM ?? { name: 'Paperboy', address: 'paperboy@localhost.localdomain' },
    baseUrl: env.BASE_URL ?? `http://localhost:${env.PORT}`,
    /** The first signs, all verify. Undefined outside production: one is made and kept in the data folder. */
    secrets: env.SECRET,
    port: env.PORT,
    host: env.HOST,
    role: env.ROLE,
    sources: env.SOURCES,
    huggingface: { url: env.HF_URL, token: env.HF_TOKEN },
    arxiv: { url: env.ARXIV_URL, rssUrl: env.ARXIV_RSS_URL, categories: env.ARXIV_CATEGORIES },
    ingestCron: env.INGEST_CRON,
    publishCron: env.PUBLISH_CRON,
    editionWindowDays: env.EDITION_WINDOW_DAYS,
    deliveriesExpireHours: env.DELIVERIES_EXPIRE_HOURS,
    logLevel: env.LOG_LEVEL,
  }));
