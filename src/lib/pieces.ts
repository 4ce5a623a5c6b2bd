/** A text of ASCII in pieces, and pieces of pieces: texts that have some in common are not copied for that. */
export type Pieces = string | readonly Pieces[];

/** In bytes. */
export function sizeOf(pieces: Pieces): number {
  if (typeof pieces === 'string') return pieces.length;
  let size = 0;
  for (const piece of pieces) size += sizeOf(piece);
  return size;
}

export function textOf(pieces: Pieces): string {
  if (typeof pieces === 'string') return pieces;
  let text = '';
  for (const piece of pieces) text += textOf(piece);
  return text;
}

/** Writes the text down, from the beginning of a sheet that has room for it. */
export const layOut = (pieces: Pieces, sheet: Buffer): Buffer => sheet.subarray(0, write(pieces, sheet, 0));

/** @returns where it ends */
function write(pieces: Pieces, sheet: Buffer, start: number): number {
  if (typeof pieces === 'string') return start + sheet.write(pieces, start, 'latin1');
  let at = start;
  for (const piece of pieces) at = write(piece, sheet, at);
  return at;
}
