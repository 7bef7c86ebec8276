import { createHash, randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';

/** A journal's name: the process that writes it, the machine of that process, and a random part. */
const JOURNAL = /^(\d+)-([0-9a-f]{8})-[0-9a-f]{16}\.jsonl$/;
/** The process in the name of a journal that its client has released. */
export const RELEASED = 0;
/** A journal that was not touched for this long has lost its client, in milliseconds. */
const STALE_MS = 30_000;

/** Process ids are unique within this: a host, and on Linux a container. */
const MACHINE = createHash('sha256')
  .update(hostname() + pidNamespace())
  .digest('hex')
  .slice(0, 8);

/** Makes a name for a journal that a process writes. */
export function newJournalName(pid: number): string {
  return `${pid}-${MACHINE}-${randomBytes(8).toString('hex')}.jsonl`;
}

/** Tells whether no client writes a journal any more. */
export async function isOrphan(folder: string, name: string): Promise<boolean> {
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
