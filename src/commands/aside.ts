import { type FileHandle, open } from 'node:fs/promises';
import { stringify } from 'csv-stringify/sync';
import { reasonOf } from './text.ts';

/** A new file for the rows that could not be taken, made with the first of them: each as it was, after its line and problem. */
export type Aside = {
  row: (row: { line: number; text: string }, problems: string[]) => Promise<void>;
  /** `badRows`: the file where they are, if there are any; `lost`: why not all are there. */
  close: () => Promise<{ badRows?: string; lost?: string }>;
};

/**
 * A mended file of these can be imported as it is: the two columns that were put before the others are passed over. One
 * that is there already, and may be being mended, stays.
 *
 * @param of the file that is imported
 * @param header its first line
 */
export function keepAside(of: string, header: string): Aside {
  let kept: { file: string; handle: FileHandle } | undefined;
  let lost: string | undefined;
  const cells = (...values: (string | number)[]) => stringify([values]).trimEnd();
  return {
    row: async ({ line, text }, problems) => {
      if (lost !== undefined) return;
      try {
        if (!kept) {
          kept = await openNew(of);
          await kept.handle.appendFile(`line,problem,${header}\n`);
        }
        await kept.handle.appendFile(`${cells(line, problems.join('; '))},${text}\n`);
      } catch (error) {
        lost = reasonOf(error);
      }
    },
    close: async () => {
      await kept?.handle.close();
      return { ...(kept ? { badRows: kept.file } : {}), ...(lost === undefined ? {} : { lost }) };
    },
  };
}

async function openNew(of: string): Promise<{ file: string; handle: FileHandle }> {
  for (let n = 1; ; n++) {
    const file = n === 1 ? `${of}.bad.csv` : `${of}.bad-${n}.csv`;
    try {
      // Whoever may read it reads addresses.
      return { file, handle: await open(file, 'wx', 0o600) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
