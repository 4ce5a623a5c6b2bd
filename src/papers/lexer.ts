import { createHash } from 'node:crypto';
import { abbreviations, idioms } from './abbreviations.ts';
import { senses } from './senses.ts';

/**
 * To be counted up when the rules of text.ts, wording.ts, sentences.ts or senses.ts change; a change of the tables is seen by
 * itself.
 */
const RULES = 6;

/** Names the rules and tables by which text becomes lexemes. What others made is made anew (topics/relex.ts). */
export const LEXER: string = createHash('sha256')
  .update(`${RULES}${abbreviations}${idioms}${senses}`)
  .digest('base64url')
  .slice(0, 8);
