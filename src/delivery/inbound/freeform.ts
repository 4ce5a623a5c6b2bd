import { isAutoReply, isAway } from './automatic.ts';
import { codesIn } from './codes.ts';
import { type Judgement, judge, NOTHING_SAID, storyOf } from './judge.ts';
import type { Mail } from './mail.ts';
import { wordsOf } from './phrases.ts';

/** Whether a message without a proper report is a mail system's word that it could not deliver. */
export function isFreeFormBounce(mail: Mail): boolean {
  const { header, from, subject, text } = mail;
  if (header('x-failed-recipients') !== '') return true;
  if (isAway(subject)) return false;
  if (/report-type="?delivery-status/i.test(header('content-type'))) return true;
  if (isMailSystem(from)) return true;
  if (UNDELIVERED.test(subject) && /^postmaster@/i.test(from.address)) return true;
  const opening = text.slice(0, 2000);
  const explained = UNDELIVERED.test(opening) || codesIn(opening).length > 0 || wordsOf(opening) !== null;
  // A person, or a program that answers for one, may write about mail that did not arrive.
  if (/^\s*(?:re|aw|sv|fwd?) ?:/i.test(subject)) return false;
  if (UNDELIVERED.test(subject)) return explained;
  return !isAutoReply(mail) && UNDELIVERED.test(opening) && wordsOf(opening) !== null;
}

/** Without an address (`From: <>`), or in the name of the program that delivers. */
const isMailSystem = ({ name, address }: Mail['from']) =>
  /^(?:mailer-?daemon|mail-?daemon|mdaemon|mail[.-]delivery[.-](?:sub)?system)(?:@|$)/i.test(address) ||
  (/^(?:|postmaster@.*)$/i.test(address) &&
    /mail(?:er)?[ -]?(?:deliver\w*|daemon|system)|postmaster/i.test(name));

const UNDELIVERED = new RegExp(
  [
    String.raw`undeliver|non-?deliver|(?:not|n't)(?: yet)? (?:be|been|was) (?:delivered|sent)|(?:not|n't) (?:deliver|reach)\b|(?:unable|wasn't able|not able|failed|trouble) (?:to )?(?:deliver|send)`,
    String.raw`deliver\w*(?: \w+){0,4} (?:fail|problem|error|delay)|deliver(?:y|ies) (?:status|report|notification)|fail(?:ed|ure) (?:notice|deliver)|(?:mail|message)(?: system)?(?: has)? (?:failure|failed|error|bounce)|bounce notification|notificationtype\W{1,9}bounce`,
    String.raw`return(?:ed|ing)(?: \w+)? (?:mail|to sender)|permanent (?:fatal )?error|error sending your`,
    String.raw`unzustellbar|nicht zugestellt|zustell\w* ?(?:fehl|nicht)|non (?:remis|distribué|délivré)|échec|no (?:se (?:ha )?(?:podido|pudo)|entregad)|mancata consegna|não (?:foi )?(?:entregue|pôde)|не (?:может быть )?доставлен|недоставлен|配信(?:でき|不能|エラー)|送信できません|退信|投递失败`,
  ].join('|'),
  'i',
);

/** Whether a text only warns that a message is late and still being tried. */
export const isDelayWarning = ({ subject, text }: Pick<Mail, 'subject' | 'text'>) =>
  LATE.test(`${subject}\n${text.slice(0, 4000)}`) && !FINAL.test(text.slice(0, 4000));

const LATE =
  /warning message only|this is a warning only|(?:has|have|been|is) delayed|delayed (?:mail|\d+ hours)|\(delay\)|not yet been delivered|will (?:be retried|keep trying|continue to try)|(?:need|have) to resend|delivery attempts will continue|still (?:being|trying)/i;

const FINAL =
  /permanent(?:ly)? (?:error|fail|fatal)|failed permanently|giving up|given up|gave up|no further/i;

/**
 * What a text says of a refusal: its paragraphs are judged one by one, those with codes before those without. The
 * kindest of the verdicts holds, for it may speak of several recipients and we wrote to one.
 */
export function judgeText(text: string): Judgement {
  const story = storyOf(text);
  const judged = text
    .split(/\n\s{0,200}\n/)
    .map((answer) => ({ coded: CODED.test(answer), ...judge({ status: '', answer, story }) }))
    .filter(({ reason }) => reason !== NOTHING_SAID);
  const coded = judged.filter((one) => one.coded);
  const best = kindest(coded.length > 0 ? coded : judged);
  return best ?? { severity: 'soft', reason: NOTHING_SAID, status: null };
}

/** An SMTP reply or an enhanced code. */
const CODED = /(?<![\d.])[45]\d\d[ -:]|(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?!\.?\d)/;

/** A soft verdict before a hard one. */
export const kindest = <Some extends Judgement>(judgements: readonly Some[]): Some | undefined =>
  judgements.find(({ severity }) => severity === 'soft') ?? judgements[0];
