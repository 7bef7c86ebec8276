import type { Room } from '../../client/index';
import {
  kick,
  type Listed,
  listBans,
  listMembers,
  type MemberDetails,
  mergeMembers,
  mute,
  type RoomBan,
  type RoomRules,
  unban,
} from '../../client/moderation';
import type { Presence } from '../../client/presence';
import { parseUserId, type User } from '../../lib/protocol';
import { printable, printableName } from '../terminal/terminalText';
import { momentOf } from './connect';
import type { UserMark } from './userMark';

/** Pages of a list that are read at most. */
const MAX_PAGES = 10;
/** Users whose ids are printed where a name means several. */
const MAX_NAMED = 10;

const RESTRICTIONS = {
  kick: { order: kick, what: 'come back' },
  mute: { order: mute, what: 'write' },
};

/**
 * Removes a user from a room, or lets a user only read. Returns the line to print. @throws Error for a name that means no
 * user or several.
 */
export async function restrictUser(
  { kind, user: wanted, minutes }: { kind: 'kick' | 'mute'; user: string; minutes: number },
  room: Room,
  presence: Presence,
): Promise<string> {
  const { order, what } = RESTRICTIONS[kind];
  const user = findUser(usersIn(room, presence), wanted);
  await order(room, user.id, minutes * 60_000);
  return `${nameOf(user)} may not ${what} for ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`;
}

/** Ends a user's ban from a room. Returns the line to print. @throws Error for a name that means no user or several. */
export async function unkickUser(room: Room, wanted: string): Promise<string> {
  const { items } = await readAll((from) => listBans(room, from));
  const user = findUser(
    items.filter((ban) => !ban.mute).map((ban) => ban.user),
    wanted,
  );
  await unban(room, user.id);
  return `${nameOf(user)} may come back.`;
}

/** Ends a user's mute. Returns the line to print. @throws Error for a name that means no user or several. */
export async function unmuteUser(room: Room, presence: Presence, wanted: string): Promise<string> {
  const { items } = await readAll((from) => listBans(room, from));
  const muted = items.filter((ban) => ban.mute).map((ban) => ban.user);
  const user = findUser(muted.length > 0 ? muted : usersIn(room, presence), wanted);
  await mute(room, user.id, 0);
  return `${nameOf(user)} may write again.`;
}

/** Says what holds in a room, or `undefined` where nothing does. */
export function describeRules(
  { settings, mutedUntil, waitUntil }: RoomRules,
  now: number,
): string | undefined {
  const { title, slow, readOnly } = settings;
  const lines = [
    ...(title === undefined ? [] : [`The title is: ${printable(title)}`]),
    ...(slow === undefined ? [] : [`Each user may send a message every ${slow} seconds.`]),
    ...(readOnly ? ['Only moderators may write here.'] : []),
    ...(mutedUntil > now ? [`You are muted until ${momentOf(mutedUntil)}.`] : []),
    ...(slow !== undefined && waitUntil > now ? [`You may send again at ${momentOf(waitUntil)}.`] : []),
  ];
  return lines.join('\n') || undefined;
}

export function usersIn(room: Room, presence: Presence): User[] {
  return [...presence.snapshot.members, ...room.snapshot.messages.map(({ from }) => from)];
}

/** Describes the bans from a room and its mutes, a line each. */
export async function describeBans(room: Room, mark: UserMark): Promise<string> {
  const { items, next } = await readAll<RoomBan>((from) => listBans(room, from));
  const lines = items.map(({ user, until, by, mute: isMute }) => {
    const giver = by === undefined ? 'an operator' : nameOf(by);
    return `${nameOf(user)}${mark(user)}  ${user.id}  ${isMute ? 'muted ' : ''}until ${momentOf(until)}, by ${giver}`;
  });
  if (next !== undefined) lines.push('and more');
  return lines.join('\n') || 'No user is kept out of this room or muted.';
}

/** Describes the users in a room with their devices, a line each. */
export async function describePeople(room: Room, mark: UserMark): Promise<string> {
  const { items, next } = await readAll<MemberDetails>((from) => listMembers(room, from));
  const lines = mergeMembers([], items).map(({ user, devices, since }) => {
    const count = devices === 1 ? '1 device' : `${devices} devices`;
    return `${nameOf(user)}${mark(user)}  ${user.id}  ${count} since ${momentOf(since)}`;
  });
  return [...lines.sort(), ...(next === undefined ? [] : ['and more'])].join('\n');
}

/**
 * Finds the user that an id or a name means. An id that is not among the known ones may be that of a user who has
 * left. @throws Error when it means no user, or several.
 */
export function findUser(known: readonly User[], wanted: string): User {
  const users = [...new Map(known.map((user) => [user.id, user])).values()];
  const byId = users.find(({ id }) => id === wanted);
  if (byId) return byId;
  const name = fold(wanted);
  const [first, ...others] = users.filter((user) => fold(user.name) === name);
  if (first && others.length === 0) return first;
  if (first) {
    const ids = [first, ...others].slice(0, MAX_NAMED).map(({ id }) => id);
    throw new Error(`Several users have this name. Take an id: ${ids.join(', ')}`);
  }
  const id = parseUserId(wanted);
  if (id === undefined) throw new Error('No user here has this name. /people lists the ids.');
  return { id, name: id };
}

function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase().trim();
}

/** Reads the pages of a list, up to a bound. */
export async function readAll<T>(read: (from?: string) => Promise<Listed<T>>): Promise<Listed<T>> {
  const items: T[] = [];
  let from: string | undefined;
  for (let i = 0; i < MAX_PAGES; i++) {
    const page = await read(from);
    items.push(...page.items);
    from = page.next;
    if (from === undefined) return { items };
  }
  return { items, ...(from !== undefined && { next: from }) };
}

function nameOf({ name }: User): string {
  return printableName(name);
}
