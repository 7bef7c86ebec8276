import type { RoomClaim } from '../ports/eventCursorStore';
import { Unavailable } from '../ports/unavailable';
import { MAX_WAKE_DELAY_MS, type Wake } from '../ports/wakeQueue';
import type { RelayContext } from './relayContext';

/** A run holds its room this long, in milliseconds: longer than its function runs. */
export const HOLD_MS = 90_000;
/** A wake that finds the room held comes again after this, in milliseconds, or later. */
const MIN_DELAY_MS = 1_000;
/** The room may be freed while a wake is noted: the claim is then tried again, this often. */
const MAX_ATTEMPTS = 3;

/**
 * Claims a room for a run. If another run holds the room, the wake is noted for the holder, once until it looks again.
 * In case the holder has died, one wake for each hold is queued for its end. Other wakes are dropped.
 * @throws Unavailable when the wake must come again.
 */
export async function claimRoom(
  { cursors, wakes, clock }: Pick<RelayContext, 'cursors' | 'wakes' | 'clock'>,
  wake: Wake,
  run: string,
): Promise<(RoomClaim & { kind: 'claimed' }) | undefined> {
  const { room } = wake;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const now = clock.now();
    const claim = await cursors.claim(room, run, now + HOLD_MS, now);
    if (claim.kind === 'claimed') return claim;
    const { until, isQueued, isNoted } = claim;
    if (!isQueued || wake.until === until) {
      const delay = Math.min(MAX_WAKE_DELAY_MS, Math.max(MIN_DELAY_MS, until - now));
      await wakes.enqueue({ room, until }, delay);
    } else if (isNoted) return undefined;
    if (await cursors.noteWake(room, until)) return undefined;
  }
  throw new Unavailable('The room is claimed and freed too often.');
}
