import { linesOf } from '../../subscribers/wishes.ts';

/**
 * A form's fields with the suggestion taken whose button was pressed: `add` brings a topic to the others, `swap` puts the
 * one on its second line in the place of the one on its first.
 */
export function taken(fields: unknown): Record<string, unknown> {
  const { add, swap, ...given }: Record<string, unknown> =
    typeof fields === 'object' && fields !== null ? { ...fields } : {};
  const written = given.topics;
  const lines = typeof written === 'string' || isTexts(written) ? linesOf(written) : [];
  const [old, next] = typeof swap === 'string' ? linesOf(swap) : [];
  if (typeof add === 'string') lines.push(...linesOf(add).slice(0, 1));
  if (old !== undefined && next !== undefined) {
    const at = lines.indexOf(old);
    lines.splice(at === -1 ? lines.length : at, 1, next);
  }
  return { ...given, topics: lines.join('\n') };
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string');
