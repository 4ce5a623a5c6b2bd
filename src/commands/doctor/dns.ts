import type { Config } from '../../config.ts';
import { checkDkim } from './dkim.ts';
import { checkDmarc } from './dmarc.ts';
import { type Finding, warn } from './finding.ts';
import { checkMx } from './mx.ts';
import type { Dns } from './records.ts';
import { checkSpf } from './spf.ts';

/** What receivers look up before they let a digest in, and where what comes back finds us. */
export async function checkDns(config: Config, dns: Dns): Promise<Finding[]> {
  const from = domainOf(config.mailFrom.address);
  if (RESERVED.test(from))
    return [
      warn(
        'dns',
        `nothing is looked up: no DNS knows ${from}, a name for trying out`,
        'Set MAIL_FROM to an address of your domain.',
      ),
    ];
  const bounces = config.inbound.domain;
  const answers = await Promise.all([
    unlessUnanswered('spf', () => checkSpf(dns, bounces)),
    ...config.dkim.map((key) => unlessUnanswered('dkim', () => checkDkim(dns, key))),
    ...(config.dkim.length === 0 ? [[unsigned]] : []),
    unlessUnanswered('dmarc', () => checkDmarc(dns, { from, bounces, signers: config.dkim })),
    unlessUnanswered('mx', () => checkMx(dns, config)),
  ]);
  return answers.flat();
}

/** Names that no DNS may know (RFC 2606, RFC 6761), and that of MAIL_FROM's default. */
const RESERVED = /(^|\.)(example|invalid|localhost|localdomain)$/i;

const unsigned = warn(
  'dkim',
  'mail leaves here unsigned',
  'See that your provider signs as the domain of MAIL_FROM: paperboy doctor --send-test ADDRESS, and look for dkim=pass in its headers.',
);

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);

async function unlessUnanswered(check: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    const { code, hostname } = error as NodeJS.ErrnoException & { hostname?: string };
    if (code === undefined || hostname === undefined) throw error;
    return [
      warn(check, `DNS gave no answer on ${hostname} (${code})`, 'Try again, or ask another: --dns 9.9.9.9'),
    ];
  }
}
