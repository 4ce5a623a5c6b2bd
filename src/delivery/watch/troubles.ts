import { SOURCE_NAMES } from '../../papers/paper.ts';
import { inWords } from './in-words.ts';
import { type SourceState, type Vitals, wasTried } from './vitals.ts';

/** One thing that is wrong, by a name that stays the same as long as it is. */
export type Trouble = { name: string; text: string };

/** What is wrong, in sentences. Pure. */
export const troubles = (vitals: Vitals): Trouble[] => LOOKS.flatMap((look) => look(vitals) || []);

/** An edition later than this after its time. */
const LATE_HOURS = 4;
/** The sources are read every two hours; lists come once a day. */
const STALE_HOURS = 26;
const WAITING_MINUTES = 60;
/** Whoever pauses sending for so long has forgotten it. */
const PAUSED_HOURS = 6;
/** Gmail refuses senders above it; https://support.google.com/mail/answer/81126. */
const COMPLAINT_RATE = 0.003;
const BOUNCE_RATE = 0.02;
/** Of fewer mails a rate says nothing. */
const FEWEST_SENT = 200;

type Look = (vitals: Vitals) => Trouble | Trouble[] | false;

const late: Look = ({ due, sources }) =>
  !due.published &&
  due.hoursLate > LATE_HOURS &&
  sources.some(wasTried) && {
    name: 'no edition',
    text: `The edition of ${due.date} is ${Math.floor(due.hoursLate)} hours late.${due.held ? ` ${due.held}` : ''}`,
  };

const stale: Look = ({ sources }) =>
  sources.filter(isStale).map((source) => ({ name: `stale ${source.name}`, text: staleness(source) }));

const isStale = (source: SourceState) =>
  wasTried(source) && (source.ageSeconds ?? Number.POSITIVE_INFINITY) > STALE_HOURS * 3600;

function staleness({ name, ageSeconds, error }: SourceState): string {
  const since =
    ageSeconds === null ? 'was never read' : `was last read ${Math.floor(ageSeconds / 3600)} hours ago`;
  return `${SOURCE_NAMES[name]} ${since}${error === null ? '.' : `: ${error}`}`;
}

const refused: Look = ({ sending }) =>
  sending.state === 'refused' && {
    name: 'refused',
    text: `The mail server refuses us, so sending pauses: ${inWords(sending.reason)}.`,
  };

const waiting: Look = ({ sending, waiting: { count, oldestSeconds } }) =>
  sending.state === 'flows' &&
  oldestSeconds > WAITING_MINUTES * 60 && {
    name: 'waiting',
    text: `${mailsWait(count)}, the oldest for ${Math.floor(oldestSeconds / 60)} minutes.`,
  };

const paused: Look = ({ sending, waiting: { count, oldestSeconds } }) =>
  sending.state === 'paused' &&
  oldestSeconds >= PAUSED_HOURS * 3600 && {
    name: 'paused',
    text: `Sending is paused, and ${mailsWait(count)}, the oldest for ${Math.floor(oldestSeconds / 3600)} hours. To let them go: paperboy resume.`,
  };

const mailsWait = (count: number) => (count === 1 ? '1 mail waits' : `${count} mails wait`);

const complaints: Look = ({ week: { complained, sent } }) =>
  rate(complained, sent) > COMPLAINT_RATE && {
    name: 'complaints',
    text: `${percent(complained, sent)} of the week's mails were complained of; Gmail refuses from 0.3 % on.`,
  };

const bounces: Look = ({ week: { bounced, sent } }) =>
  rate(bounced, sent) > BOUNCE_RATE && {
    name: 'bounces',
    text: `${percent(bounced, sent)} of the week's mails met a dead mailbox.`,
  };

const rate = (count: number, sent: number) => (sent >= FEWEST_SENT ? count / sent : 0);
const percent = (count: number, sent: number) => `${((100 * count) / sent).toFixed(2)} %`;

const LOOKS = [late, stale, refused, waiting, paused, complaints, bounces];
