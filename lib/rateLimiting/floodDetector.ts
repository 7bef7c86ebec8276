import type { ErrorCode } from '../protocol';
import { keepNewest } from '../util/boundedMap';
import { SYNCS, sendsAt, TYPING } from './tokenBucket';

/** An honest client may be refused all of its 50 rooms at once, and hardly anything after that. */
const MOST_REFUSED = 60;
/** A connection that goes on after it was closed is closed again when so many more frames of it have come. */
const CLOSES_EVERY = 60;
/** They are counted for so long, in milliseconds; who is over the count starts it again with every frame. */
const WINDOW_MS = 10_000;
/** Connections that are watched at a time; those that have been quiet longest are forgotten first. */
const MOST_WATCHED = 500;

/** Refusals that cost the sender nothing: no bucket slows those down who go on. */
const FREE: ReadonlySet<ErrorCode> = new Set([
  'badFrame',
  'badField',
  'unknownAction',
  'tooLarge',
  'notMember',
  'forbidden',
  'rateLimited',
]);

/** What a container makes of a frame: `flood` is not to be served, and at `close` the connection has to be closed. */
export type Verdict = 'fine' | 'flood' | 'close';

/** Watches the connections of this container for those that do not stop though they are refused. */
export interface FloodWatch {
  /** Counts a frame, before anything is done for it. */
  arrived(connection: string, now: number): Verdict;
  /** Counts a refusal. */
  refused(connection: string, code: ErrorCode, now: number): Verdict;
}

/** So many frames no bucket lets through in a window, however they are mixed: its bursts, and what flows in meanwhile. */
function mostFrames(sendsPerSecond: number): number {
  const rates = [sendsAt(sendsPerSecond), SYNCS, TYPING];
  return Math.ceil(
    rates.reduce((sum, { burst, perSecond }) => sum + burst + (perSecond * WINDOW_MS) / 1_000, 0),
  );
}

/** Each container counts what it sees, which costs no call: a flood reaches all of them within seconds. */
export function createFloodWatch(sendsPerSecond: number): FloodWatch {
  const counts = new Map<string, { since: number; frames: number; refused: number; beyond: number }>();
  const most = { frames: mostFrames(sendsPerSecond), refused: MOST_REFUSED };

  const count = (connection: string, what: 'frames' | 'refused', now: number): Verdict => {
    const known = counts.get(connection);
    const isOver = !known || Math.abs(now - known.since) >= WINDOW_MS;
    const counted = isOver ? { since: now, frames: 0, refused: 0, beyond: 0 } : known;
    counted[what]++;
    keepNewest(counts, connection, counted, MOST_WATCHED);
    if (counted.frames <= most.frames && counted.refused <= most.refused) return 'fine';
    // Who is to be closed is served nothing more, as long as frames keep coming.
    counted.since = now;
    return counted.beyond++ % CLOSES_EVERY === 0 ? 'close' : 'flood';
  };

  return {
    arrived: (connection, now) => count(connection, 'frames', now),
    refused: (connection, code, now) => (FREE.has(code) ? count(connection, 'refused', now) : 'fine'),
  };
}
