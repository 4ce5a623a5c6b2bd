import type { ParsedTopic } from '../topics/topic.ts';

/**
 * What an abbreviation stands for, where a text introduces it: "Multi-Token Prediction (MTP)". Null unless the topic is
 * one word that the table of abbreviations does not have. After Schwartz and Hearst, "A simple algorithm for identifying
 * abbreviation definitions in biomedical text" (2003), with the first letters of whole words only.
 */
export function longForm({ ways }: ParsedTopic, text: string): string | null {
  const [way] = ways;
  const [word] = way?.words ?? [];
  if (!way || !word || ways.length > 1 || way.words.length > 1) return null;
  if (word.forms.some((form) => form.includes(' '))) return null;
  const short = word.text.replace(/s$/, '');
  if (!/^[a-z][a-z0-9]{1,7}$/.test(short)) return null;
  const at = text.search(new RegExp(`\\(${short}s?\\)`, 'i'));
  if (at === -1) return null;
  const before = text.slice(Math.max(0, at - 200), at).match(/[\p{L}\p{N}]+/gu) ?? [];
  const words = before.slice(-short.length).map((part) => part.toLowerCase());
  return words.length === short.length && words.every((part, n) => part[0] === short[n])
    ? words.join(' ')
    : null;
}
