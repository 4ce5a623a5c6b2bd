import { describe, expect, test } from 'vitest';
import { readInbound } from '../../../src/delivery/inbound/inbound.ts';
import { dsn, failed, lines, plain } from './samples.ts';

const read = (raw: string, from = 'ada@reader.example') =>
  readInbound(raw, { to: 'Subscribe@digest.example', from });
const HEAD = ['From: Ada <Ada@Reader.example>', 'Subject: hello'];

describe('mail to subscribe', () => {
  test('brings topics, one a line, without signature and quotation', async () => {
    const raw = plain(
      HEAD,
      'speculative   decoding',
      '"mixture of experts" OR MoE',
      '',
      'speculative decoding',
      'On Monday Bob <bob@example.org> wrote:',
      '> graph networks',
      'cat:cs.CL -translation',
      '-- ',
      'Ada Lovelace',
    );
    expect(await read(raw)).toEqual({
      kind: 'subscribe',
      from: 'Ada@reader.example',
      topics: ['speculative decoding', '"mixture of experts" OR MoE', 'cat:cs.CL -translation'],
    });
  });

  test('may be HTML alone', async () => {
    const html = '<div>diffusion &amp; flow</div><div>robot learning</div><div>-- <br>Ada</div>';
    expect(await read(plain([...HEAD, 'Content-Type: text/html'], html))).toMatchObject({
      topics: ['diffusion & flow', 'robot learning'],
    });
  });

  test('is read from the text of a message that says it twice', async () => {
    const raw = lines(
      ...HEAD,
      'Content-Type: multipart/alternative; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('réseaux de neurones\n').toString('base64'),
      '--b',
      'Content-Type: text/html',
      '',
      '<p>something else</p>',
      '--b--',
    );
    expect(await read(raw)).toMatchObject({ topics: ['réseaux de neurones'] });
  });

  test('without a usable From counts by its envelope', async () => {
    expect(await read(plain(['From: nobody'], 'llm'))).toMatchObject({ from: 'ada@reader.example' });
    expect(await read(plain(['From: nobody'], 'llm'), 'nobody')).toMatchObject({ kind: 'nothing' });
  });

  test.each([
    ['Auto-Submitted: auto-replied', 'auto-reply'],
    ['X-Autoreply: yes', 'auto-reply'],
    ['Precedence: bulk', 'nothing'],
    ['Precedence: list', 'nothing'],
    ['List-Id: <papers.example.org>', 'nothing'],
    ['List-Unsubscribe: <mailto:leave@example.org>', 'nothing'],
  ])('is no sign-up with %s', async (header, kind) => {
    expect(await read(plain([...HEAD, header], 'llm'))).toMatchObject({ kind });
  });

  test('is no sign-up from an empty envelope sender, a report or a program', async () => {
    expect(await read(plain(HEAD, 'llm'), '')).toMatchObject({ kind: 'nothing' });
    expect(await read(plain(HEAD, 'llm'), '<>')).toMatchObject({ kind: 'nothing' });
    expect(await read(dsn({ fields: failed('5.1.1', '550 no') }))).toMatchObject({ kind: 'nothing' });
    for (const robot of ['MAILER-DAEMON', 'postmaster', 'no-reply', 'papers-bounces'])
      expect(await read(plain([`From: ${robot}@example.org`], 'llm'))).toMatchObject({ kind: 'nothing' });
  });
});
