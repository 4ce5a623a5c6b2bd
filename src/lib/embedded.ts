import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

export type Embedded = {
  /** A libpq URL of the Unix socket, for any Postgres client. */
  url: string;
  /** False when another process held the folder at first, and this one speaks through its socket. */
  owner: boolean;
  close: () => Promise<void>;
};

/**
 * Opens the Postgres kept in a folder (PGlite), or connects to the process that has it open: a data folder can be
 * opened by one process only. The lock is an SQLite transaction, which the operating system ends with its process,
 * so that a kill leaves nothing stale behind.
 *
 * @throws when another process holds the folder and offers no socket within 30 s, or others may reach the socket.
 */
export async function openEmbedded(dataDir: string): Promise<Embedded> {
  mkdirSync(dataDir, { recursive: true });
  // One name for the folder, by whatever link it is reached.
  const folder = realpathSync(dataDir);
  const socket = socketPath(folder);
  for (let attempt = 0; attempt < 300; attempt++) {
    const lock = takeLock(join(folder, 'lock'));
    if (lock) return serve(folder, socket, lock);
    keepToOurselves(dirname(socket));
    if (await answers(socket)) return standBy(folder, socket);
    await wait(100);
  }
  throw new Error(`Another process holds the data folder ${folder} but does not answer on its socket.`);
}

/**
 * Speaks through the owner's socket for as long as there is an owner, and takes its place when it ends: a service that
 * was started beside a command must not lose its database with the command.
 */
function standBy(folder: string, socket: string): Embedded {
  let successor: Promise<Embedded> | undefined;
  const watch = setInterval(() => {
    const lock = takeLock(join(folder, 'lock'));
    if (!lock) return;
    clearInterval(watch);
    successor = serve(folder, socket, lock);
  }, 500).unref();
  return {
    url: urlOf(socket),
    owner: false,
    close: async () => {
      clearInterval(watch);
      await (await successor)?.close();
    },
  };
}

async function serve(folder: string, socket: string, lock: DatabaseSync): Promise<Embedded> {
  keepToOurselves(dirname(socket));
  rmSync(socket, { force: true });
  const db = await PGlite.create(join(folder, 'postgres'), {
    // Of 128 MB, its default, it would hold each page from the start. What is not there the operating system has.
    startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=32MB'],
  });
  const server = new PGLiteSocketServer({ db: untilSync(db), path: socket, maxConnections: 200 });
  await server.start();
  return {
    url: urlOf(socket),
    owner: true,
    close: async () => {
      await server.stop();
      await db.close();
      rmSync(dirname(socket), { recursive: true, force: true });
      lock.close();
    },
  };
}

/**
 * PGlite is one backend behind all connections, and the socket server passes their messages on one by one, in turn.
 * From a connection's Parse to its Sync nobody else may have a turn, or its Bind meets the unnamed statement of
 * another: wrong rows, silently. The server gives no turn away while it is told that a transaction is open.
 */
function untilSync(db: PGlite): PGlite {
  let midway = false;
  const own: Partial<PGlite> = {
    isInTransaction: () => midway || db.isInTransaction(),
    execProtocolRawStream: (message, options) => {
      midway = EXTENDED_QUERY.includes(String.fromCharCode(message[0] ?? 0));
      return db.execProtocolRawStream(message, options);
    },
    // How the server rolls back for a connection that is gone.
    exec: (query, options) => {
      midway = false;
      return db.exec(query, options);
    },
  };
  return new Proxy(db, {
    get: (_, name) => {
      const value = Reflect.get(own, name) ?? Reflect.get(db, name);
      return typeof value === 'function' ? value.bind(db) : value;
    },
  });
}

/** Parse, Bind, Describe, Execute, Close, Flush: messages that a Sync is still to follow. */
const EXTENDED_QUERY = 'PBDECH';

function takeLock(file: string): DatabaseSync | null {
  const lock = new DatabaseSync(file);
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch {
    lock.close();
    return null;
  }
}

/** A Unix socket's path may have some 100 bytes only (sun_path), so it lives in the folder for temporary files. */
function socketPath(folder: string): string {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  return join(tmpdir(), `paperboy-${process.getuid?.() ?? 0}-${name}`, '.s.PGSQL.5432');
}

/** Whoever reaches the socket reads and writes everything, and anybody may make a folder of any name in /tmp before us. */
function keepToOurselves(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  const ours = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
  if (!ours)
    throw new Error(`${folder} is somebody else's, or others may enter it: remove it, and start again.`);
}

const urlOf = (socket: string) => `postgresql://postgres@localhost/postgres?host=${dirname(socket)}`;

function answers(path: string): Promise<boolean> {
  return new Promise((done) => {
    const probe = connect({ path });
    probe.once('connect', () => {
      probe.destroy();
      done(true);
    });
    probe.once('error', () => done(false));
  });
}
