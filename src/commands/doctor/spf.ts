import { type Finding, fail, ok, warn } from './finding.ts';
import { type Dns, textsOf } from './records.ts';

/** SPF of the envelope's sender, `bounce+TOKEN@` the domain of INBOUND_DOMAIN (RFC 7208). */
export async function checkSpf(dns: Dns, domain: string): Promise<Finding[]> {
  const records = await recordsOf(dns, domain);
  const [record] = records;
  if (record === undefined)
    return [
      fail(
        'spf',
        `${domain} does not say who may send for it`,
        `${domain} TXT "v=spf1 include:YOUR-PROVIDER -all"; your provider tells what to include.`,
      ),
    ];
  if (records.length > 1)
    return [fail('spf', `${domain} has ${records.length} SPF records, which counts as none`, 'Keep one.')];
  const all = termsOf(record).find((term) => /^[+?~-]?all$/i.test(term));
  if (all && /^\+?all$/i.test(all))
    return [fail('spf', `${domain}: ${record}`, 'It lets anybody send for the domain: end it with -all.')];
  const lookups = await countLookups(dns, domain);
  if (lookups > MOST_LOOKUPS)
    return [
      fail(
        'spf',
        `${domain} needs ${lookups} look-ups, and receivers stop at ${MOST_LOOKUPS}`,
        'Take out what you do not send by.',
      ),
    ];
  const found = `${domain}: ${record} (${lookups} look-ups)`;
  if (all?.startsWith('?') || (!all && !termsOf(record).some((term) => /^redirect=/i.test(term))))
    return [warn('spf', found, 'It says nothing of other senders: end it with -all or ~all.')];
  return [ok('spf', found)];
}

/** RFC 7208, section 4.6.4. */
const MOST_LOOKUPS = 10;
const LOOKS_UP = /^[+?~-]?(?:include:|exists:|redirect=|a(?:[:/]|$)|mx(?:[:/]|$)|ptr(?::|$))/i;

const recordsOf = async (dns: Dns, domain: string) =>
  (await textsOf(dns, domain)).filter((text) => /^v=spf1(?: |$)/i.test(text));

const termsOf = (record: string) => record.split(/ +/).slice(1).filter(Boolean);

/** Of the record and all that it includes; gives up counting once it is too many. */
async function countLookups(dns: Dns, domain: string): Promise<number> {
  let count = 0;
  const ahead = [domain];
  for (let next = ahead.pop(); next !== undefined && count <= MOST_LOOKUPS; next = ahead.pop()) {
    const [record] = await recordsOf(dns, next);
    for (const term of termsOf(record ?? '')) {
      if (LOOKS_UP.test(term)) count++;
      const [, included] = /^[+?~-]?(?:include:|redirect=)([^%/]+)$/i.exec(term) ?? [];
      if (included) ahead.push(included);
    }
  }
  return count;
}
