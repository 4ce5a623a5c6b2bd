import { type Finding, fail, ok, warn } from './finding.ts';
import { type Dns, tagsOf, textsOf } from './records.ts';

/** DMARC of the address that readers see, and whether what we send can pass it (RFC 7489). */
export async function checkDmarc(
  dns: Dns,
  { from, bounces, signers }: { from: string; bounces: string; signers: { domain: string }[] },
): Promise<Finding[]> {
  const policy = await policyOf(dns, from);
  if (policy === null)
    return [
      fail(
        'dmarc',
        `${from} has no DMARC record, which Gmail and Yahoo ask of everybody who writes to many`,
        `_dmarc.${from} TXT "v=DMARC1; p=none; rua=mailto:postmaster@${from}"; p=quarantine once the reports look right.`,
      ),
    ];
  const { at, records, tags } = policy;
  if (records > 1) return [fail('dmarc', `${at} has ${records} records, which count as none`, 'Keep one.')];
  const wish = (at === `_dmarc.${from}` ? undefined : tags.get('sp')) ?? tags.get('p');
  if (!wish || !/^(none|quarantine|reject)$/i.test(wish))
    return [fail('dmarc', `${at} has no policy`, 'Give it p=none, p=quarantine or p=reject.')];
  return [
    tags.has('rua')
      ? ok('dmarc', `${at}: ${wish}`)
      : warn('dmarc', `${at}: ${wish}, and nobody is told of failures`, `Add rua=mailto:postmaster@${from}`),
    ...alignment({ from, bounces, signers, strict: tags.get('adkim')?.toLowerCase() === 's' }),
  ];
}

/** Where neither the signature nor the envelope stands for the sender's domain, every digest fails DMARC. */
function alignment({
  from,
  bounces,
  signers,
  strict,
}: {
  from: string;
  bounces: string;
  signers: { domain: string }[];
  strict: boolean;
}): Finding[] {
  const signed = signers.some(({ domain }) => (strict ? domain === from : related(domain, from)));
  if (signed || related(bounces, from)) return [];
  return [
    fail(
      'dmarc',
      `neither ${[...signers.map(({ domain }) => domain), bounces].join(' nor ')} stands for ${from}`,
      'Let DKIM_DOMAIN or INBOUND_DOMAIN be the domain of MAIL_FROM, or one below it.',
    ),
  ];
}

const related = (one: string, other: string) =>
  one === other || one.endsWith(`.${other}`) || other.endsWith(`.${one}`);

/** The record of the domain, or of the nearest domain above it that has one. */
async function policyOf(
  dns: Dns,
  domain: string,
): Promise<{ at: string; records: number; tags: Map<string, string> } | null> {
  const at = `_dmarc.${domain}`;
  const records = (await textsOf(dns, at)).filter((text) => /^v=DMARC1\s*(;|$)/i.test(text));
  if (records[0] !== undefined) return { at, records: records.length, tags: tagsOf(records[0]) };
  const parent = domain.slice(domain.indexOf('.') + 1);
  return parent.includes('.') ? policyOf(dns, parent) : null;
}
