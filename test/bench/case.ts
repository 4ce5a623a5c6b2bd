/** What a case may use. */
export type Bench = {
  /** A PostgreSQL server, as a URL, on which databases may be made. */
  server: string;
  /** Less of everything, so that the whole run takes less than two minutes. */
  quick: boolean;
};

export type Line = {
  /** Lasting: the baseline knows a line by it. */
  id: string;
  what: string;
  value: number;
  unit: string;
  /** Against a yardstick in the same run. */
  ratio?: Ratio;
};

export type Ratio = { to: string; value: number; better: 'more' | 'less'; goal?: number };

export type Case = (bench: Bench) => Promise<Line[]>;
