/** Figures and promises of a case. */
export type Report = {
  figures: (figures: Record<string, string | number>) => void;
  /** A sentence about the product that must be true; `otherwise` says what was seen instead. */
  promise: (sentence: string, kept: boolean, otherwise?: unknown) => void;
};

/** Keeps the lines, so that cases that run beside each other are printed one after the other. */
export function openReport(): Report & { lines: string[]; broken: string[] } {
  const lines: string[] = [];
  const broken: string[] = [];
  return {
    lines,
    broken,
    figures: (figures) => {
      const all = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
      lines.push(`  ${all.join(' · ')}`);
    },
    promise: (sentence, kept, otherwise) => {
      lines.push(`  ${kept ? 'kept  ' : 'BROKEN'} ${sentence}`);
      if (kept) return;
      broken.push(sentence);
      if (otherwise !== undefined) lines.push(`         ${JSON.stringify(otherwise)}`);
    },
  };
}
