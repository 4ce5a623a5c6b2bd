/** `verb` is what was answered, `code` how. Without a code there was no answer, and `error` names what happened. */
export type Refusal = { accepted: false; code?: number; error?: string; verb?: string; text: string };

/** What nodemailer throws, and we in its manner. */
export type SmtpError = Error & {
  code?: string;
  responseCode?: number;
  response?: string;
  command?: string;
  /** The system's or OpenSSL's own name for what nodemailer calls ESOCKET. */
  originalCode?: string;
  syscall?: string;
  timeoutType?: string;
};

export const smtpError = (code: string, message: string): SmtpError =>
  Object.assign(new Error(message), { code });

/** An error as a reply to `verb`; by itself it knows only what it answers while a session is opened. */
export function failureOf(error: SmtpError, verb = error.command): Refusal {
  const { responseCode, response, message } = error;
  const name = unreachable(error) ? 'UNREACHABLE' : untrusted(error) ? 'ETLS' : error.code;
  return {
    accepted: false,
    ...(responseCode === undefined ? {} : { code: responseCode }),
    ...(name === undefined ? {} : { error: name }),
    ...(verb === undefined ? {} : { verb }),
    text: response ?? message,
  };
}

/** Nobody was there, or nobody who greets: not a byte of the message can have left. */
const unreachable = ({ code, syscall, timeoutType }: SmtpError): boolean =>
  code === 'EDNS' ||
  syscall === 'connect' ||
  timeoutType === 'CONNECTION_TIMEOUT' ||
  timeoutType === 'GREETING_TIMEOUT';

/** The handshake failed or the certificate did not satisfy: the connection was ended before anything was said in it. */
const untrusted = ({ originalCode = '', timeoutType }: SmtpError): boolean =>
  /CERT|SSL|TLS|^UNABLE_TO_/.test(originalCode) || timeoutType === 'UPGRADE_TIMEOUT';
