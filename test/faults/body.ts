import type { Socket } from 'node:net';

const END = Buffer.from('\r\n.\r\n');

/**
 * Reads the bytes of a message as they travel, up to the line with the dot (RFC 5321 section 4.1.1.4), and what came
 * along after it.
 *
 * @param begun called at the first bytes
 * @throws when the connection ends before
 */
export function readBody(socket: Socket, begun: () => void): Promise<{ raw: Buffer; rest: Buffer }> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    // A dot on the first line ends an empty message.
    let tail: Buffer = Buffer.from('\r\n');
    const leave = () => {
      socket.off('data', read);
      socket.off('close', lost);
    };
    const lost = () => {
      leave();
      reject(new Error('the connection ended within a message'));
    };
    const read = (chunk: Buffer) => {
      if (parts.length === 0) begun();
      const seen = Buffer.concat([tail, chunk]);
      const end = seen.indexOf(END);
      if (end < 0) {
        parts.push(chunk);
        tail = seen.subarray(-4);
        return;
      }
      const used = end + END.length - tail.length;
      parts.push(chunk.subarray(0, used));
      leave();
      resolve({ raw: Buffer.concat(parts), rest: chunk.subarray(used) });
    };
    socket.on('data', read);
    socket.on('close', lost);
  });
}
