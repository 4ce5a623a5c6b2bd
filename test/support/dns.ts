import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import packet from 'dns-packet';

/** What a name answers, by type: `{ 'example.org TXT': ['v=spf1 -all'] }`. An MX is a host name. */
export type Zone = Record<string, string[]>;

/** A real DNS server on this machine that knows `zone` and nothing else, and a resolver that asks it. */
export async function openDns(zone: Zone): Promise<{ dns: Resolver; close: () => Promise<void> }> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const { id, questions = [] } = packet.decode(query);
    const answers = questions.flatMap(({ name, type }) =>
      (zone[`${name.toLowerCase()} ${type}`] ?? []).map((value): packet.Answer => {
        if (type === 'TXT') return { name, type, data: value.match(/.{1,255}/g) ?? [''] };
        if (type === 'MX') return { name, type, data: { preference: 10, exchange: value } };
        return { name, type: 'A', data: value };
      }),
    );
    const known = questions.some(({ name }) => Object.keys(zone).some((key) => key.startsWith(`${name} `)));
    const flags = packet.AUTHORITATIVE_ANSWER | (known ? 0 : NAME_ERROR);
    socket.send(packet.encode({ type: 'response', id: id ?? 0, flags, questions, answers }), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const dns = new Resolver({ timeout: 2000, tries: 1 });
  dns.setServers([`127.0.0.1:${socket.address().port}`]);
  return {
    dns,
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

/** RFC 1035, section 4.1.1. */
const NAME_ERROR = 3;
