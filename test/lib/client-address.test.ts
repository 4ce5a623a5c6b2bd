import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientAddress, household, parseTrust, type Trust } from '../../src/lib/client-address.ts';

const trusting = (text: string): Trust => {
  const trust = parseTrust(text);
  if (trust === null) throw new Error(`${text} is refused`);
  return trust;
};

describe('whom to believe', () => {
  test.each(['', 'proxy', '10', '-1', '10.0.0.0/33', '10.0.0.1,', '::1/129', '1.2.3'])(
    'is not %j',
    (text) => {
      expect(parseTrust(text)).toBeNull();
    },
  );
});

describe('who asks', () => {
  test.each([
    ['is whoever connects, when no proxy is trusted', '0', '192.0.2.1', '198.51.100.7', '192.0.2.1'],
    ['is whom the trusted proxy names', '127.0.0.1', '127.0.0.1', '198.51.100.7', '198.51.100.7'],
    ['is not whom an untrusted one names', '127.0.0.1', '192.0.2.1', '198.51.100.7', '192.0.2.1'],
    ['is the proxy where it names nobody', '127.0.0.1', '127.0.0.1', undefined, '127.0.0.1'],
    [
      'is the last of a list that a trusted proxy lengthened',
      '1',
      '10.0.0.1',
      '203.0.113.1, 198.51.100.7',
      '198.51.100.7',
    ],
    ['is behind two proxies by their number', '2', '10.0.0.1', '203.0.113.1, 198.51.100.7', '203.0.113.1'],
    [
      'is behind all proxies of a network',
      '10.0.0.0/8',
      '10.0.0.1',
      '1.1.1.1, 198.51.100.7, 10.2.0.1',
      '198.51.100.7',
    ],
    ['is told without a port', '1', '10.0.0.1', '198.51.100.7:4711', '198.51.100.7'],
    ['is told without brackets', '1', '10.0.0.1', '[2001:db8::7]:4711', '2001:db8::7'],
    ['is the proxy where it names nonsense', '1', '10.0.0.1', 'unknown', '10.0.0.1'],
    ['is known through a mapped address', '127.0.0.0/8', '::ffff:127.0.0.1', '198.51.100.7', '198.51.100.7'],
  ])('%s', (_, trust, remote, forwarded, client) => {
    expect(clientAddress(remote, forwarded, trusting(trust))).toBe(client);
  });

  test('cannot be chosen by what a client sends, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string())), (sent) => {
        const forwarded = [...sent, '198.51.100.7'].join(', ');
        expect(clientAddress('10.0.0.1', forwarded, trusting('1'))).toBe('198.51.100.7');
      }),
    );
  });
});

test('a client of IPv6 is its /64, of IPv4 its address', () => {
  expect(household('2001:db8:1:2:aaaa::1')).toBe(household('2001:0db8:0001:0002:bbbb::2'));
  expect(household('2001:db8:1:3::1')).not.toBe(household('2001:db8:1:2::1'));
  expect(household('::ffff:192.0.2.1')).toBe(household('192.0.2.1'));
  expect(household('192.0.2.2')).not.toBe(household('192.0.2.1'));
});
