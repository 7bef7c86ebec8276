/** An outbox in a folder, for Node: the entry point `edge-chat/outbox/file`. */

import { mkdir, open, readdir, readFile, rename, stat, unlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { Outbox, OutboxRecord, OutboxShare } from '../common/outboxTypes';
import { append, replay, write } from './journalLines';
import { isOrphan, newJournalName, RELEASED } from './journalOwner';
import { byOrder, safer } from './mergeRecords';
import { createOutbox } from './outboxSession';

/** A client touches its journal this often, in milliseconds. */
const TOUCH_INTERVAL_MS = 10_000;
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
  const newFile = (pid: number): string => path.join(folder, newJournalName(pid));
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

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
