import type { Wake } from '../ports/wakeQueue';
import { countFailure } from './countFailure';
import type { RelayContext } from './relayContext';
import { relayRoom } from './relayRoom';

/** Rooms that one invocation works on at the same time. */
const ROOMS_AT_ONCE = 10;

/**
 * Looks at each of some rooms once, several at a time. What happens in one room changes nothing for the others. Gives
 * the wakes that must come again.
 */
export async function relayWakes(
  context: RelayContext,
  wakes: readonly Wake[],
  deadline: number,
): Promise<Wake[]> {
  const left = [...new Map(wakes.map((wake) => [`${wake.room} ${wake.until}`, wake])).values()];
  const failed: Wake[] = [];
  const work = async (): Promise<void> => {
    for (let wake = left.shift(); wake; wake = left.shift())
      try {
        await relayRoom(context, wake, deadline);
      } catch (error) {
        countFailure(context.metrics, wake.room, error);
        failed.push(wake);
      }
  };
  await Promise.all(Array.from({ length: ROOMS_AT_ONCE }, work));
  return failed;
}
