import { explain, idIn } from '../delivery/explain.ts';
import { parseAddress } from '../subscribers/address.ts';
import { parseSignUp, subscribe } from '../subscribers/subscribe.ts';
import { erase, unsuppress } from '../subscribers/suppression.ts';
import { splitTopics } from './cells.ts';
import { type Run, wrong } from './command.ts';
import { sentence } from './entries.ts';
import { printable } from './text.ts';

/** Signs one address up, as the site does: a confirmation is mailed, nothing else happens before it is answered. */
export const runSubscribe =
  ({ topics, ...rest }: { email: string; topics: string } & Record<string, unknown>): Run =>
  async (app) => {
    const parsed = parseSignUp({ ...rest, topics: splitTopics(topics) });
    if (!parsed.ok) return wrong(parsed.problems.map(sentence));
    const outcome = await subscribe(app, parsed.signUp);
    if (!outcome.ok) return wrong(outcome.problems.map(sentence));
    return {
      data: { status: 'accepted' },
      lines: ['Accepted. Unless the address has a subscription, a confirmation is on its way to it.'],
    };
  };

export const runExplain =
  (address: string, paperId: string): Run =>
  async (app) => {
    const problems = [parseAddress(address), idIn(paperId)].flatMap(
      (read) => ('problem' in read && read.problem) || [],
    );
    if (problems.length > 0) return wrong(problems);
    const { found, lines } = await explain(app, address, paperId);
    return { data: { found, lines }, lines: lines.map(printable), failed: !found };
  };

export const runErase =
  (address: string): Run =>
  async (app) => {
    const erased = await erase(app, address);
    if (!erased.ok) return wrong([erased.problem]);
    const what = erased.found ? 'Erased.' : 'Nobody has subscribed with this address.';
    return { data: { found: erased.found }, lines: [`${what} It stays suppressed, as a keyed hash.`] };
  };

export const runUnsuppress =
  (address: string): Run =>
  async (app) => {
    const lifted = await unsuppress(app, address);
    if (!lifted.ok) return wrong([lifted.problem]);
    const line = lifted.found
      ? 'Lifted. The address may sign up again, and is asked to confirm.'
      : 'This address is not suppressed.';
    return { data: { found: lifted.found }, lines: [line] };
  };
