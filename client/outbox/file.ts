/** An outbox in a folder, for Node: the entry point `edge-chat/outbox/file`. */

import { createHash, randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  unlink,
  utimes,
} from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import type { Outbox, OutboxRecord, OutboxShare } from '../common/outboxTypes';
import { byOrder, safer } from './mergeRecords';
import { createOutbox } from './outboxSession';

/** A line of a journal. */
type Line = { put: OutboxRecord } | { remove: string };

/** A journal's name: the process that writes it, the machine of that process, and a random part. */
const JOURNAL = /^(\d+)-([0-9a-f]{8})-[0-9a-f]{16}\.jsonl$/;
/** The process in the name of a journal that its client has released. */
const RELEASED = 0;
/** A client touches its journal this often, in milliseconds. */
const TOUCH_INTERVAL_MS = 10_000;
/** A journal that was not touched for this long has lost its client, in milliseconds. */
const STALE_MS = 30_000;

/** Process ids are unique within this: a host, and on Linux a container. */
const MACHINE = createHash('sha256')
  .update(hostname() + pidNamespace())
  .digest('hex')
  .slice(0, 8);

/**
 * Keeps each client's messages in a journal of its own, written through to the disk before anything is sent. Another
 * client takes the journal over when its client has closed or its process has ended. In another thread or container,
 * it waits until the journal was untouched for 30 seconds.
 */
export function createFileOutbox(folder: string): Outbox {
  return createOutbox({
    async open() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return openShare(folder);
    },
  });
}

async function openShare(folder: string): Promise<OutboxShare> {
  const newFile = (pid: number): string =>
    path.join(folder, `${pid}-${MACHINE}-${randomBytes(8).toString('hex')}.jsonl`);
  const live = new Set<string>();
  let file = newFile(process.pid);
  let journal = await open(file, 'a', 0o600);
  let last: Promise<unknown> = Promise.resolve();

  /** Runs calls one after the other, in the order in which they were made. */
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const turn = last.then(run, run);
    last = turn.catch(() => {});
    return turn;
  };

  const touch = setInterval(() => {
    const now = new Date();
    journal.utimes(now, now).catch(() => {});
  }, TOUCH_INTERVAL_MS);
  touch.unref();

  /** A client that was suspended may have lost its journal: it starts another one. Tells whether it had. */
  const reopenIfLost = async (): Promise<boolean> => {
    if (await exists(file)) return false;
    await journal.close();
    file = newFile(process.pid);
    journal = await open(file, 'a', 0o600);
    return true;
  };

  const adoptOne = async (
    name: string,
    accepts: (record: OutboxRecord) => boolean,
  ): Promise<OutboxRecord[]> => {
    const orphan = path.join(folder, name);
    const found = replay(await readFile(orphan, 'utf8'));
    if (found.length > 0 && !found.some(accepts)) return [];
    const taken = newFile(process.pid);
    const now = new Date();
    await utimes(orphan, now, now);
    // Of two clients that find the same orphan, one can rename it.
    await rename(orphan, taken);
    const records = replay(await readFile(taken, 'utf8'));
    const adopted = records.filter(accepts);
    await append(journal, adopted);
    await release(records.filter((record) => !accepts(record)));
    for (const { id } of adopted) live.add(id);
    await unlink(taken);
    return adopted;
  };

  /** Leaves records to clients of other users. */
  const release = async (records: OutboxRecord[]): Promise<void> => {
    if (records.length === 0) return;
    const released = await open(newFile(RELEASED), 'ax', 0o600);
    try {
      await append(released, records);
    } finally {
      await released.close();
    }
  };

  return {
    adopt: (accepts) =>
      inTurn(async () => {
        await reopenIfLost();
        const adopted = new Map<string, OutboxRecord>();
        let failed: unknown;
        for (const name of await readdir(folder)) {
          try {
            if (!(await isOrphan(folder, name))) continue;
            for (const record of await adoptOne(name, accepts))
              adopted.set(record.id, safer(adopted.get(record.id), record));
          } catch (error) {
            if (!isMissing(error)) failed = error;
          }
        }
        // A journal that cannot be read must not keep the others from their chat.
        if (failed !== undefined && adopted.size === 0) throw failed;
        return [...adopted.values()].sort(byOrder);
      }),

    put: (record) =>
      inTurn(async () => {
        const isLost = (await reopenIfLost()) && live.has(record.id);
        if (isLost) return 'lost';
        await append(journal, [record]);
        live.add(record.id);
        return 'kept';
      }),

    remove: (id) =>
      inTurn(async () => {
        live.delete(id);
        if (live.size > 0) await write(journal, { remove: id });
        else await journal.truncate(0);
      }),

    close: () =>
      inTurn(async () => {
        clearInterval(touch);
        await journal.close();
        const end = live.size === 0 ? unlink(file) : rename(file, newFile(RELEASED));
        await end.catch((error) => {
          if (!isMissing(error)) throw error;
        });
      }),
  };
}

async function append(journal: FileHandle, records: readonly OutboxRecord[]): Promise<void> {
  await write(journal, ...records.map((record) => ({ put: record })));
}

async function write(journal: FileHandle, ...lines: Line[]): Promise<void> {
  if (lines.length === 0) return;
  // It begins a line as well: a line that a full disk has torn must not damage this one.
  await journal.appendFile(`\n${lines.map((line) => `${JSON.stringify(line)}\n`).join('')}`);
  await journal.datasync();
}

/** Reads a journal. A line that a crash has torn was never acknowledged to the client, and is skipped. */
function replay(text: string): OutboxRecord[] {
  const records = new Map<string, OutboxRecord>();
  for (const line of text.split('\n').slice(0, -1)) {
    const read = parse(line);
    if (!read) continue;
    if ('put' in read) records.set(read.put.id, read.put);
    else records.delete(read.remove);
  }
  return [...records.values()];
}

function parse(line: string): Line | undefined {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return undefined;
  }
}

async function isOrphan(folder: string, name: string): Promise<boolean> {
  const [, writer, machine] = JOURNAL.exec(name) ?? [];
  if (writer === undefined) return false;
  const pid = Number(writer);
  if (pid === RELEASED) return true;
  if (machine === MACHINE && pid !== process.pid) return !isAlive(pid);
  const { mtimeMs } = await stat(path.join(folder, name));
  return Date.now() - mtimeMs > STALE_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is alive although it cannot be signalled.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
