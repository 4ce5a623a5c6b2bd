/** A reason of the ledger with what its code means (RFC 3463), for people: `550 5.1.1: no such mailbox`. Others stay as they are. */
export function inWords(reason: string): string {
  const code = /^[245]\d\d [245]\.(\d{1,3}\.\d{1,3})$/.exec(reason)?.[1];
  const words = code === undefined ? undefined : (MEANINGS[code] ?? MEANINGS[code.replace(/\.\d+$/, '')]);
  return words === undefined ? reason : `${reason}: ${words}`;
}

/** By subject and detail, or by the subject alone. */
const MEANINGS: Record<string, string> = {
  '1.1': 'no such mailbox',
  '1.2': 'no such mail system',
  '1.6': 'the mailbox has moved',
  '1.10': 'the domain takes no mail',
  '1': 'the address is not good',
  '2.1': 'the mailbox is disabled',
  '2.2': 'the mailbox is full',
  '2.3': 'the message is too big for the mailbox',
  '2': 'the mailbox takes no mail',
  '3': 'the mail system takes no mail',
  '4': 'the way there is broken',
  '5': 'the servers do not understand one another',
  '6': 'the content is not taken',
  '7': 'refused by policy',
};
