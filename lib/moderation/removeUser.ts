import { randomBytes } from 'node:crypto';
import { announceLeft } from '../connections/presence';
import { fanOut } from '../delivery/fanOut';
import { expire, publish } from '../delivery/publishMessage';
import { type Draft, look, write } from '../log/appendEntry';
import { readHead } from '../log/readPage';
import {
  type Connection,
  EVERYWHERE,
  type Guarded,
  LAST_TERM,
  type NewEntry,
  type Publisher,
  Unavailable,
} from '../ports/ports';
import type { ClientMessage, Reply, User } from '../protocol';
import { failure, refusal } from '../protocol/errorReplies';
import { chargeFor, SYNCS } from '../rateLimiting/tokenBucket';
import { settle } from '../util/settleAll';

/** A kick keeps the user out for this long, in milliseconds, unless it says for how long. */
export const KICK_MS = 600_000;
/** An attempt to append ends after this, in milliseconds. */
const ATTEMPT_MS = 10_000;
/** Longest wait for the posts that tell a user's own sockets, in milliseconds. */
const TELL_MS = 1_000;

/** A socket is asked to close so often, after waits that double from this, in milliseconds. */
const MOST_CLOSES = 4;
const CLOSED_AGAIN_MS = 50;

/** What putting somebody out works with. */
export type Moderation = Publisher & Guarded;

/** Whom to keep out until when, and who wants it; nobody named is the operator. */
export interface Order {
  user: string;
  /** In milliseconds since the epoch. */
  until: number;
  by?: User;
}

/** A connection that was put out; `rooms` are those it was in. */
interface PutOut {
  id: string;
  user: User | undefined;
  rooms: readonly string[];
}

type Ask<A extends ClientMessage['action']> = Extract<ClientMessage, { action: A }>;

/** Puts a user out of a room for somebody who looks after it. */
export async function kick(world: Moderation, asker: Connection, message: Ask<'kick'>): Promise<Reply> {
  const { action, room, user, forMs = KICK_MS } = message;
  const refused = await charge(world, asker, message);
  if (refused) return refused;
  await keepOut(world, room, { user, until: world.clock.now() + forMs, by: asker.user });
  return { type: 'ok', action, room };
}

/** Lets a user into a room again. */
export async function unban(world: Moderation, asker: Connection, message: Ask<'unban'>): Promise<Reply> {
  const { action, room, user } = message;
  const refused = await charge(world, asker, message);
  if (refused) return refused;
  await world.users.lift(user, room);
  return { type: 'ok', action, room };
}

/**
 * Puts a user out of a room and keeps them out: the ban first, then the rights, then the members' rows, then the
 * entry that tells of it. So nothing above that entry reaches the user, and nothing of theirs comes above it.
 * @throws Unavailable when the outcome is unknown; the same again finishes it.
 */
export async function keepOut(world: Moderation, room: string, order: Order): Promise<void> {
  const now = world.clock.now();
  const ids = await world.users.ban(order.user, { room, until: order.until }, now);
  const out = await settle(
    ...ids.map(async (id): Promise<PutOut> => {
      const expelled = await world.connections.expel(id, room);
      await world.members.evict(room, id, expelled?.term ?? LAST_TERM, now);
      return { id, user: expelled?.user, rooms: expelled?.wasIn ? [room] : [] };
    }),
  );
  await record(world, room, order, out);
}

/**
 * Keeps a user out of every room and closes their sockets, in the same order.
 * @throws Unavailable when the outcome is unknown; the same again finishes it.
 */
export async function keepOutEverywhere(world: Moderation, order: Order): Promise<void> {
  const now = world.clock.now();
  const ids = await world.users.ban(order.user, { room: EVERYWHERE, until: order.until }, now);
  const out = await settle(
    ...ids.map(async (id): Promise<PutOut> => {
      const { user, rooms = [] } = (await world.connections.shut(id)) ?? {};
      await settle(...rooms.map((room) => world.members.evict(room, id, LAST_TERM, now)));
      return { id, user, rooms };
    }),
  );
  const rooms = new Set(out.flatMap((connection) => connection.rooms));
  await settle(...[...rooms].map((room) => record(world, room, order, out)));
  await settle(...ids.map((id) => closeSocket(world, id)));
}

async function closeSocket({ poster, clock, random }: Moderation, id: string): Promise<void> {
  for (let attempt = 0; attempt < MOST_CLOSES; attempt++) {
    if (attempt > 0) await clock.wait(random() * CLOSED_AGAIN_MS * 2 ** attempt);
    const outcome = await poster.close(id);
    if (outcome === 'delivered' || outcome === 'gone') return;
  }
  throw new Unavailable('A socket may still be open.');
}

/** Charges a moderator's frame, which is about somebody else and may be about a room one is not in. */
async function charge(
  world: Moderation,
  asker: Connection,
  message: Ask<'kick' | 'unban'>,
): Promise<Reply | undefined> {
  const now = world.clock.now();
  const charged = await world.connections.renew(
    asker.id,
    chargeFor('syncs', SYNCS, now),
    now + world.settings.leaseMs,
  );
  return 'why' in charged ? failure(message, refusal(charged)) : undefined;
}

/** Writes into a room's log that a user was put out, and tells the room and the user's own sockets. */
async function record(
  world: Moderation,
  room: string,
  { user: id, by }: Order,
  out: readonly PutOut[],
): Promise<void> {
  const user = out.find((connection) => connection.user)?.user ?? { id, name: id.slice(0, 64) };
  const entry = await append(world, room, user, by);
  const sockets = out.filter(({ rooms }) => rooms.includes(room)).map((connection) => connection.id);
  await settle(
    publish(world, { room, seq: entry.seq }, entry),
    tell(world, sockets, JSON.stringify({ ...entry, room })),
    sockets.length > 0 ? announceLeft(world, room, [user]) : Promise.resolve(),
  );
}

async function append(world: Moderation, room: string, user: User, by: User | undefined) {
  const id = randomBytes(12).toString('base64url');
  const draft: Draft<Extract<NewEntry, { type: 'system' }>> = {
    room,
    id,
    from: user,
    after: await readHead(world, room),
    stamp: (seq, at) => ({ type: 'system', seq, id, what: 'kicked', user, ...(by && { by }), at }),
  };
  const looked = await look(world, draft);
  if (looked.outcome !== 'clear') throw new Unavailable(`The log of a room could not be followed.`);
  const deadline = world.clock.now() + ATTEMPT_MS;
  const written = await write(world, draft, looked, deadline, async () => true);
  if (written.outcome !== 'written') throw new Unavailable('An entry could not be appended in time.');
  await expire(world, room, written.superseded);
  const { id: _, ...entry } = written.entry;
  return entry;
}

async function tell(world: Moderation, sockets: readonly string[], frame: string): Promise<void> {
  async function* once() {
    yield sockets;
  }
  await fanOut(world, once(), frame, world.clock.now() + TELL_MS);
}
