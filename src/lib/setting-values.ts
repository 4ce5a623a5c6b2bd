import { createPublicKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { join } from 'node:path';
import { domainToASCII } from 'node:url';
import cron from 'node-cron';
import { z } from 'zod';
import { parseTrust } from './client-address.ts';
import { readSigningKey } from './dkim-key.ts';
import { missingLibrary, readModel } from './embedder.ts';

// The kinds of values that settings have, read from text. A message completes "SETTING: ".

export const url = (protocols: string[], example: string) =>
  z
    .string()
    .refine(
      (text) => protocols.includes(URL.parse(text)?.protocol ?? ''),
      `must be a URL such as ${example}`,
    );
/** Of nodemailer's options in a URL those that concern how we talk to the server. */
export const mailServer = url(['smtp:', 'smtps:'], 'smtp://user:pass@host:587').refine(
  (text) => [...(URL.parse(text)?.searchParams.keys() ?? [])].every((name) => MAIL_SERVER_OPTION.test(name)),
  'may have the options name, localAddress, authMethod and tls.…, as in smtp://host:587?name=mail.example.com',
);
const MAIL_SERVER_OPTION = /^(name|localAddress|authMethod|tls\.\w+)$/;
export const webUrl = (example: string) =>
  url(['http:', 'https:'], example).transform((text) => text.replace(/\/+$/, ''));
export const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be a whole number from ${least} to ${most}`);
/** A second; 0.5 is one in two seconds. */
export const rate = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,4})?$/, 'must be a number of messages a second, such as 10 or 0.5')
  .transform(Number)
  .refine((value) => value > 0, 'must be more than 0');
export const flag = z
  .enum(['true', 'false', '1', '0'], 'must be true or false')
  .transform((text) => text === 'true' || text === '1');
export const schedule = z
  .string()
  .refine((text) => cron.validate(text), 'must be a cron line such as "0 2 * * *"');

export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean),
);

/** `name=value` pairs with commas between, the values percent-encoded, as OpenTelemetry writes them. */
export const headers = list.transform((pairs, context) => {
  const read = pairs.map(headerOf);
  if (read.includes(null))
    context.addIssue('must be name=value pairs with commas between, the values percent-encoded');
  return Object.fromEntries(read.filter((header) => header !== null));
});

function headerOf(pair: string): [name: string, value: string] | null {
  const [, name = '', encoded = ''] = /^([\w-]+)\s*=\s*(\S.*)$/.exec(pair) ?? [];
  try {
    const value = decodeURIComponent(encoded);
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return [name, value];
  } catch {
    return null;
  }
}

export const proxies = z.string().transform((text, context) => {
  const trust = parseTrust(text);
  if (trust === null) context.addIssue('must be a number of proxies, or a list such as 10.0.0.0/8, ::1');
  return trust ?? z.NEVER;
});

/** `Paperboy <paperboy@example.com>` or a bare address. */
export const mailbox = z.string().transform((text, context) => {
  const { name = '', local = '', host = '' } = MAILBOX.exec(text.trim())?.groups ?? {};
  const ascii = domainToASCII(host);
  if (DOT_ATOM.test(local) && hostname.test(ascii))
    return { name: name.trim() || 'Paperboy', address: `${local}@${ascii}` };
  context.addIssue('must be an address such as Paperboy <paperboy@example.com>');
  return z.NEVER;
});
const MAILBOX = /^(?:"?(?<name>[^"<>]*?)"?\s*<(?=.*>$))?(?<local>[^\s<>@]+)@(?<host>[^\s<>@]+?)>?$/;
/** RFC 5322, section 3.2.3, in ASCII: a sender that needs SMTPUTF8 would not get everywhere. */
const DOT_ATOM = /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;

export const secrets = list.refine(
  (all) => all.length > 0 && all.every((secret) => secret.length >= 16),
  'each secret must have at least 16 characters (make one with: openssl rand -base64 32)',
);

/** A password of one's own making, which a bearer token can bear. */
export const token = z
  .string()
  .regex(
    /^[\x21-\x7e]{16,}$/,
    'must have at least 16 characters, of ASCII and without spaces (make one with: openssl rand -hex 32)',
  );

const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const hostname = new RegExp(`^(?=.{1,253}$)${label}(\\.${label})*$`, 'i');
export const domain = z.string().transform((text, context) => {
  const ascii = domainToASCII(text.trim());
  if (ascii.includes('.') && hostname.test(ascii)) return ascii;
  context.addIssue('must be a domain such as example.com');
  return z.NEVER;
});

/** What a provider signs its webhooks with; several, comma-separated, while one is exchanged for another. */
export const webhookSecrets = (isRight: (secret: string) => boolean, message: string) =>
  list.refine((all) => all.length > 0 && all.every(isRight), message);

export const isPublicKey = (text: string) => {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ec';
  } catch {
    return false;
  }
};

/** RFC 6376, section 3.1. */
export const selectors = list
  .refine(
    (all) => all.length > 0 && all.every((name) => hostname.test(name)),
    'must be a comma list of names such as s2026',
  )
  .refine(
    (all) => new Set(all.map((name) => name.toLowerCase())).size === all.length,
    'must not name one selector twice',
  );

export const signingKeys = list
  .refine((all) => all.length > 0, 'must be a private key in PEM form or the path of one')
  .transform((all, context) =>
    all.flatMap((given, i) => {
      const read = readSigningKey(given);
      if ('key' in read) return [read.key];
      context.addIssue(`${all.length === 1 ? 'the key' : `key ${i + 1}`} ${read.problem}`);
      return [];
    }),
  );

/** `off` is null. */
export const embeddings = z.string().transform((text, context) => {
  if (text === 'off') return null;
  const model = readModel(text);
  const { name, folder } = model;
  if (folder === null && !/^\w[\w.-]*\/\w[\w.-]*$/.test(name))
    context.addIssue('must be off, local:<folder> or a model of the hub such as Xenova/all-MiniLM-L6-v2');
  else if (folder !== null && !existsSync(join(folder, 'config.json')))
    context.addIssue(`must name a folder with a model: ${folder} has no config.json`);
  const missing = missingLibrary();
  if (missing !== null) context.addIssue(missing);
  return model;
});
