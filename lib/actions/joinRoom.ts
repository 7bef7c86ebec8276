import { announce, announceJoined, announceLeft, present, usersOf } from '../connections/presence';
import { budgetFor, readAfter, readBefore, readHead } from '../log/readPage';
import { isKeptOut } from '../moderation/bans';
import type { Connection, Entered, Guarded, Sockets, World } from '../ports/ports';
import {
  byteLength,
  type ClientMessage,
  type Joined,
  LIMITS,
  type Page,
  type Reply,
  type User,
} from '../protocol';
import { failure, refusal } from '../protocol/errorReplies';
import { chargeFor, SYNCS, TYPING } from '../rateLimiting/tokenBucket';
import { settle } from '../util/settleAll';

type Ask<A extends ClientMessage['action']> = Extract<ClientMessage, { action: A }>;

/**
 * Puts a connection into a room and gives it what it missed. The member row is written before the log is read,
 * as a send commits before it lists the members: whichever comes second sees the other.
 */
export async function joinRoom(
  world: World & Guarded,
  asker: Connection,
  message: Ask<'joinRoom'>,
): Promise<Reply> {
  const { room, after } = message;
  const entered = await enter(world, asker, room);
  if ('why' in entered) return failure(message, refusal(entered));

  if (after !== undefined) world.tally.add('Syncs');
  const member = { room, id: asker.id, expiresAt: asker.expiresAt };
  const added = await world.members.add(member, entered.term);
  if (added === 'late') return failure(message, refusal({ why: 'notMember' }));
  const company = await present(world, room);
  const users = usersOf(company);
  const [joined] = await settle(
    whileIn(world, asker, room, () => readJoined(world, room, after, byteLength(JSON.stringify(users)))),
    added === 'new' ? announceJoined(world, room, company.here, asker) : Promise.resolve(),
  );
  if (!joined) {
    await world.members.remove(room, asker.id);
    return failure(message, refusal({ why: 'notMember' }));
  }
  return { type: 'joined', room, log: world.settings.logId, ...users, ...joined };
}

/** Charges a join, and lets in who was kept out if that is over. */
async function enter(world: World & Guarded, asker: Connection, room: string): Promise<Entered> {
  const now = world.clock.now();
  const tryEnter = () =>
    world.connections.enter(
      asker.id,
      room,
      chargeFor('syncs', SYNCS, now),
      now + world.settings.leaseMs,
      LIMITS.roomsPerConnection,
    );
  const entered = await tryEnter();
  if (!('why' in entered) || entered.why !== 'banned') return entered;
  if (await isKeptOut(world.users, asker.user.id, room, now)) return entered;
  await world.connections.pardon(asker.id, room, entered.term);
  return tryEnter();
}

/** Reads something for who is in a room, and gives it only if they are still there when it has been read. */
async function whileIn<T>(
  world: World,
  { id }: Connection,
  room: string,
  read: () => Promise<T>,
): Promise<T | undefined> {
  const value = await read();
  return (await world.connections.isIn(id, room, world.clock.now())) ? value : undefined;
}

async function readJoined(
  world: World,
  room: string,
  after: number | undefined,
  used: number,
): Promise<Page & Pick<Joined, 'head'>> {
  const budget = budgetFor(LIMITS.pageEntries, used);
  const missed = after === undefined ? undefined : await readAfter(world, room, after, budget);
  if (missed && !missed.reset) {
    const head = missed.more ? await readHead(world, room) : (missed.messages.at(-1)?.seq ?? after ?? 0);
    return { ...missed, head };
  }
  const newest = await readBefore(world, room, undefined, budget);
  return { ...newest, head: newest.messages.at(-1)?.seq ?? 0, ...(missed && { reset: true }) };
}

/** Takes a connection out of a room. Leaving a room it is not in is fine. */
export async function leaveRoom(world: World, asker: Connection, message: Ask<'leaveRoom'>): Promise<Reply> {
  const { room, action } = message;
  const now = world.clock.now();
  const left = await world.connections.leave(
    asker.id,
    room,
    chargeFor('syncs', SYNCS, now),
    now + world.settings.leaseMs,
  );
  if ('why' in left) return failure(message, refusal(left));
  await world.members.remove(room, asker.id);
  if (left.wasIn) await announceLeft(world, room, [asker.user]);
  return { type: 'ok', action, room };
}

/** Reads a page of a room's log, for a connection that is in the room. */
export async function getHistory(
  world: World,
  asker: Connection,
  message: Ask<'getHistory'>,
): Promise<Reply> {
  const { room, before, after, limit = LIMITS.pageEntries } = message;
  const now = world.clock.now();
  const budget = budgetFor(limit);
  const page = await (after === undefined
    ? readBefore(world, room, before, budget)
    : readAfter(world, room, after, budget));
  // Only now: an entry that was written after this connection was put out must not be given to it.
  const charged = await world.connections.charge(
    asker.id,
    room,
    chargeFor('syncs', SYNCS, now),
    now + world.settings.leaseMs,
  );
  if (charged !== 'ok') return failure(message, refusal(charged));
  if (after !== undefined) world.tally.add('Syncs');
  return { type: 'history', room, ...page };
}

/** Tells a small room that a user is typing. Nothing is stored. */
export async function typing(world: World, asker: Connection, message: Ask<'typing'>): Promise<Reply> {
  const { room, action } = message;
  const now = world.clock.now();
  const charge = chargeFor('typing', TYPING, now);
  const charged = await world.connections.charge(asker.id, room, charge, now + world.settings.leaseMs);
  if (charged !== 'ok') return failure(message, refusal(charged));
  const { here } = await present(world, room);
  await announce(world, here, { type: 'typing', room, from: asker.user }, asker.id);
  return { type: 'ok', action, room };
}

/** Forgets a connection that is closed, in every room it was in. */
export function forget(sockets: Sockets, id: string): Promise<void> {
  return forgetAll(sockets, [id]);
}

/**
 * Forgets connections that are closed, in every room they were in; each room is told once of all who left. Of one
 * whose row is gone nobody is told: whoever removed the row has it from there who left, and where.
 */
export async function forgetAll(
  sockets: Sockets,
  gone: readonly string[],
  knownRoom?: string,
): Promise<void> {
  const left = new Map<string, User[]>();
  const remove = async (id: string): Promise<void> => {
    const closed = await sockets.connections.close(id);
    if (closed) {
      sockets.tally.add('ConnectionsClosed');
      for (const room of closed.rooms) left.set(room, [...(left.get(room) ?? []), closed.user]);
    }
    const rooms = new Set(closed?.rooms);
    if (knownRoom !== undefined) rooms.add(knownRoom);
    await settle(...[...rooms].map((room) => sockets.members.remove(room, id)));
  };
  try {
    await settle(...gone.map(remove));
  } finally {
    await settle(...[...left].map(([room, users]) => announceLeft(sockets, room, users)));
  }
}
