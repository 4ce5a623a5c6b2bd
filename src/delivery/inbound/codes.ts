/** An enhanced status code (RFC 3463): class, subject, detail. */
export type StatusCode = { class: number; subject: number; detail: number };

export type Verdict = { severity: 'hard' | 'soft'; reason: string };

/** `open`: plain words beside the code may say more. */
export type Meaning = Verdict & { open: boolean };

const hard = (reason: string): Meaning => ({ severity: 'hard', reason, open: false });
const soft = (reason: string): Meaning => ({ severity: 'soft', reason, open: false });
const open = (meaning: Meaning): Meaning => ({ ...meaning, open: true });

/**
 * Permanent codes (class 5) by subject and detail, then by subject. Subjects 0 and 5, and 1.0, say nothing of the
 * mailbox. Subject 2 says that the mailbox exists, and 7 that somebody minds our mail: neither is hard by itself.
 */
const MEANINGS = new Map<string, Meaning>([
  // RFC 3463, section 3.2. By RFC 7505 1.10 is a domain's null MX, with Exchange Online it is an unknown recipient.
  ['1.1', hard('no such mailbox')],
  ['1.2', hard('no such domain')],
  ['1.3', hard('not a valid address')],
  ['1.4', soft('ambiguous address')],
  ['1.6', hard('mailbox has moved')],
  ['1.7', soft('sender refused')],
  ['1.8', soft('sender refused')],
  ['1.9', soft('relayed to a system that cannot')],
  ['1.10', hard('takes no mail')],
  // Exchange Online: "Remote server returned unknown recipient or mailbox unavailable".
  ['1.351', hard('no such mailbox')],
  // "May be a permanent error if the mailbox will never be re-enabled".
  ['2.1', open(soft('mailbox disabled'))],
  ['2.2', soft('mailbox full')],
  ['2.3', soft('message too big')],
  ['2', soft('mailbox trouble')],
  ['3.4', soft('message too big')],
  ['3', soft('mail system trouble')],
  // RFC 3463, section 3.5: the domain has no route by DNS. 310 is Exchange Online's "DNS domain does not exist".
  ['4.4', hard('no such domain')],
  ['4.310', hard('no such domain')],
  ['4.7', soft('expired')],
  ['4', soft('network trouble')],
  ['6', soft('content refused')],
  ['7', soft('refused by policy')],
]);

/** What a code alone says; null for one that leaves it open. A transient code (class 4) is never hard by itself. */
export function meaningOf(code: StatusCode): Meaning | null {
  const { subject, detail } = code;
  const known = MEANINGS.get(`${subject}.${detail}`) ?? MEANINGS.get(`${subject}`) ?? null;
  if (code.class !== 4 || isVague(code)) return known;
  const passing = soft(known?.severity === 'soft' ? known.reason : 'temporary trouble');
  // "User unknown" all the days that a system tried is no trouble that passes.
  return subject === 1 && detail === 1 ? open(passing) : passing;
}

/** x.0.0 is what systems write that know nothing. */
export const isVague = ({ subject, detail }: StatusCode) => subject === 0 && detail === 0;

export const written = (code: StatusCode) => `${code.class}.${code.subject}.${code.detail}`;

const CODE = String.raw`(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)`;

/** All codes in a text, in order. */
export const codesIn = (text: string): StatusCode[] => codesBy(new RegExp(CODE, 'g'), text);

/** The codes that stand behind an SMTP reply code, as in `550-5.1.1`: the answering server's own. */
export const repliedCodesIn = (text: string): StatusCode[] =>
  codesBy(new RegExp(String.raw`(?<![\d.])[245]\d\d[ -]{1,3}['"(]?#?${CODE}`, 'g'), text);

const codesBy = (pattern: RegExp, text: string) =>
  [...text.matchAll(pattern)].map(([, ...digits]) => {
    const [klass = 0, subject = 0, detail = 0] = digits.map(Number);
    return { class: klass, subject, detail };
  });
