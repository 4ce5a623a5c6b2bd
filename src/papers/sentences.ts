/**
 * The sentences of an abstract that say what the paper is about. Where its code, data or models are to be had is left out:
 * a third of all papers say that, and of those that say "code" two thirds only there.
 */
export const tellingSentences = (abstract: string): string[] =>
  abstract.split(/(?<=[.?!;:])\s+(?=\p{Lu})/u).filter((sentence) => !isAnnouncement(sentence));

const WARE =
  '(?:codes?|data|datasets?|benchmarks?|models?|weights|checkpoints?|demos?|librar(?:y|ies)|toolkits?|samples?|results|videos?|(?:web|home)?pages?|websites?|repositor(?:y|ies)|github)';
const POINTS_THERE = new RegExp(`\\b${WARE}\\b.*https?:|https?:.*\\b${WARE}\\b`, 'i');
const IS_THERE = new RegExp(
  `^(?:to [^,]*, )?(?:(?:all|our|the|this|its|source|training|inference|full|related|project|associated) )*${WARE}\\b.*\\b(?:is|are|be|been)\\b.*\\b(?:available|released|open[- ]?sourced|public)\\b`,
  'i',
);
const IS_MISSED = /\b(?:not|never|rarely|seldom|hardly)\b/i;
/** What is longer says more than that. */
const MOST = { words: 20, characters: 400 };

const isAnnouncement = (sentence: string): boolean =>
  sentence.length <= MOST.characters &&
  sentence.split(' ').length <= MOST.words &&
  (POINTS_THERE.test(sentence) || (IS_THERE.test(sentence) && !IS_MISSED.test(sentence)));
