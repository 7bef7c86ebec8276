import type { History, LogEntry } from '../../lib/protocol';
import { MAX_BUFFERED_ENTRIES } from '../common/constants';
import { ChatError } from '../common/errors';
import type { Clock } from '../common/platform';
import type { Room } from '../common/roomTypes';
import { isPermanent } from '../connection/requestErrors';
import { request } from '../featureRequests';

/** A page is asked for this often, and waited for this long in between, in milliseconds. */
const MAX_ATTEMPTS = 5;
const RETRY_DELAY_MS = 1_000;

/** Where a page of a log lies. */
export type Position = { around: number } | { at: number } | { before: number } | { after: number };

/**
 * Reads a page of a room's log, again after a passing failure. `apply` gets with it every entry that the room delivered
 * meanwhile: the page may have been read before them.
 */
export async function readWithEntries<T>(
  room: Room,
  clock: Clock,
  position: Position,
  apply: (page: History, since: readonly LogEntry[]) => T,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const since: LogEntry[] = [];
    const stop = room.on('entry', (entry) => since.push(entry));
    try {
      const page = await request(room, { action: 'getHistory', ...position });
      if (page.type === 'history' && since.length <= MAX_BUFFERED_ENTRIES) return apply(page, since);
      throw new ChatError('timeout', 'The room is too busy to look elsewhere.');
    } catch (error) {
      const isOver = !(error instanceof ChatError) || isPermanent(error) || error.code === 'discarded';
      if (isOver || attempt === MAX_ATTEMPTS) throw error;
      const waitMs = error.retryAfterMs ?? RETRY_DELAY_MS;
      await new Promise<void>((resolve) => clock.after(waitMs, resolve));
    } finally {
      stop();
    }
  }
}
