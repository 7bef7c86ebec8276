import type { Rewind } from '../ports/eventCursorStore';
import type { RelayContext } from './relayContext';

/**
 * Has a room's events sent again, from a seq on, unless a run is sending some now.
 * @throws Unavailable when the outcome is unknown: a repeat does no harm.
 */
export async function replayRoom(
  { cursors, wakes, clock }: Pick<RelayContext, 'cursors' | 'wakes' | 'clock'>,
  room: string,
  from: number,
): Promise<Rewind> {
  const rewind = await cursors.rewind(room, from - 1, clock.now());
  await wakes.enqueue({ room }, 0);
  return rewind;
}
