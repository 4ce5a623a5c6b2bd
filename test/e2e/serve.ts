import type { App } from '../../src/app.ts';
import { deliverDue } from '../../src/delivery/deliver.ts';
import { sendLetters } from '../../src/delivery/letters.ts';
import { compose } from '../../src/digests/compose.ts';
import { listen } from '../../src/web/server.ts';
import type { Arrived, Mailbox } from '../support/mailbox.ts';

export type Served = {
  url: string;
  /** Sends the letters that wait, and the digests that are due; gives what came to the address since the last time. */
  mailTo: (address: string) => Promise<Arrived[]>;
  close: () => Promise<void>;
};

/** The site at the app's own address, for a browser, beside the mail server that its mail goes to. */
export async function serve(app: App, mailbox: Mailbox): Promise<Served> {
  const server = await listen(app);
  return {
    url: app.config.baseUrl,
    mailTo: async (address) => {
      mailbox.mails.length = 0;
      await sendLetters(app);
      await compose(app, { now: true });
      await deliverDue(app);
      return mailbox.mails.filter(({ to }) => to === address);
    },
    close: async () => {
      await server.close(1);
      await app.close();
      await mailbox.close();
    },
  };
}
