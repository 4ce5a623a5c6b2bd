import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../src/config.ts';

function problemsOf(env: Record<string, string>): string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the settings', () => {
  test('are all optional outside production', () => {
    expect(loadConfig({})).toMatchObject({
      role: 'all',
      port: 3000,
      databaseUrl: undefined,
      secrets: undefined,
    });
  });

  test('with several wrong values are refused with every problem at once, by name', () => {
    const problems = problemsOf({
      NODE_ENV: 'production',
      PORT: '99999',
      TRUST_PROXY: 'nginx',
      ROLE: 'boss',
      SOURCES: 'huggingface,myspace',
      PUBLISH_CRON: 'at dawn',
      DATABASE_URL: 'mysql://somewhere',
      BASE_URL: 'http://paperboy.example.com',
      MAIL_FROM: 'Paperboy',
      SECRET: 'long enough to sign,short',
    });
    expect(problems.map((problem) => problem.split(/[.:]/)[0]).sort()).toEqual(
      [
        'BASE_URL',
        'DATABASE_URL',
        'MAIL_FROM',
        'PORT',
        'PUBLISH_CRON',
        'ROLE',
        'SECRET',
        'SMTP_URL',
        'SOURCES',
        'TRUST_PROXY',
      ].sort(),
    );
  });

  test('never show a secret in what they say is wrong', () => {
    const problems = problemsOf({
      SECRET: 'hunter2',
      SMTP_URL: 'http://user:hunter2@host',
      DATABASE_URL: 'x://hunter2@h',
      ADMIN_TOKEN: 'hunter2',
      METRICS_TOKEN: 'hunter2 hunter2 hunter2',
      ALERT_WEBHOOK: 'ftp://hunter2@h',
      DKIM_KEY: '-----BEGIN PRIVATE KEY-----\\nhunter2\\n-----END PRIVATE KEY-----',
      DKIM_SELECTOR: 's1',
      WEBHOOK_SES_SECRET: 'hunter2',
      WEBHOOK_POSTMARK_SECRET: 'hunter2',
      WEBHOOK_MAILGUN_SECRET: 'hunter2',
      WEBHOOK_SENDGRID_SECRET: 'hunter2',
      WEBHOOK_RESEND_SECRET: 'hunter2',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=hunter2%zz',
    });
    expect(problems).toHaveLength(13);
    expect(problems.join('\n')).not.toContain('hunter2');
  });

  test('of the mail server in its URL are those that concern how we talk to it, and no others', () => {
    const url = 'smtp://user:p%40ss@mail.example:587?name=mx.example&tls.servername=mail.example';
    expect(loadConfig({ SMTP_URL: url }).smtp.url).toBe(url);
    for (const option of ['requireTLS=false', 'logger=true', 'proxy=http://host', 'nmae=mx.example'])
      expect(problemsOf({ SMTP_URL: `smtp://user:hunter2@host?${option}` })).toEqual([
        'SMTP_URL: may have the options name, localAddress, authMethod and tls.…, as in smtp://host:587?name=mail.example.com',
      ]);
  });

  test('in production must name the mail server, the sender, the site and the secret', () => {
    expect(problemsOf({ NODE_ENV: 'production' })).toEqual([
      'SMTP_URL: must be set in production',
      'MAIL_FROM: must be set in production',
      'BASE_URL: must be set in production',
      'SECRET: must be set in production',
    ]);
  });

  test('rotate secrets: the first signs, all verify', () => {
    expect(loadConfig({ SECRET: 'the new secret of ours, the old secret of ours' }).secrets).toEqual([
      'the new secret of ours',
      'the old secret of ours',
    ]);
  });

  test('take mail at the domain of the sender, unless told another, and not by SMTP unless told a port', () => {
    expect(loadConfig({ MAIL_FROM: 'desk@bücher.example' }).inbound).toEqual({
      port: undefined,
      host: '0.0.0.0',
      domain: 'xn--bcher-kva.example',
    });
    const env = { MAIL_FROM: 'desk@example.com', INBOUND_PORT: '25', INBOUND_DOMAIN: 'Return.Example.com' };
    expect(loadConfig(env).inbound).toMatchObject({ port: 25, domain: 'return.example.com' });
  });

  test('refuse what no mail provider signs its webhooks with, and do not show it', () => {
    const names = ['SES', 'POSTMARK', 'MAILGUN', 'SENDGRID', 'RESEND'].map(
      (name) => `WEBHOOK_${name}_SECRET`,
    );
    const problems = problemsOf(Object.fromEntries(names.map((name) => [name, 'hunter2'])));
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(names);
    expect(problems.join('\n')).not.toContain('hunter2');
    expect(loadConfig({}).webhooks).toEqual({
      ses: undefined,
      postmark: undefined,
      mailgun: undefined,
      sendgrid: undefined,
      resend: undefined,
    });
  });

  test('read what a collector is told as pairs, and refuse what no header can hold', () => {
    const { collector } = loadConfig({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a%2Cb, x-tenant = papers=1',
    });
    expect(collector).toEqual({
      url: 'http://127.0.0.1:4318/v1/traces',
      headers: { authorization: 'Bearer a,b', 'x-tenant': 'papers=1' },
    });
    for (const wrong of ['authorization', '=value', 'a=%zz', 'a=%0Ab', 'a=b,c'])
      expect(problemsOf({ OTEL_EXPORTER_OTLP_HEADERS: wrong })).toEqual([
        'OTEL_EXPORTER_OTLP_HEADERS: must be name=value pairs with commas between, the values percent-encoded',
      ]);
  });

  test('read a sender with and without a name', () => {
    expect(loadConfig({ MAIL_FROM: 'Digest Desk <desk@example.com>' }).mailFrom).toEqual({
      name: 'Digest Desk',
      address: 'desk@example.com',
    });
    expect(loadConfig({ MAIL_FROM: 'desk@example.com' }).mailFrom).toEqual({
      name: 'Paperboy',
      address: 'desk@example.com',
    });
  });

  test('of any kind are read or refused by name, and nothing else happens', () => {
    const names = [
      'PORT',
      'SMTP_URL',
      'MAIL_FROM',
      'SECRET',
      'SOURCES',
      'INGEST_CRON',
      'BASE_URL',
      'ARXIV_CATEGORIES',
      'OTEL_EXPORTER_OTLP_HEADERS',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string(), (name, value) => {
        for (const problem of problemsOf({ [name]: value })) expect(problem.startsWith(name)).toBe(true);
      }),
    );
  });
});
