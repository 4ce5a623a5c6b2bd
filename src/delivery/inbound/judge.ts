import {
  codesIn,
  isVague,
  meaningOf,
  repliedCodesIn,
  type StatusCode,
  type Verdict,
  written,
} from './codes.ts';
import { outrightSaid, wordsOf } from './phrases.ts';

/** One refusal, as a report or a text tells it. */
export type Refusal = {
  /** The reporting system's own enhanced code, where it gives one. */
  status: string;
  /** What the refusing server answered. */
  answer: string;
  story: Story;
};

/** What a reporting system says around its refusals that speaks against blaming the mailbox. */
export type Story = {
  /** It is full, or disabled. */
  denial: string | null;
  /** The refusal came before RCPT. */
  early: boolean;
  /** The refusal came after RCPT. */
  late: boolean;
};

export const storyOf = (text: string): Story => ({
  denial: outrightSaid(text),
  early: BEFORE_RCPT.test(text),
  late: AFTER_RCPT.test(text),
});

/** `status` is an enhanced code. */
export type Judgement = Verdict & { status: string | null };

export const NOTHING_SAID = 'no reason given';

/**
 * Whether a refusal is for good. Hard is only what says so of the mailbox or its domain, by code (RFC 3463) or in plain
 * words, in answer to its name; all else is soft: full mailboxes, policy, rates, networks, disabled accounts and what
 * nobody explains. Where a report contradicts itself, the kinder reading holds.
 */
export function judge({ status, answer, story }: Refusal): Judgement {
  const own = [repliedCodesIn(answer).at(-1), codesIn(answer).at(-1)].find(isTelling);
  const reported = codesIn(status)[0];
  const code = [own, reported].find(isTelling) ?? codesIn(answer).at(-1) ?? reported;
  const { severity, reason } = verdictOf({ own, reported, answer, story });
  return { severity, reason, status: code ? written(code) : null };
}

const isTelling = (code: StatusCode | undefined) => code !== undefined && !isVague(code);

type Evidence = {
  /** The refusing server's own code. */
  own: StatusCode | undefined;
  /** The reporting system's, which is a guess where the server gave none. */
  reported: StatusCode | undefined;
  answer: string;
  story: Story;
};

function verdictOf({ own, reported, answer, story }: Evidence): Verdict {
  const exception = EXCEPTIONS.find(({ words }) => words.test(answer));
  if (exception) return exception.verdict;
  const words = wordsOf(answer);
  if (words?.severity === 'soft') return words;
  const meaning = own ? meaningOf(own) : null;
  const guess = reported ? meaningOf(reported) : null;
  if (meaning?.severity === 'soft' && !meaning.open) return meaning;
  if (TRANSIENT.test(answer) && !meaning?.open) return TEMPORARY;
  // A guess gives way to plain words, but not that it may pass.
  if (!own && guess && !guess.open && (reported?.class === 4 || guess.reason === 'mailbox full'))
    return guess;
  const coded = [meaning, guess].find((one) => one?.severity === 'hard');
  const verdict = coded ?? words ?? meaning ?? guess ?? { severity: 'soft', reason: NOTHING_SAID };
  const denial = story.denial ?? (coded ? null : stageDenial(answer, story));
  return verdict.severity === 'hard' && denial !== null ? { severity: 'soft', reason: denial } : verdict;
}

const TEMPORARY: Verdict = { severity: 'soft', reason: 'temporary trouble' };

/** What two systems say in words of their own. */
const EXCEPTIONS: { words: RegExp; verdict: Verdict }[] = [
  // Exchange Online refuses recipients that a domain does not have with this.
  {
    words: /\b5\.4\.1\b.{0,300}recipient address rejected: access denied/is,
    verdict: { severity: 'hard', reason: 'no such mailbox' },
  },
  // RFC 7504: a host, or a domain, that never takes mail. With 5.7.x such a reply means us.
  {
    words: /(?<![\d.])(?:521[ -]5\.3\.2|556[ -](?!5\.7))/,
    verdict: { severity: 'hard', reason: 'domain takes no mail' },
  },
];

/** An SMTP reply of class 4 (RFC 5321, section 4.2.1) at the start of an answer or a line, or after a colon. */
const TRANSIENT = /(?:^|[:;<>'"(\n]\s{0,3})4[0-5]\d(?=[ -])/;

/** Words about a user mean the mailbox only where they answer RCPT. */
function stageDenial(answer: string, { early, late }: Story): string | null {
  if (early) return 'refused before the recipient was named';
  const bareRefusal = /(?<![\d.])550\b/.test(answer) && repliedCodesIn(answer).length === 0;
  return bareRefusal && late ? 'refused for its content' : null;
}

/** The mailbox had not been named yet. */
const BEFORE_RCPT =
  /(?:in reply to|after|response to) (?:the )?(?:initial connection|connect|ehlo|helo|mail from|starttls)|>>> mail from:[^\n]{0,300}\n<<< [45]/i;

/**
 * The recipient had been accepted. A bare 550 to DATA or to the message is a policy refusal (RFC 5321, section 4.3.2),
 * though it may speak of an unknown user: some carriers say so for a reader who filters.
 */
const AFTER_RCPT =
  /(?:in reply to|after|response to|did not like our|smtp command\s{0,3}-{0,10}\s{0,3}) ?(?:the |final )?(?:end of )?data\b|>>> data\s{1,3}<<< [45]|after i sent the message|step: data/i;
