import type { Rewind } from '../ports/eventCursorStore';
import type { RelayContext } from './relayContext';

/**
 * Has a room's events sent again, from a seq on. A run that is sending some now ends after its page.
 * @throws Unavailable when the outcome is unknown: a repeat does no harm.
 */
export async function replayRoom(
  { cursors, wakes }: Pick<RelayContext, 'cursors' | 'wakes'>,
  room: string,
  from: number,
): Promise<Rewind> {
  const rewind = await cursors.rewind(room, from - 1);
  await wakes.enqueue({ room }, 0);
  return rewind;
}
