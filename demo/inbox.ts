import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { MailDev } from 'maildev';

export type Caught = { subject: string; text: string; html: string; raw: Buffer };

export type Inbox = {
  /** The next mail to an address whose subject matches, among those not handed out yet; waits up to 30 s for it. */
  next: (address: string, subject: RegExp) => Promise<Caught>;
  close: () => Promise<void>;
};

/** A mail catcher with a web inbox, both on 127.0.0.1. */
export async function openInbox(ports: { smtp: number; web: number }): Promise<Inbox> {
  const maildev = new MailDev({
    smtp: ports.smtp,
    ip: '127.0.0.1',
    web: ports.web,
    webIp: '127.0.0.1',
    silent: true,
  } as never);
  const { smtp } = await quietly(() => maildev.start());
  type Mail = Awaited<ReturnType<typeof smtp.getEmail>>;
  const waiting: Mail[] = [];
  let wake = () => {};
  smtp.on('new', (mail: Mail) => {
    waiting.push(mail);
    wake();
  });
  return {
    next: async (address, subject) => {
      const patience = AbortSignal.timeout(30_000);
      for (;;) {
        const at = waiting.findIndex(
          (mail) => mail.to.some((to) => to.address === address) && subject.test(mail.subject),
        );
        const [mail] = at < 0 ? [] : waiting.splice(at, 1);
        if (mail) {
          const raw = await buffer(createReadStream(mail.source));
          return { subject: mail.subject, text: mail.text ?? '', html: String(mail.html ?? ''), raw };
        }
        await new Promise<void>((resolve, reject) => {
          wake = resolve;
          patience.onabort = () =>
            reject(new Error(`No mail to ${address} matching ${subject} came within 30 s.`));
        });
      }
    },
    close: () => maildev.stop(),
  };
}

/** MailDev announces itself on the console whatever `silent` says. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { info } = console;
  console.info = () => {};
  try {
    return await work();
  } finally {
    console.info = info;
  }
}
