/** Moderation of a room. All but {@link watchRules} needs the right to moderate. */

import type { MemberDetails, RoomBan } from '../lib/protocol';
import type { Room } from './common/roomTypes';
import { unexpected } from './connection/requestErrors';
import { request } from './requests';

export {
  addMember,
  mute,
  NO_RULES,
  type RoomRules,
  type RoomSettings,
  removeMember,
  setRoom,
  watchRules,
} from './roomRules';

export type { MemberDetails, RoomBan };

/** A part of a list; `next` asks for the following part and is missing at the end. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** Removes a user from a room and bans the user for `forMs`, 10 minutes by default. */
export async function kick(room: Room, user: string, forMs?: number): Promise<void> {
  await request(room, { action: 'kick', user, ...(forMs !== undefined && { forMs }) });
}

/** Ends a user's ban from a room. */
export async function unban(room: Room, user: string): Promise<void> {
  await request(room, { action: 'unban', user });
}

/** Gives a part of the bans in force from a room and of the mutes there. A part may be empty, and have a `next`. */
export async function listBans(room: Room, from?: string): Promise<Listed<RoomBan>> {
  const reply = await request(room, { action: 'getBans', ...(from !== undefined && { from }) });
  if (reply.type !== 'bans') throw unexpected(reply);
  return { items: reply.bans, ...(reply.next !== undefined && { next: reply.next }) };
}

/** Gives some users in a room with their devices. {@link mergeMembers} joins the parts: a user may be in several. */
export async function listMembers(room: Room, from?: string): Promise<Listed<MemberDetails>> {
  const reply = await request(room, { action: 'getMembers', ...(from !== undefined && { from }) });
  if (reply.type !== 'members') throw unexpected(reply);
  return { items: reply.members, ...(reply.next !== undefined && { next: reply.next }) };
}

/** Joins two parts of the members: each user once, with the devices of both. */
export function mergeMembers(
  members: readonly MemberDetails[],
  more: readonly MemberDetails[],
): MemberDetails[] {
  const merged = new Map(members.map((member) => [member.user.id, member]));
  for (const member of more) {
    const known = merged.get(member.user.id);
    merged.set(
      member.user.id,
      known
        ? {
            ...known,
            devices: known.devices + member.devices,
            since: Math.min(known.since, member.since),
          }
        : member,
    );
  }
  return [...merged.values()];
}
