import type { Config } from '../../config.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { type Dns, orNone } from './records.ts';

/** Whether bounces, complaints and mail to subscribe@ find a way to us. */
export async function checkMx(dns: Dns, { inbound, webhooks }: Config): Promise<Finding[]> {
  const { domain, port } = inbound;
  // A lone "." says that the domain takes no mail (RFC 7505).
  const hosts = (await orNone(dns.resolveMx(domain))).map(({ exchange }) => exchange).filter(Boolean);
  const addresses = await Promise.all(hosts.map((host) => addressesOf(dns, host)));
  const lost = hosts.filter((_, n) => addresses[n]?.length === 0);
  const byWebhook = Object.values(webhooks).some(Boolean);
  if (lost.length > 0)
    return [
      fail('mx', `${domain} names ${lost.join(', ')}, which has no address`, 'Give it an A or AAAA record.'),
    ];
  if (port !== undefined)
    return hosts.length > 0
      ? [ok('mx', `${domain}: ${hosts.join(', ')} (${addresses.flat().join(', ')})`)]
      : [
          fail(
            'mx',
            `nobody takes mail to ${domain}: bounces and unsubscribing by mail are lost`,
            `${domain} MX 10 THE-NAME-OF-THIS-MACHINE`,
          ),
        ];
  if (byWebhook) return [ok('mx', 'bounces and complaints come by webhook')];
  if (hosts.length > 0)
    return [
      warn(
        'mx',
        `mail to ${domain} goes to ${hosts.join(', ')}`,
        `Have it pipe bounce+…@, unsubscribe+…@ and subscribe@${domain} to: paperboy inbound`,
      ),
    ];
  return [
    warn(
      'mx',
      'bounces and complaints reach nobody, so dead addresses are written to for ever',
      'Set INBOUND_PORT and an MX record, or your provider’s WEBHOOK_…_SECRET.',
    ),
  ];
}

const addressesOf = async (dns: Dns, host: string) =>
  (await Promise.all([orNone(dns.resolve4(host)), orNone(dns.resolve6(host))])).flat();
