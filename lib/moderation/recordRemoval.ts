import { randomBytes } from 'node:crypto';
import { announceLeft } from '../connections/announcements';
import { deliverEntry } from '../delivery/deliverEntry';
import { fanOut } from '../fanOut/fanOut';
import { appendOwnEntry } from '../log/appendOwnEntry';
import type {
  ConnectionRoomContext,
  DeliveryContext,
  ListedMemberContext,
  RoomBanContext,
  UserContext,
} from '../ports/contexts';
import type { NewEntry } from '../ports/logStore';
import type { MuteStore, RestrictionStore } from '../ports/restrictionStore';
import type { RoomSettingsStore, RoomSettingsWriter } from '../ports/roomSettingsStore';
import { LIMITS, type User } from '../protocol';
import { only } from '../util/asyncIterables';
import { settleAll } from '../util/settleAll';
import type { RemovedConnection } from './evict';

/** Longest wait for the posts that tell a user's own sockets, in milliseconds. */
const NOTIFY_TIMEOUT_MS = 1_000;

/** What moderators' actions need. */
export type ModerationContext = DeliveryContext &
  ConnectionRoomContext &
  UserContext &
  RoomBanContext &
  ListedMemberContext & {
    restrictions: RestrictionStore & MuteStore;
    roomSettings: RoomSettingsStore & RoomSettingsWriter;
  };

/** The user, and the moderator; without a moderator it is the operator. */
export interface Removal {
  user: string;
  by?: User;
}

/** Gives the user behind connections that were put out, if any was open. */
export function removedUser(out: readonly RemovedConnection[]): User | undefined {
  return out.find(({ user }) => user)?.user;
}

/** Writes into a room's log that a user was put out, and tells the room and the user's own sockets. */
export async function recordRemoval(
  context: ModerationContext,
  room: string,
  { user: id, by }: Removal,
  out: readonly RemovedConnection[],
): Promise<void> {
  const user = removedUser(out) ?? { id, name: id.slice(0, LIMITS.nameCharacters) };
  const entry = await appendRemoval(context, room, user, by);
  const sockets = out.filter(({ rooms }) => rooms.includes(room)).map((connection) => connection.id);
  await settleAll(
    deliverEntry(context, { room, seq: entry.seq }, entry),
    notifyRemovedConnections(
      context,
      sockets,
      JSON.stringify({ ...entry, room, log: context.settings.logId }),
    ),
    sockets.length > 0 ? announceLeft(context, room, [user]) : Promise.resolve(),
  );
}

async function appendRemoval(context: ModerationContext, room: string, user: User, by: User | undefined) {
  const id = randomBytes(12).toString('base64url');
  const { id: _, ...entry } = await appendOwnEntry<Extract<NewEntry, { type: 'system' }>>(context, {
    room,
    id,
    from: user,
    toEntry: (seq, at) => ({
      type: 'system',
      seq,
      id,
      what: 'kicked',
      user: withoutRole(user),
      ...(by && { by: withoutRole(by) }),
      at,
    }),
  });
  return entry;
}

/** The row of a removal keeps no roles, so its push must not have them either. */
function withoutRole({ id, name }: User): User {
  return { id, name };
}

async function notifyRemovedConnections(
  context: ModerationContext,
  sockets: readonly string[],
  frame: string,
): Promise<void> {
  await fanOut(context, only(sockets), frame, context.clock.now() + NOTIFY_TIMEOUT_MS);
}
