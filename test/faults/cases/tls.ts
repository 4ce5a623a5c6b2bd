import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SecureContext } from 'node:tls';
import { blamed } from '../audit.ts';
import type { Case } from '../case.ts';
import { makeCertificate } from '../certificates.ts';
import { type Act, openPeer, type Visit } from '../peer.ts';
import { scratchFolder } from '../scratch.ts';
import { openWorld, until } from '../world.ts';

const READERS = 20;
/** This machine, by an address that does not say so: mail to it must be encrypted. */
const HOST = '0.0.0.0';

type Trouble = {
  name: string;
  offers?: SecureContext;
  script?: (visit: Visit) => Act | undefined;
};

/** A server, or somebody on the way to it, with whom no safe conversation is possible; then one with whom it is. */
export const tls: Case = async ({ server, report }) => {
  const folder = scratchFolder();
  const good = makeCertificate(folder, HOST);
  const another = makeCertificate(folder, 'another.example');
  const strange = makeCertificate(folder, 'elsewhere.example');
  const trusted = join(folder, 'trusted.pem');
  writeFileSync(trusted, readFileSync(good.file, 'utf8') + readFileSync(another.file, 'utf8'));
  const troubles: Trouble[] = [
    { name: 'STARTTLS is stripped' },
    {
      name: 'STARTTLS is refused',
      offers: good.context,
      script: ({ stage }) => (stage === 'starttls' ? { reply: '454 4.7.0 not available' } : undefined),
    },
    { name: 'the certificate is of nobody known', offers: strange.context },
    { name: 'the certificate is of another host', offers: another.context },
    {
      name: 'the password is refused',
      offers: good.context,
      script: ({ stage }) => (stage === 'auth' ? { reply: '535 5.7.8 wrong' } : undefined),
    },
  ];
  for (const { name, offers, script } of troubles) {
    await using peer = await openPeer({ offers: { starttls: offers, auth: true, pipelining: true } });
    let inTheClear = 0;
    const watching = (troubled: Trouble['script']) => (visit: Visit) => {
      if (!visit.secure && (visit.stage === 'auth' || visit.stage === 'mail')) inTheClear += 1;
      return troubled?.(visit);
    };
    peer.script = watching(script);
    await using world = await openWorld({
      server,
      readers: READERS,
      speed: 60,
      smtp: `smtp://user:password@${HOST}:${peer.port}`,
      settings: { SMTP_CONNECTIONS: '3', NODE_EXTRA_CA_CERTS: trusted },
    });
    const service = world.start({ name: 'worker', entry: 'worker' });
    const tried = await until(world, 30, () => (peer.visits.get('connect') ?? 0) >= 8);
    const during = { taken: peer.taken.length, inTheClear, blamed: await blamed(world) };
    const connections = peer.visits.get('connect') ?? 0;
    const alarms = service.complaints.filter(({ level }) => level >= 50).length;
    peer.script = watching(undefined);
    peer.offers.starttls = good.context;
    await until(world, 60, world.done);
    service.signal('SIGTERM');
    await service.ended;

    const { rows, count } = await world.accounts();
    report.figures({
      trouble: name,
      'connections in trouble': connections,
      alarms,
      'sent after': peer.taken.length,
    });
    report.promise(
      'while it lasts it is tried, no mail or password leaves, nobody is blamed, the operator learns',
      tried && during.taken === 0 && during.inTheClear === 0 && during.blamed === 0 && alarms > 0,
      { tried, ...during, alarms },
    );
    report.promise(
      'after it everybody has the digest, once, encrypted',
      count('sent') === READERS && peer.taken.length === READERS && peer.taken.every(({ secure }) => secure),
      { rows, inTheClear },
    );
  }
};
