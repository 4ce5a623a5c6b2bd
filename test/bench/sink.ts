// An SMTP server that costs next to nothing: it answers, counts the messages, and keeps none. Started by peers.ts.
import { type AddressInfo, createServer, type Socket } from 'node:net';

const END = Buffer.from('\r\n.\r\n');
const NOTHING = Buffer.alloc(0);
let taken = 0;

function converse(socket: Socket): void {
  let within = false;
  let rest: Buffer = NOTHING;
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.write('220 sink\r\n');
  const answer = (line: string): string => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO') return '250-sink\r\n250-8BITMIME\r\n250 PIPELINING\r\n';
    if (verb === 'QUIT') return '221 bye\r\n';
    within = verb === 'DATA';
    return within ? '354 go on\r\n' : '250 ok\r\n';
  };
  socket.on('data', (chunk: Buffer) => {
    let bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let answers = '';
    for (;;) {
      const end = bytes.indexOf(within ? END : 10);
      if (end < 0) break;
      if (within) {
        taken += 1;
        answers += '250 taken\r\n';
        within = false;
        bytes = bytes.subarray(end + END.length);
      } else {
        answers += answer(bytes.toString('latin1', 0, end));
        bytes = bytes.subarray(end + 1);
      }
    }
    // Of a message only what may be the beginning of its end.
    rest = within ? bytes.subarray(-4) : bytes;
    if (answers) socket.write(answers);
  });
}

const server = createServer(converse);
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', () => process.send?.({ taken }));
process.on('disconnect', () => process.exit());
