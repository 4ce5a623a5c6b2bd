/** The words of an HTML mail, a line for each block, for mails that have no text of their own. Linear in its length. */
export function textOfHtml(html: string): string {
  return withoutCode(html)
    .replace(/\s{1,1000}/g, ' ')
    .replace(/<(?:br|\/?(?:p|div|li|tr|h[1-6]|ul|ol|table|blockquote|pre|hr))(?![\w-])[^<>]*>/gi, '\n')
    .replace(/<[^<>]*>/g, '')
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,6}));/gi, (entity, decimal, hex, name) =>
      decimal || hex ? character(parseInt(decimal ?? hex, decimal ? 10 : 16)) : (NAMED[name] ?? entity),
    );
}

/** Without scripts, styles and the title, which nobody reads as text. */
function withoutCode(html: string): string {
  const [before = '', ...after] = html.split(/<(?:script|style|title)(?![\w-])/i);
  const rest = after.map((piece) => {
    const end = piece.search(/<\/(?:script|style|title)(?![\w-])/i);
    return end < 0 ? '' : piece.slice(end);
  });
  return [before, ...rest].join('');
}

const character = (code: number) =>
  code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? '\ufffd' : String.fromCodePoint(code);

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
