import { hasPermission, type Permissions } from '../auth/permissions';
import type { Requester } from '../auth/requester';
import { countMentions } from '../log/countMentions';
import { countUnread } from '../log/countUnread';
import { serveEntries } from '../log/pendingChanges';
import { previewOf } from '../log/previewOf';
import { budgetFor, readEntry } from '../log/readPage';
import { findClosed } from '../moderation/roomAccess';
import { currentRulesOf } from '../moderation/roomRules';
import { EVERYWHERE } from '../ports/banStore';
import type {
  ChatContext,
  ConnectionRoomContext,
  FollowContext,
  ListedMemberContext,
  UnreadContext,
  UserContext,
} from '../ports/contexts';
import type { Follow, ReadMark } from '../ports/followStore';
import type { MentionCandidates } from '../ports/mentionStore';
import type { NewestRow } from '../ports/messageCountStore';
import {
  type FollowedRoom,
  isDirect,
  isGuest,
  type Mentions,
  type ReadPosition,
  type Reply,
  type RoomPage,
  type User,
} from '../protocol';
import { byteLength } from '../protocol/byteLength';
import type { MessageOf } from '../protocol/frames';
import { settleAll } from '../util/settleAll';
import { chargeOutside } from './chargeOutside';
import { GUEST_FOLLOW_MS } from './follow';

const PAGE_ROOMS = 25;
const PREVIEW_CHARACTERS = 100;

/** Each room is a read. */
const ROOMS_TOKENS = 5;

/** What guests follow is kept again once this much less time is left, in milliseconds. */
const KEEP_AFTER_MS = 30 * 24 * 3_600_000;

type ListContext = Pick<ChatContext, 'log' | 'clock' | 'settings' | 'roomSettings' | 'rulesCache'> &
  UserContext &
  FollowContext &
  UnreadContext &
  ListedMemberContext;

/** Lists a part of the rooms that the user of a connection follows, and charges the connection. */
export async function getRooms(
  context: ChatContext &
    ConnectionRoomContext &
    UserContext &
    FollowContext &
    UnreadContext &
    ListedMemberContext,
  requester: Requester,
  message: MessageOf<'getRooms'>,
): Promise<Reply> {
  const refused = await chargeOutside(context, requester, message, ROOMS_TOKENS);
  return refused ?? listFollowed(context, requester.user, requester.permissions, message.from);
}

/** Lists a part of the rooms that a user follows, by name. A room that the user may not read has no log in it. */
async function listFollowed(
  context: ListContext,
  user: User,
  permissions: Permissions,
  from: string | undefined,
): Promise<RoomPage> {
  const { follows: store, users, clock } = context;
  const now = clock.now();
  const { follows, next } = await store.readPage(user.id, from, PAGE_ROOMS, now);
  const readable = follows.filter(({ room }) => hasPermission(permissions, 'read', room));
  const views = await viewsOf(context, readable);
  const counts = await mentionsIn(context, user, from, readable, views);
  // After the log: what was written after the user was removed from a room must not be given to the user.
  const names = readable.map(({ room }) => room);
  // Before the check of who may be in a room: its title is for those alone.
  const rules = await currentRulesOf(
    context,
    names.filter((room) => !isDirect(room)),
  );
  const [banned, closed] = await settleAll(
    users.findBans(user.id, [EVERYWHERE, ...names], clock.now()),
    findClosed(context, user, permissions, names, rules),
  );
  const isShown = ({ room }: Pick<Follow, 'room'>) =>
    !banned.has(EVERYWHERE) && !banned.has(room) && !closed.has(room);
  const whole = (view: FollowedRoom): FollowedRoom => {
    const title = rules.get(view.room)?.settings.title;
    return { ...view, ...(title !== undefined && { title }), ...someMentions(counts.get(view.room)) };
  };
  const shown = new Map(views.filter(isShown).map((view) => [view.room, whole(view)]));
  if (isGuest(user)) await keepForGuest(context, user, follows, now);
  const rooms = follows.map(
    ({ room, since, with: other }) =>
      shown.get(room) ?? { room, since, ...(other !== undefined && { with: other }) },
  );
  return takeFitting(rooms, next);
}

/** Makes a page of as many rooms as fit into a frame; the rest is on the next one. */
function takeFitting(rooms: readonly FollowedRoom[], next: string | undefined): RoomPage {
  let { bytes } = budgetFor(rooms.length);
  const end = rooms.findIndex((room) => {
    bytes -= byteLength(JSON.stringify(room)) + 1;
    return bytes < 0;
  });
  const fitting = end < 0 ? [...rooms] : rooms.slice(0, end);
  const from = end < 0 ? next : fitting.at(-1)?.room;
  return { type: 'rooms', rooms: fitting, ...(from !== undefined && { next: from }) };
}

/** Shows of each room its newest entry, and how much the user has not read. */
async function viewsOf(context: ListContext, follows: readonly Follow[]): Promise<FollowedRoom[]> {
  const heads = await settleAll(...follows.map(({ room }) => context.messageCounts.readNewest(room)));
  const rooms = follows.map(({ room, mark }, i) => ({ room, mark, head: heads[i] }));
  const [views, unread] = await settleAll(
    settleAll(...follows.map((follow, i) => viewOf(context, follow, heads[i]))),
    countUnread(context, rooms),
  );
  return views.map((view, i) => ({ ...view, unread: unread[i] ?? 0 }));
}

/** Shows a room's newest entry, and the message that it is or is about. */
async function viewOf(
  { log, clock }: ListContext,
  { room, since, with: other, mark }: Follow,
  newest: NewestRow | undefined,
): Promise<FollowedRoom> {
  const view = {
    ...{ room, since, head: newest?.entry.seq ?? 0 },
    ...(other !== undefined && { with: other }),
    ...(mark && { read: positionOf(mark) }),
  };
  if (!newest) return view;
  const [head] = await serveEntries(log, room, [newest.entry], clock.now());
  const shown = head && 'of' in head ? await readEntry({ log, clock }, room, head.of) : head;
  return {
    ...view,
    ...(head && 'at' in head && { at: head.at }),
    ...(shown?.type === 'message' && { last: previewOf(shown, PREVIEW_CHARACTERS) }),
  };
}

/** How often a part of the list is read again: a room that was followed meanwhile moves the others by one. */
const NOTED_PAGES = 2;

/** Counts the mentions in some rooms of a page. Their notes are read once more: an entry up to the head may be new. */
async function mentionsIn(
  context: ListContext,
  user: User,
  from: string | undefined,
  follows: readonly Follow[],
  views: readonly FollowedRoom[],
): Promise<ReadonlyMap<string, Mentions>> {
  const last = follows.at(-1);
  if (!last) return new Map();
  const noted = new Map<string, MentionCandidates>();
  let place = from;
  for (let read = 0; read < NOTED_PAGES && !noted.has(last.room); read++) {
    const page = await context.follows.readPage(user.id, place, PAGE_ROOMS, context.clock.now());
    for (const { room, mentions } of page.follows) noted.set(room, mentions);
    place = page.next;
    if (place === undefined) break;
  }
  const rooms = follows.map(({ room, mark, mentions }, i) => ({
    ...{ room, mark, head: views[i]?.head ?? 0 },
    mentions: noted.get(room) ?? mentions,
  }));
  const counts = await countMentions(context, user.id, rooms);
  return new Map(rooms.map(({ room }, i) => [room, counts[i] ?? 0]));
}

/** The part of a frame that tells of mentions, if there are any. */
export function someMentions(mentions: Mentions = 0): { mentions?: Mentions } {
  return mentions === 0 ? {} : { mentions };
}

/** The part of a mark that clients know. */
export function positionOf({ seq, version }: ReadMark): ReadPosition {
  return { seq, version };
}

/** Keeps what a guest follows, once a month: the rows of guests who never come back expire. */
async function keepForGuest(
  { follows }: FollowContext,
  user: User,
  page: readonly Follow[],
  now: number,
): Promise<void> {
  const expiresAt = now + GUEST_FOLLOW_MS;
  const due = page.filter((follow) => (follow.expiresAt ?? expiresAt) < expiresAt - KEEP_AFTER_MS);
  await follows.keep(
    user.id,
    due.map(({ room }) => room),
    expiresAt,
  );
}
