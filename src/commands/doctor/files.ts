import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../../config.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** The data folder, and whether others on this machine can read what is secret. */
export async function checkFiles({ databaseUrl, dataDir, secrets }: Config): Promise<Finding[]> {
  const used = databaseUrl === undefined || secrets === undefined;
  return [
    ...(used ? await folder(dataDir) : []),
    ...(await Promise.all(['.env', join(dataDir, 'secret')].map(readableByOthers))).flat(),
  ];
}

/** Why a data folder cannot be there, or be written to. */
export async function whyUnusable(dataDir: string): Promise<string | null> {
  const place = await nearest(resolve(dataDir));
  if (!(await stat(place)).isDirectory()) return `${place} is no folder`;
  const writable = await access(place, constants.W_OK).then(
    () => true,
    () => false,
  );
  // Root may write to /proc as far as its mode tells, but nothing there keeps a file.
  const { blocks } = await statfs(place);
  return writable && blocks > 0 ? null : `${place} cannot be written to`;
}

const GB = 1024 ** 3;

async function folder(dataDir: string): Promise<Finding[]> {
  const why = await whyUnusable(dataDir);
  if (why)
    return [
      fail('disk', why, 'Set DATA_DIR to a folder of the user that Paperboy runs as, or give it this.'),
    ];
  const { bavail, bsize } = await statfs(await nearest(resolve(dataDir)));
  const free = bavail * bsize;
  const found = `${(free / GB).toFixed(1)} GB free where ${dataDir} is`;
  if (free < 0.1 * GB) return [fail('disk', found, 'Make room at once: a full disk stops the database.')];
  if (free < GB) return [warn('disk', found, 'Make room; a year of 1,000 readers takes about 1 GB.')];
  return [ok('disk', found)];
}

/** The folder itself, or the one that it will be made in. */
async function nearest(folder: string): Promise<string> {
  const there = await stat(folder).then(
    () => true,
    () => false,
  );
  return there || folder === dirname(folder) ? folder : nearest(dirname(folder));
}

async function readableByOthers(file: string): Promise<Finding[]> {
  const mode = await stat(file).then(
    (found) => found.mode,
    () => 0,
  );
  if ((mode & 0o007) === 0) return [];
  return [warn('secrets', `${file} can be read by everybody on this machine`, `chmod 600 ${file}`)];
}
