import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSmtp } from '../../../src/lib/smtp/smtp.ts';
import { type Answer, openTalker, type Said, well } from '../../support/talker.ts';

const READERS = Array.from({ length: 6 }, (_, n) => `reader${n}@example.org`);

const bytesFor = (to: string) =>
  `To: ${to}\r\n.hidden: dot\r\n\r\n${'A line.\r\n'.repeat(20)}.\r\nand one more\r\n`;

/** One answer: what it says (null: what a server should), where it is cut in two, whether it hangs up in between. */
type Whim = { says: string | null; cut: number; hangsUp: boolean };

const whims: fc.Arbitrary<Whim> = fc.record({
  says: fc.oneof(
    { weight: 20, arbitrary: fc.constant(null) },
    {
      weight: 10,
      arbitrary: fc.constantFrom(
        ...['250 2.0.0 ok\r\n', '354 go on\r\n', '450 4.2.0 later\r\n', '550 5.1.1 nobody\r\n', '554 no\r\n'],
        ...[
          '421 4.3.2 closing\r\n',
          '550-5.7.1 go\r\n550 5.7.1 away\r\n',
          '250\n',
          '220 talker\r\n',
          '334 \r\n',
        ],
        ...['250 one\r\n250 two\r\n', '550 5.1.1 one\r\n354 two\r\n', '354 go on\r\n250 taken already\r\n'],
        ...['250-one\r\n550 two\r\n', 'rubbish\r\n', '\r\n', '\0\xff\r\n', '999 what\r\n', '250-half'],
      ),
    },
    { weight: 1, arbitrary: fc.constant('') },
  ),
  cut: fc.nat(40),
  hangsUp: fc.oneof(
    { weight: 9, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
});

type Heard = Said & { reply: string };

test('whatever a server says, in whatever pieces, and wherever it hangs up: what is called sent was taken, and a refusal is its own', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(whims, { minLength: 1, maxLength: 40 }), async (told) => {
      const whimsical = told.values();
      const heard: Heard[] = [];
      await using talker = await openTalker((said) => {
        const { says, cut, hangsUp } = whimsical.next().value ?? { says: null, cut: 0, hangsUp: false };
        const whole = says ?? well(said).join('');
        const answer: Answer = [whole.slice(0, cut), hangsUp ? null : whole.slice(cut)];
        heard.push({ ...said, reply: answer.join('') });
        return answer;
      });
      const smtp = openSmtp({ url: talker.url, connections: 2, allowPlaintext: false, timeoutSeconds: 0.1 });
      try {
        for (const pair of [0, 2, 4])
          await Promise.all(
            READERS.slice(pair, pair + 2).map(async (to) => {
              const reply = await smtp.send({
                from: 'bounce@paperboy.test',
                to,
                raw: bytesFor(to),
              });
              if (reply.accepted) expect(taken(heard, to)).toBe(true);
              else if (reply.code) expect(wasTold(heard, to, reply.text)).toBe(true);
            }),
          );
      } finally {
        smtp.close();
      }
      for (const { verb, text, to } of heard)
        if (verb === 'MESSAGE' && text !== '') expect(text).toBe(bytesFor(to).replace(/^\./gm, '..'));
    }),
    { numRuns: 100, seed: 20_261_125 },
  );
}, 120_000);

/** Whether the server said yes to a whole message for this reader. */
const taken = (heard: Heard[], to: string) =>
  heard.some(
    (said) => said.to === to && said.verb === 'MESSAGE' && said.text !== '' && said.reply.startsWith('2'),
  );

/** Whether the server said so about this reader, or before there was anything to speak of. */
const wasTold = (heard: Heard[], to: string, text: string) =>
  heard.some(
    (said) =>
      ((said.to === to && said.verb !== 'CONNECT') ||
        ['CONNECT', 'EHLO', 'HELO', 'MAIL'].includes(said.verb)) &&
      said.reply.replaceAll('\r\n', '\n').includes(text),
  );
