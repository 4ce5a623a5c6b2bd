/** What a mail server answers (RFC 5321, section 4.2). `text` is the whole of it, codes included, lines apart by `\n`. */
export type Reply = { code: number; text: string };

/**
 * The whole replies that a server has given so far, and the rest: what may become one. A rest of null: this is not the
 * talk of a mail server, and nothing that follows can be relied upon. Pure.
 */
export function readReplies(said: string): { replies: Reply[]; rest: string | null } {
  const replies: Reply[] = [];
  let lines: string[] = [];
  let read = 0;
  let whole = 0;
  for (let end = said.indexOf('\n'); end >= 0; end = said.indexOf('\n', read)) {
    const line = said.slice(read, end).replace(/\r$/, '');
    read = end + 1;
    const [, code, more] = LINE.exec(line) ?? [];
    if (code === undefined || !(lines[0] ?? code).startsWith(code)) return { replies, rest: null };
    lines.push(line);
    if (more === '-') continue;
    replies.push({ code: Number(code), text: lines.join('\n') });
    lines = [];
    whole = read;
  }
  return { replies, rest: said.length - whole > LONGEST ? null : said.slice(whole) };
}

/** The same code on each line, and a hyphen after it on all but the last. */
const LINE = /^([2-5]\d\d)(?:([ -])|$)/;

/** Characters of one reply; a line has 512 at the most (RFC 5321, section 4.5.3.1.5), and few replies have ten. */
const LONGEST = 16_384;
