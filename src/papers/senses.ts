/**
 * Words that Postgres' stemmer takes for one another though they are not about the same: a topic of "object detection"
 * is not met by an "objective", nor "initial value" by an "initialization". Each line is a word with its forms that is
 * kept apart from the others of its stem; endings follow a slash.
 *
 * Many are nouns that a topic may be about, beside the verb by which every abstract speaks of itself: we demonstrate,
 * explore, observe, propose; it consists of.
 */
export const senses = `
accountability
action/s
affinity/ies
affordable
animal/s
anime
authority/ies
computer/s
consist/s/ed/ing
continual/ly
continuous/ly
conversely
conversion/s
critic/s
customer/s
demonstration/s
direction/s/al
directly
emergency/ies
experience/s/d
explanatory
exploration/s
formal/ly
formation/s
hardly
highly
humanity/ies
identical/ly
importance
important/ly
informal/ly
information
initiate/s/d
integrity
internal/ly
international/ly
largely
majority/ies
mechanism/s
minority/ies
moderation
module/s
multiplication/s
observation/s/al
operator/s
organic/ally
organism/s
paste/s/d
personal/ly
personality/ies
presentation/s
production/s
projection/s
proposal/s
provenance
publication/s
reasonable
reasonably
reference/s
representation/s/al
responsibility/ies
responsible
several
shortly
terminal/s
transformer/s
universal/ly/ity
university/ies
`;

const kept = new Map<string, string>();
for (const line of senses.trim().split('\n')) {
  const [word = '', ...endings] = line.split('/');
  for (const ending of ['', ...endings])
    kept.set(ending === 'ies' ? word.replace(/y$/, 'ies') : word + ending, word);
}

/** A word, in lower case, as it is looked up: British like American, and apart from others that merely share its stem. */
export function senseOf(written: string): string {
  const plain = kept.get(written);
  if (plain !== undefined) return `${plain}0`;
  const word = american(written);
  if (!RULED.test(word)) return word;
  // What is made so (-ize) is another thing than being so: normal and normalization. An objective is no object.
  return word
    .replace(/^(.{2,}[^s])iz(?:e|es|ed|ing|er|ers|able|ation|ations)$/, '$1ize0')
    .replace(/^(.{2,}[ts])ive(?:s|ly|ness)?$/, '$1ive0')
    .replace(/^(.{2,}[ts])ivit(?:y|ies)$/, '$1ivity0');
}

/** What the rules are about; most words are not. */
const RULED = /iz|[ts]iv/;
const BRITISH = /is|our|lys|ll|ntre|grey/;

/** A word, in lower case, as Americans write it. */
export const american = (word: string): string => (BRITISH.test(word) ? respelt(word) : word);

const respelt = (word: string): string =>
  word
    .replace(/isation(s?)$/, 'ization$1')
    .replace(
      /^((?:general|initial|local|maxim|minim|normal|optim|organ|parallel|personal|quant|real|recogn|regular|summar|token|util|visual))is(e|es|ed|ing|er|ers)$/,
      '$1iz$2',
    )
    .replace(/^(analy)s(e|ed|ing|er|ers)$/, '$1z$2')
    .replace(/^(behavi|col|fav|neighb)our/, '$1or')
    .replace(/^(label|model|signal|travel|cancel|tunnel)l(ed|ing|er|ers)$/, '$1$2')
    .replace(/^cent(re|res)$/, (_, end) => `cente${end === 're' ? 'r' : 'rs'}`)
    .replace(/^grey/, 'gray');
