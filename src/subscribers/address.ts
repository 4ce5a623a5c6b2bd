import { domainToASCII } from 'node:url';

export type Address = {
  /** As it is written to: the domain in lower-case A-labels. */
  email: string;
  /** The whole in lower case: two spellings of one mailbox have one key. */
  key: string;
};

export type ParsedAddress = ({ ok: true } & Address) | { ok: false; problem: string };

/**
 * One address as people have it: a dot-atom of ASCII before the @ (64 octets at most), a host name of two labels or
 * more behind it, 254 octets in all (RFC 5321, 4.5.3.1). What RFC 5322 allows beyond that (quoted local parts,
 * comments, groups, IP literals, folded lines) is refused: no mailbox needs it and header injection lives there.
 * A domain in another script becomes A-labels (UTS 46). Linear in the length of the text.
 */
export function parseAddress(text: string): ParsedAddress {
  if (/[\r\n]/.test(text)) return problem('An e-mail address is a single line.');
  const written = text.trim();
  if (written === '') return problem('Write your e-mail address.');
  if (written.length > 254) return problem('An e-mail address has at most 254 characters.');
  if (/[,;]/.test(written)) return problem('Write one e-mail address only.');
  if (/[<>()"\\]/.test(written))
    return problem('Write the address alone, without a name, quotes or comments.');
  const at = written.indexOf('@');
  if (at === -1) return problem('An e-mail address has an @, as in ada@example.org.');
  if (written.includes('@', at + 1)) return problem('An e-mail address has one @ only.');

  const local = written.slice(0, at);
  if (local === '') return problem('Something is missing before the @.');
  if (local.length > 64) return problem('The part before the @ has at most 64 characters.');
  if (!DOT_ATOM.test(local))
    return problem('The part before the @ has characters that mailboxes do not have.');

  const domain = hostName(written.slice(at + 1));
  if (domain === null) return problem('The part after the @ is not a domain name such as example.org.');
  const email = `${local}@${domain}`;
  if (email.length > 254) return problem('An e-mail address has at most 254 characters.');
  return { ok: true, email, key: email.toLowerCase() };
}

const problem = (text: string): ParsedAddress => ({ ok: false, problem: text });

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const DOT_ATOM = new RegExp(`^${ATOM}(?:\\.${ATOM})*$`);

/** In lower-case A-labels; null when it is not the name of a mail host. */
function hostName(text: string): string | null {
  // domainToASCII reads its argument as a URL's host: it decodes %41, drops tabs and cuts at / ? and #.
  if (/[^A-Za-z0-9.\u0080-\u{10ffff}-]|\p{C}|\p{Z}/u.test(text)) return null;
  const domain = domainToASCII(text);
  const labels = domain.split('.');
  if (labels.length < 2 || /^\d+$/.test(labels.at(-1) ?? '')) return null;
  return labels.every((label) => LABEL.test(label)) ? domain : null;
}

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
