import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { outside } from '../../src/app.ts';
import { runDoctor } from '../../src/commands/doctor/doctor.ts';
import type { Finding } from '../../src/commands/doctor/finding.ts';
import { createWeb, listen } from '../../src/web/server.ts';
import { appWithMailbox } from '../support/app.ts';
import { openDns, type Zone } from '../support/dns.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const published = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');

/** Everything as it should be. */
const zone: Zone = {
  'paperboy.test TXT': ['v=spf1 ip4:192.0.2.1 -all'],
  's1._domainkey.paperboy.test TXT': [`v=DKIM1; k=rsa; p=${published}`],
  '_dmarc.paperboy.test TXT': ['v=DMARC1; p=quarantine; rua=mailto:postmaster@paperboy.test'],
  'paperboy.test MX': ['mx.paperboy.test'],
  'mx.paperboy.test A': ['192.0.2.1'],
};

const dataDir = mkdtempSync(join(tmpdir(), 'paperboy-doctor-'));
const { app, mailbox } = await appWithMailbox({ env: { PORT: '0' } });
const site = await listen(app);
afterAll(async () => {
  await site.close();
  rmSync(dataDir, { recursive: true });
});

/** Consults the doctor about an installation in good order, but for what is given. */
async function consult(
  {
    env = {},
    records = {},
    now = outside.now,
  }: { env?: Record<string, string>; records?: Zone; now?: () => Date } = {},
  sendTestTo?: string,
) {
  const { dns, close } = await openDns({ ...zone, ...records });
  onTestFinished(close);
  const answer = await runDoctor({
    env: {
      NODE_ENV: 'test',
      DATA_DIR: app.config.dataDir,
      ...(app.config.databaseUrl ? { DATABASE_URL: app.config.databaseUrl } : {}),
      SECRET: 'a secret for tests and nothing else',
      BASE_URL: `http://127.0.0.1:${site.port}`,
      MAIL_FROM: 'Paperboy <digest@paperboy.test>',
      SMTP_URL: mailbox.url,
      DKIM_KEY: pem,
      DKIM_SELECTOR: 's1',
      INBOUND_PORT: '0',
      ...env,
    },
    outside: { ...outside, now },
    dns,
    sendTestTo,
  });
  const { findings } = answer.data as { findings: Finding[] };
  const of = (check: string) => findings.filter((finding) => finding.check === check);
  return { ...answer, findings, of, failed: answer.failed };
}

describe('the doctor', () => {
  test('finds an installation in good order well, and sends nothing', async () => {
    const { failed, findings, lines } = await consult();
    expect(findings.filter(({ state }) => state === 'fail')).toEqual([]);
    expect(failed).toBe(false);
    expect(new Set(findings.map(({ check }) => check))).toEqual(
      new Set([
        'settings',
        'database',
        'tables',
        'clock',
        'smtp',
        'spf',
        'dkim',
        'dmarc',
        'mx',
        'site',
        'one-click',
        ...(app.config.databaseUrl ? [] : ['disk']),
      ]),
    );
    expect(lines.at(-1)).toContain('All is well');
    expect(mailbox.mails).toEqual([]);
  });

  test('tells every wrong setting at once, without its value', async () => {
    const { findings, failed, lines } = await consult({
      env: { PORT: 'many', SMTP_URL: 'http://u:hunter2@h' },
    });
    expect(failed).toBe(true);
    expect(findings.map(({ found }) => found.split(':')[0])).toEqual(['SMTP_URL', 'PORT']);
    expect(lines.join('\n')).not.toContain('hunter2');
  });

  test('of all that is not well says what to do', async () => {
    const { findings } = await consult({
      env: { SMTP_URL: 'smtp://127.0.0.1:9', BASE_URL: 'http://127.0.0.1:9' },
    });
    for (const finding of findings.filter(({ state }) => state !== 'ok'))
      expect(finding).toHaveProperty('todo', expect.stringMatching(/\w{3}/));
  });

  test('does not reach a database that is not there, and shows no password', async () => {
    const { of, lines } = await consult({ env: { DATABASE_URL: 'postgresql://u:hunter2@127.0.0.1:9/x' } });
    expect(of('database')).toMatchObject([{ state: 'fail', found: expect.stringContaining('ECONNREFUSED') }]);
    expect(lines.join('\n')).not.toContain('hunter2');
  });

  test.each([
    ['a file', fileURLToPath(import.meta.url), /is no folder/],
    ['below a file', join(fileURLToPath(import.meta.url), 'data'), /is no folder/],
    ['where nothing can be written', '/proc/nope', /cannot be written to/],
  ])('says that a data folder that is %s takes no database', async (_, place, found) => {
    const { of, failed } = await consult({ env: { DATABASE_URL: '', DATA_DIR: place } });
    expect(failed).toBe(true);
    for (const check of ['database', 'disk'])
      expect(of(check)).toMatchObject([{ state: 'fail', found: expect.stringMatching(found) }]);
  });

  test('makes no database where there is none yet', async () => {
    const { of } = await consult({ env: { DATABASE_URL: '', DATA_DIR: dataDir } });
    expect(of('database')).toMatchObject([{ state: 'ok', found: expect.stringContaining('first start') }]);
  });

  test.each([
    [30, 'warn'],
    [300, 'fail'],
  ])('notices a clock that is %i s off', async (seconds, state) => {
    const now = () => new Date(outside.now().getTime() + seconds * 1000);
    expect((await consult({ now })).of('clock')).toMatchObject([{ state }]);
  });

  test.each([
    ['nobody there', 'smtp://127.0.0.1:9', /ECONNREFUSED/],
    ['a login where none is offered', 'smtp://ada:hunter2@127.0.0.1:PORT', /logging in/],
    ['TLS where there is none', 'smtps://127.0.0.1:PORT', /connecting/],
  ])('tells of a mail server with %s', async (_, url, found) => {
    const { of, lines } = await consult({
      env: { SMTP_URL: url.replace('PORT', new URL(mailbox.url).port) },
    });
    expect(of('smtp')).toMatchObject([{ state: 'fail', found: expect.stringMatching(found) }]);
    expect(lines.join('\n')).not.toContain('hunter2');
  });

  test('sends a test message that travels as a digest does, when told to', async () => {
    const { of } = await consult({}, 'ada@example.org');
    expect(of('test mail')).toMatchObject([{ state: 'ok' }]);
    const [mail] = mailbox.mails.splice(0);
    expect(mail).toMatchObject({ to: 'ada@example.org', from: 'bounce+doctor@paperboy.test' });
    expect(mail?.raw.toString()).toMatch(/^DKIM-Signature: [\s\S]*\r\nList-Unsubscribe-Post: /);
  });
});

describe('of DNS, the doctor', () => {
  const without = (...names: string[]): Zone => Object.fromEntries(names.map((name) => [name, []]));
  const include = (n: number) => Array.from({ length: n }, (_, i) => `include:s${i}.test`).join(' ');

  test.each<[string, Zone, string, 'warn' | 'fail', RegExp]>([
    ['no SPF', without('paperboy.test TXT'), 'spf', 'fail', /does not say/],
    ['two SPF records', { 'paperboy.test TXT': ['v=spf1 -all', 'v=spf1 a -all'] }, 'spf', 'fail', /2 SPF/],
    ['SPF for everybody', { 'paperboy.test TXT': ['v=spf1 +all'] }, 'spf', 'fail', /\+all/],
    ['SPF without an end', { 'paperboy.test TXT': ['v=spf1 a'] }, 'spf', 'warn', /v=spf1 a/],
    [
      'SPF that goes on too long',
      { 'paperboy.test TXT': [`v=spf1 ${include(11)} -all`] },
      'spf',
      'fail',
      /11 look-ups/,
    ],
    [
      'SPF that includes itself',
      { 'paperboy.test TXT': ['v=spf1 include:paperboy.test -all'] },
      'spf',
      'fail',
      /look-ups/,
    ],
    ['no DKIM key', without('s1._domainkey.paperboy.test TXT'), 'dkim', 'fail', /publishes no key/],
    [
      'another DKIM key',
      { 's1._domainkey.paperboy.test TXT': ['v=DKIM1; p=MIIB'] },
      'dkim',
      'fail',
      /another key/,
    ],
    ['a revoked DKIM key', { 's1._domainkey.paperboy.test TXT': ['v=DKIM1; p='] }, 'dkim', 'fail', /revoked/],
    [
      'a DKIM key that is a test',
      { 's1._domainkey.paperboy.test TXT': [`v=DKIM1; t=y; p=${published}`] },
      'dkim',
      'warn',
      /test/,
    ],
    ['no DMARC', without('_dmarc.paperboy.test TXT'), 'dmarc', 'fail', /no DMARC/],
    [
      'DMARC without a policy',
      { '_dmarc.paperboy.test TXT': ['v=DMARC1; rua=mailto:a@b'] },
      'dmarc',
      'fail',
      /no policy/,
    ],
    [
      'DMARC that tells nobody',
      { '_dmarc.paperboy.test TXT': ['v=DMARC1; p=none'] },
      'dmarc',
      'warn',
      /nobody is told/,
    ],
    ['no MX', without('paperboy.test MX'), 'mx', 'fail', /nobody takes mail/],
    ['an MX that leads nowhere', without('mx.paperboy.test A'), 'mx', 'fail', /no address/],
  ])('sees %s', async (_, records, check, state, found) => {
    const { of } = await consult({ records });
    expect(of(check)).toContainEqual(expect.objectContaining({ state, found: expect.stringMatching(found) }));
  });

  test('takes an Ed25519 key as RFC 8463 publishes it', async () => {
    const pair = generateKeyPairSync('ed25519');
    const p = Buffer.from(pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64');
    const { of } = await consult({
      env: { DKIM_KEY: pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() },
      records: { 's1._domainkey.paperboy.test TXT': [`v=DKIM1; k=ed25519; p=${p}`] },
    });
    expect(of('dkim')).toMatchObject([{ state: 'ok' }]);
  });

  test.each(['digest@paperboy.example', 'paperboy@localhost.localdomain'])(
    'looks nothing up while mail comes from %s, which is for trying out',
    async (address) => {
      const { of, failed } = await consult({ env: { MAIL_FROM: address, INBOUND_PORT: '' } });
      expect(of('dns')).toMatchObject([{ state: 'warn', found: expect.stringContaining('trying out') }]);
      expect([...of('spf'), ...of('dmarc'), ...of('mx')]).toEqual([]);
      expect(failed).toBe(false);
    },
  );

  test('sees a signature and an envelope that stand for another domain', async () => {
    const { of } = await consult({
      env: { DKIM_DOMAIN: 'elsewhere.test', INBOUND_DOMAIN: 'elsewhere.test' },
    });
    expect(of('dmarc').map(({ state }) => state)).toEqual(['ok', 'fail']);
  });

  test('finds the DMARC record of the domain above', async () => {
    const { of } = await consult({
      env: { MAIL_FROM: 'a@mail.paperboy.test', INBOUND_DOMAIN: 'paperboy.test' },
    });
    expect(of('dmarc')).toMatchObject([
      { state: 'ok', found: expect.stringContaining('_dmarc.paperboy.test') },
    ]);
  });
});

describe('of the site, the doctor', () => {
  async function visit(handle: (path: string, method: string) => Response | Promise<Response>) {
    const server = createServer(async ({ url = '', method = '' }, response) => {
      const answer = await handle(url, method);
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
    });
    await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
    onTestFinished(() => void server.close());
    return consult({ env: { BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } });
  }
  const web = () => createWeb(app);

  test('sees another program there', async () => {
    const { of } = await visit(() => new Response('It works!'));
    expect(of('site')).toMatchObject([{ state: 'fail', found: expect.stringContaining('not Paperboy') }]);
  });

  test('sees a redirect', async () => {
    const { of } = await visit(() => Response.redirect('https://elsewhere.test/'));
    expect(of('site')).toMatchObject([{ state: 'fail', found: expect.stringContaining('elsewhere.test') }]);
  });

  test('sees a proxy that challenges what mail programs post', async () => {
    const { of } = await visit((path, method) =>
      method === 'POST' ? new Response('Are you human?', { status: 403 }) : web().request(path),
    );
    expect(of('one-click')).toMatchObject([{ state: 'fail', found: expect.stringContaining('403') }]);
  });
});
