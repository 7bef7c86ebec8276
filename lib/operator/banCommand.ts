import type { ModerationContext } from '../moderation/recordRemoval';
import { removeUserEverywhere, removeUserFromRoom } from '../moderation/removeUser';
import { EVERYWHERE } from '../ports/banStore';
import { MAX_BAN_MS, parseRoom, parseUserId, ROOM_RULE } from '../protocol';

/**
 * What an operator may order; without a room it is about all of them. `isNew` bans a user who has never been here,
 * whose id may be mistyped.
 */
export type BanCommand =
  | { order: 'ban'; user: string; room?: string; forMs: number; isNew: boolean }
  | { order: 'unban'; user: string; room?: string };

const MIN_BAN_MS = 1_000;

/** Reads an order. @throws Error that says what would be right. */
export function parseBanCommand(value: unknown): BanCommand {
  const { order, user, room, forMs = MAX_BAN_MS, isNew = false } = (value ?? {}) as Record<string, unknown>;
  const id = parseUserId(user);
  if (id === undefined) throw new Error('"user" must be a user id.');
  const named = room === undefined ? undefined : parseRoom(room);
  if (room !== undefined && named === undefined) throw new Error(ROOM_RULE);
  const about = { user: id, ...(named !== undefined && { room: named }) };
  if (order === 'unban') return { order, ...about };
  if (order !== 'ban') throw new Error('"order" must be ban, unban, mute or setRoom.');
  if (!Number.isSafeInteger(forMs) || Number(forMs) < MIN_BAN_MS || Number(forMs) > MAX_BAN_MS)
    throw new Error(`"forMs" must be a whole number from ${MIN_BAN_MS} to ${MAX_BAN_MS}.`);
  if (typeof isNew !== 'boolean') throw new Error('"isNew" must be true or false.');
  return { order, ...about, forMs: Number(forMs), isNew };
}

/** Carries an order out; tells in a sentence what holds now. @throws Unavailable when the outcome is unknown. */
export async function runBanCommand(context: ModerationContext, asked: BanCommand): Promise<string> {
  const { user, room } = asked;
  const where = room === undefined ? 'every room' : `the room ${room}`;
  if (asked.order === 'unban') {
    await context.users.removeBan(user, room ?? EVERYWHERE);
    return `${user} is let into ${where} again.`;
  }
  if (!asked.isNew && !(await context.users.isKnown(user)))
    throw new Error(
      `No user ${user} has been here. Copy the id from a message, or add "isNew": true (--new) to ban it in advance.`,
    );
  const until = context.clock.now() + asked.forMs;
  if (room === undefined) await removeUserEverywhere(context, { user, until });
  else await removeUserFromRoom(context, room, { user, until });
  return `${user} is kept out of ${where} until ${new Date(until).toISOString()}.`;
}
