import { readHead } from '../log/readPage';
import type { Connection, World } from '../ports/ports';
import type { ClientMessage, Reply } from '../protocol';
import { failure, refusal } from '../protocol/errorReplies';
import { chargeFor, SYNCS } from '../rateLimiting/tokenBucket';
import { settle } from '../util/settleAll';

/**
 * Answers a ping: renews the lease and tells which rooms are behind the cursors in it and which were never
 * joined. Two calls however many rooms, and one more for each room that is behind.
 */
export async function ping(
  world: World,
  asker: Connection,
  message: Extract<ClientMessage, { action: 'ping' }>,
): Promise<Reply> {
  const now = world.clock.now();
  const cursors = Object.entries(message.rooms);
  const next = new Map(cursors.map(([room, cursor]) => [room, cursor + 1]));
  const [renewed, reached] = await settle(
    world.connections.renew(asker.id, chargeFor('syncs', SYNCS, now), now + world.settings.leaseMs),
    next.size > 0 ? world.log.reached(next) : Promise.resolve([]),
  );
  if ('why' in renewed) return failure(message, refusal(renewed));
  const { rooms: joined } = renewed;

  const behind = reached.filter((room) => joined.includes(room));
  const heads = await settle(...behind.map((room) => readHead(world, room)));
  return {
    type: 'pong',
    log: world.settings.logId,
    behind: Object.fromEntries(behind.map((room, i) => [room, heads[i] ?? 0])),
    notJoined: [...next.keys()].filter((room) => !joined.includes(room)),
  };
}
