import type { Report } from './report.ts';

export type Case = (faults: {
  /** A PostgreSQL server, as a URL, on which databases may be made. */
  server: string;
  seed: number;
  report: Report;
}) => Promise<void>;
