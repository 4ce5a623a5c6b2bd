import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';

/** A file for the rows that could not be taken, made with the first of them: each as it was, after its line and problem. */
export type Aside = {
  file: string;
  header: (text: string) => void;
  row: (row: { line: number; text: string }, problems: string[]) => void;
  close: () => Promise<void>;
};

/** A mended file of these can be imported as it is: the two columns that were put before the others are passed over. */
export function keepAside(file: string): Aside {
  let head = '';
  let out: WriteStream | undefined;
  const cells = (...values: (string | number)[]) => stringify([values]).trimEnd();
  return {
    file,
    header: (text) => {
      head = text;
    },
    row: ({ line, text }, problems) => {
      // Whoever may read it reads addresses.
      out ??= createWriteStream(file, { mode: 0o600 });
      if (out.bytesWritten === 0 && out.writableLength === 0) out.write(`line,problem,${head}\n`);
      out.write(`${cells(line, problems.join('; '))},${text}\n`);
    },
    close: async () => {
      if (!out) return;
      out.end();
      await finished(out);
    },
  };
}
