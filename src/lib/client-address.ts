import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Whether the machine at an address, so many hops before us (0: it holds our connection), tells the truth about who it asks for. */
export type Trust = (address: string, hop: number) => boolean;

/**
 * Reads whom to believe: how many proxies stand in front (`1`), or a comma list of their addresses and networks
 * (`127.0.0.0/8, ::1`). Null when it is neither.
 */
export function parseTrust(text: string): Trust | null {
  if (/^\d$/.test(text.trim())) return (_, hop) => hop < Number(text);
  const networks = text.split(',').map((entry) => entry.trim());
  if (!networks.every((entry) => isIP(entry) !== 0 || ipaddr.isValidCIDR(entry))) return null;
  const ranges = networks.map((entry) =>
    entry.includes('/')
      ? ipaddr.parseCIDR(entry)
      : ([ipaddr.parse(entry), isIP(entry) === 4 ? 32 : 128] as [ipaddr.IPv4 | ipaddr.IPv6, number]),
  );
  return (text) => {
    const address = ipaddr.process(text);
    return ranges.some((range) => address.kind() === range[0].kind() && address.match(range));
  };
}

/**
 * Who asks: the nearest address that is not a trusted proxy's. `forwarded` is X-Forwarded-For, to which each proxy
 * appends whom it was asked by; only what a trusted one appended is believed, so nobody can call himself another.
 */
export function clientAddress(remote: string, forwarded: string | undefined, trust: Trust): string {
  let client = remote;
  const before = forwarded?.split(',').map(bare) ?? [];
  for (let hop = 0; trust(client, hop); hop++) {
    const next = before.pop();
    if (next === undefined || isIP(next) === 0) break;
    client = next;
  }
  return client;
}

/** Without the port that some proxies add: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
const bare = (entry: string) =>
  entry
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1');

/**
 * The addresses that one customer of a network has at will: one of IPv4, but of IPv6 a whole /64 (RFC 6177), so that
 * nobody is a new client with each request.
 */
export function household(address: string): string {
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${Buffer.from(parsed.toByteArray().slice(0, 8)).toString('hex')}/64`;
}
