import { pino } from 'pino';

export type Logger = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error'>;

/** JSON lines on standard error; standard output belongs to the commands. No address and no token goes in. */
export function openLog(level: string, to: pino.DestinationStream = standardError()): Logger {
  return pino({ level, base: null, serializers: { err: described } }, to);
}

const standardError = () => pino.destination({ dest: 2, sync: true });

/** What went wrong and where, without the addresses and tokens that a database or a mail server puts into its words. */
export function described(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  return text
    .replace(/[^\s@/<(=,"]+@[^\s@/>),"]+\.[^\s@/>),"]+/g, '[address]')
    .replace(/[\w-]{43,}/g, '[token]');
}

export const silent: Logger = pino({ level: 'silent' });
