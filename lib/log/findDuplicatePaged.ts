import {
  type Draft,
  found,
  hasExpired,
  isOwn,
  isRemoval,
  isUnbroken,
  type Log,
  type Looked,
  lacksExpiry,
  look,
  MOST_COMPARED,
  startsAt,
} from './appendEntry';

/** Longest range in pages: what came later than 10,000 messages ago is for the caller to decide. */
const MOST_PAGES = 20;

/**
 * Looks through `(after, head]` as {@link look} does, however far the head has moved on: who has no cursor cannot be
 * asked to read the room. `behind` is left for rows that have expired, and for a room that runs away.
 * @throws Unavailable when the log cannot be read.
 */
export async function lookFar(world: Log, send: Draft): Promise<Looked> {
  const looked = await look(world, send);
  if (looked.outcome !== 'behind') return looked;

  let reached = send.after;
  let removed = false;
  for (let page = 0; page < MOST_PAGES; page++) {
    const asked = world.clock.now();
    const run = await world.log.slots(send.room, reached, MOST_COMPARED + 1);
    const above = run.filter((slot) => slot.seq > reached);
    const mine = above.find((slot) => isOwn(slot, send));
    if (mine) return found(mine, run);
    if (!startsAt(run, reached) || !isUnbroken(run)) return { outcome: 'behind' };
    if (above.some((slot) => hasExpired(slot, asked))) return { outcome: 'behind' };
    removed ||= run.some((slot) => isRemoval(slot, send));
    if (run.length <= MOST_COMPARED) {
      world.memory.learn(send.room, run, asked);
      return { outcome: 'clear', head: run.at(-1)?.seq ?? 0, superseded: run.filter(lacksExpiry), removed };
    }
    reached = run.at(-1)?.seq ?? reached;
  }
  return { outcome: 'behind' };
}
