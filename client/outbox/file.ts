/** An outbox in a folder, for Node. The core does not import this: `import { createFileOutbox } from …/outbox/file`. */

import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { ChatOutbox, OutboxRecord } from '../platform/platform';
import { createOutbox } from './createOutbox';
import { byAge, safer } from './mergeRecords';

/** One line of a journal. */
type Line = { put: OutboxRecord } | { remove: string };

const JOURNAL = /^(\d+)-.*\.jsonl$/;

/** Journals of this process that are in use. */
const inUse = new Set<string>();

/**
 * Keeps each client's sends in a journal of its own, written through to the disk before anything is sent. The
 * journal's name holds the process: once that is gone, another process of this machine takes the journal over.
 */
export function createFileOutbox(folder: string): ChatOutbox {
  return createOutbox({
    async open() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const name = `${process.pid}-${randomBytes(8).toString('hex')}.jsonl`;
      const file = path.join(folder, name);
      const journal = await open(file, 'a', 0o600);
      inUse.add(name);
      const live = new Set<string>();
      let last: Promise<unknown> = Promise.resolve();

      /** Carries calls out one after the other, in the order in which they were made. */
      const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
        const turn = last.then(run, run);
        last = turn.catch(() => {});
        return turn;
      };

      const adoptOne = async (orphan: string): Promise<OutboxRecord[]> => {
        const taken = path.join(folder, `${process.pid}-${randomBytes(8).toString('hex')}.jsonl`);
        inUse.add(path.basename(taken));
        try {
          // Of two processes that find the same orphan, one can rename it.
          await rename(path.join(folder, orphan), taken);
          const records = replay(await readFile(taken, 'utf8'));
          await write(journal, ...records.map((record) => ({ put: record })));
          for (const { id } of records) live.add(id);
          await unlink(taken);
          return records;
        } catch (error) {
          if (isMissing(error)) return [];
          throw error;
        } finally {
          inUse.delete(path.basename(taken));
        }
      };

      return {
        adopt: () =>
          inTurn(async () => {
            const adopted = new Map<string, OutboxRecord>();
            let failed: unknown;
            for (const orphan of (await readdir(folder)).filter(isOrphan))
              try {
                for (const record of await adoptOne(orphan))
                  adopted.set(record.id, safer(adopted.get(record.id), record));
              } catch (error) {
                failed = error;
              }
            // One that cannot be read must not keep the others from their chat.
            if (failed !== undefined && adopted.size === 0) throw failed;
            return [...adopted.values()].sort(byAge);
          }),

        put: (record) =>
          inTurn(async () => {
            await write(journal, { put: record });
            live.add(record.id);
            return 'kept' as const;
          }),

        remove: (id) =>
          inTurn(async () => {
            live.delete(id);
            if (live.size > 0) await write(journal, { remove: id });
            else await journal.truncate(0);
          }),

        close: () =>
          inTurn(async () => {
            await journal.close();
            if (live.size === 0) await unlink(file);
            inUse.delete(name);
          }),
      };
    },
  });
}

async function write(journal: FileHandle, ...lines: Line[]): Promise<void> {
  if (lines.length === 0) return;
  // It begins a line as well: one that a full disk has torn must not take this one with it.
  await journal.appendFile(`\n${lines.map((line) => `${JSON.stringify(line)}\n`).join('')}`);
  await journal.datasync();
}

/** Reads a journal; a line that a crash has torn was never promised to anybody. */
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

/** The journal belongs to a process that is gone, or to a client of this one that was closed. */
function isOrphan(name: string): boolean {
  const pid = Number(JOURNAL.exec(name)?.[1]);
  if (!pid) return false;
  return pid === process.pid ? !inUse.has(name) : !isAlive(pid);
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

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
