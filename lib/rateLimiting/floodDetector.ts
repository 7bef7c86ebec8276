import type { FloodDetector, FloodVerdict } from '../ports/floodDetector';
import type { ErrorCode } from '../protocol';
import { setBounded } from '../util/boundedMap';
import { DRAFTS, SIGNALS, SYNCS, sendRate, TYPING } from './tokenBucket';

/** An honest client may be refused all of its 50 rooms at once, and hardly anything after that. */
const MAX_REFUSALS = 60;
/** A connection that sends this many more frames after its close is closed again. */
const FRAMES_BETWEEN_CLOSES = 60;
/** Length of the window in milliseconds. Above the count, every frame restarts the window. */
const WINDOW_MS = 10_000;
/** Maximum number of counted connections; the one that was quiet longest is dropped first. */
const MAX_CONNECTIONS = 500;

/** Refusals that cost the sender no token, so no bucket slows the sender. */
const FREE: ReadonlySet<ErrorCode> = new Set([
  'badFrame',
  'badField',
  'unknownAction',
  'tooLarge',
  'notMember',
  'forbidden',
  'rateLimited',
  'tooManyConnections',
  'banned',
]);

/** More frames than all buckets let through in a window: their bursts, and their rates. */
function maxFrames(sendsPerSecond: number): number {
  const rates = [sendRate(sendsPerSecond), SYNCS, TYPING, SIGNALS, DRAFTS];
  return Math.ceil(
    rates.reduce((sum, { burst, perSecond }) => sum + burst + (perSecond * WINDOW_MS) / 1_000, 0),
  );
}

/** What a connection did in a window. */
interface Counted {
  since: number;
  frames: number;
  refused: number;
  beyond: number;
  /** Until when the client was asked to wait, by the action of its frames. */
  waits: Map<string, number>;
}

/** Each container counts what it sees, which costs no call: a flood reaches all of them within seconds. */
export function createFloodDetector(sendsPerSecond: number): FloodDetector {
  const counts = new Map<string, Counted>();
  const most = { frames: maxFrames(sendsPerSecond), refused: MAX_REFUSALS };

  const count = (connection: string, what: 'frames' | 'refused', now: number): FloodVerdict => {
    const known = counts.get(connection);
    const isOver = !known || Math.abs(now - known.since) >= WINDOW_MS;
    const waits = known?.waits ?? new Map();
    const counted = isOver ? { since: now, frames: 0, refused: 0, beyond: 0, waits } : known;
    counted[what]++;
    setBounded(counts, connection, counted, MAX_CONNECTIONS);
    if (counted.frames <= most.frames && counted.refused <= most.refused) return 'fine';
    // A connection that is to be closed gets no service while its frames continue.
    counted.since = now;
    return counted.beyond++ % FRAMES_BETWEEN_CLOSES === 0 ? 'close' : 'flood';
  };

  return {
    countFrame: (connection, now) => count(connection, 'frames', now),
    countRefusal(connection, { code, action = '', retryAfterMs }, now) {
      if (!FREE.has(code)) return 'fine';
      const waits = counts.get(connection)?.waits;
      const hasWaited = retryAfterMs !== undefined && now >= (waits?.get(action) ?? Number.POSITIVE_INFINITY);
      const verdict = hasWaited ? 'fine' : count(connection, 'refused', now);
      if (retryAfterMs !== undefined) counts.get(connection)?.waits.set(action, now + retryAfterMs);
      return verdict;
    },
  };
}
