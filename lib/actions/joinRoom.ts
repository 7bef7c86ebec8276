import { isForMembers } from '../auth/permissions';
import type { Requester } from '../auth/requester';
import { announceJoined, announceLapsed, announceLeft } from '../connections/announcements';
import { listUsers, readPresence } from '../connections/presence';
import { budgetFor, type Reader, readAfter, readBefore, readHead } from '../log/readPage';
import { isOutsider } from '../moderation/roomAccess';
import { readRules } from '../moderation/roomRules';
import type { JoinResult } from '../ports/connectionRoomStore';
import { type Connection, FINAL_FENCE } from '../ports/connectionStore';
import type {
  ChatContext,
  ConnectionRoomContext,
  ListedMemberContext,
  ReactionContext,
  UserContext,
} from '../ports/contexts';
import type { RoomRules } from '../ports/roomSettingsStore';
import { type Joined, LIMITS, type Page, type Reply } from '../protocol';
import { byteLength } from '../protocol/byteLength';
import { errorReply, FORBIDDEN, judged, refusalError } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { chargeJoin } from '../rateLimiting/joinQuota';
import { createCharge, SYNCS } from '../rateLimiting/tokenBucket';
import { addOwnReactions } from '../reactions/addOwnReactions';
import { settleAll } from '../util/settleAll';
import { abilitiesIn } from './abilities';
import { changeRights } from './editAndDeleteRights';

/** The check for a ban is repeated if the connection left a room, or was removed from one, since the last check. */
const MAX_BAN_LOOKS = 3;

type JoinContext = ChatContext & ConnectionRoomContext & UserContext & ReactionContext & ListedMemberContext;

/**
 * Puts a connection into a room and gives it what it missed. The function writes the member row before it reads the
 * log; a send writes before it lists the members. The later of the two sees the earlier one. A room that only members
 * may be in is looked at before the join, and again after the member row: it may have become private meanwhile.
 */
export async function joinRoom(
  context: JoinContext,
  requester: Requester,
  message: MessageOf<'joinRoom'>,
): Promise<Reply> {
  const { room, after } = message;
  const onlyAsMember = isForMembers(requester.permissions, room);
  const isOut = (rules?: RoomRules) => isOutsider(context, requester.user, onlyAsMember, room, rules);
  const entered = await enterRoom(context, requester, room, isOut);
  if ('kind' in entered) return errorReply(message, refusalError(entered));

  if (after !== undefined) context.metrics.increment('Syncs');
  const member = { room, id: requester.id, expiresAt: requester.expiresAt };
  const added = await context.members.add(member, entered.fence);
  if (added === 'late') return errorReply(message, refusalError({ kind: 'notMember' }));
  const [company, rules] = await settleAll(
    readPresence(context, room),
    readJoinedRules(context, requester, room, isOut),
  ).catch(async (error: unknown) => {
    // Nobody knows whether the room is closed to the user.
    await putOut(context, room, requester);
    throw error;
  });
  if (rules === 'closed') {
    await putOut(context, room, requester);
    return errorReply(message, FORBIDDEN);
  }
  const users = listUsers(company);
  const reader = { ...context, dress: addOwnReactions(context, room, requester.user) };
  const [joined] = await settleAll(
    readWhileMember(context, requester, room, () =>
      readJoined(reader, room, after, byteLength(JSON.stringify(users))),
    ),
    added === 'new' || entered.hasLapsed
      ? announceJoined(context, room, company.active, requester)
      : Promise.resolve(),
    announceLapsed(context, room, company),
  );
  if (!joined) {
    await context.members.remove(room, requester.id, entered.fence);
    return errorReply(message, refusalError({ kind: 'notMember' }));
  }
  const can = abilitiesIn(requester.permissions, room, context.settings);
  return { type: 'joined', room, log: context.settings.logId, can, ...rules, ...users, ...joined };
}

/**
 * Takes a connection out of a room that it must not be in, and tells the room. Until the member row is removed, the room
 * is one that the connection is leaving: the next join, a ban or the end of the connection finds the row.
 */
async function putOut(context: JoinContext, room: string, { id, user }: Connection): Promise<void> {
  const left = await context.connections.beginLeave(id, room);
  await context.members.remove(room, id, left?.fence ?? FINAL_FENCE);
  await context.connections.finishLeave(id, room);
  await announceLeft(context, room, [user]);
}

/** Reads what holds in the room for its new member: not from memory, as a change is told only once. */
async function readJoinedRules(
  context: ChatContext,
  { user, permissions }: Requester,
  room: string,
  isOut: (rules: RoomRules) => Promise<boolean>,
): Promise<Pick<Joined, 'settings' | 'mutedForMs' | 'waitMs'> | 'closed'> {
  const rules = await readRules(context, room);
  if (await isOut(rules)) return 'closed';
  const { settings, mutedUntil } = rules;
  const now = context.clock.now();
  const { mayWrite, mayModerate } = changeRights(permissions, room);
  const mayBeHeldBack = (mutedUntil > now || settings.slow !== undefined) && mayWrite && !mayModerate;
  const own = mayBeHeldBack ? await context.restrictions.read(user.id, room) : undefined;
  return {
    ...(Object.keys(settings).length > 0 && { settings }),
    ...(own && own.mutedUntil > now && { mutedForMs: own.mutedUntil - now }),
    ...(own && settings.slow !== undefined && own.nextAt > now && { waitMs: own.nextAt - now }),
  };
}

/**
 * Charges a join to its user and its connection, and clears a ban that has ended. A removal bars the connection: its
 * membership is read again.
 */
async function enterRoom(
  context: JoinContext,
  requester: Connection,
  room: string,
  isOut: () => Promise<boolean>,
): Promise<JoinResult> {
  const { connections, users, clock, settings } = context;
  const { id, user } = requester;
  const now = clock.now();
  let charge = createCharge(SYNCS, now);
  let cleared: number | undefined;
  const charged = await chargeJoin(context, user, async () => {
    const foreseen = await connections.foreseeJoin(id, room, charge, LIMITS.roomsPerConnection);
    if ('kind' in foreseen) return foreseen;
    const { way, isMember, isLeaving, isBarred, fence } = foreseen;
    charge = { ...charge, way };
    if (isBarred) {
      const until = await users.findBan(user.id, [room], now);
      if (until !== undefined) {
        if (isLeaving) await context.members.remove(room, id, fence);
        return { kind: 'banned', fence, until };
      }
      cleared = fence;
    }
    if (!(await isOut())) return undefined;
    // An earlier join may have failed between its member row and its look at the rules.
    if (isMember) await putOut(context, room, requester);
    else if (isLeaving) await context.members.remove(room, id, fence);
    return judged(FORBIDDEN);
  });
  if (charged !== 'ok') return charged;
  const tryJoin = (clearedFence?: number) =>
    connections.join(id, room, charge, now + settings.leaseMs, LIMITS.roomsPerConnection, clearedFence);
  let entered = await tryJoin(cleared);
  for (
    let look = cleared === undefined ? 0 : 1;
    look < MAX_BAN_LOOKS && 'kind' in entered && entered.kind === 'banned';
    look++
  ) {
    const until = await users.findBan(user.id, [room], now);
    if (until !== undefined) return { ...entered, until };
    if (await isOut()) return entered;
    entered = await tryJoin(entered.fence);
  }
  return entered;
}

/** Reads something for a member, and returns it only if the connection is still a member after the read. */
async function readWhileMember<T>(
  context: ChatContext,
  { id }: Connection,
  room: string,
  read: () => Promise<T>,
): Promise<T | undefined> {
  const value = await read();
  return (await context.connections.isMember(id, room, context.clock.now())) ? value : undefined;
}

async function readJoined(
  reader: Reader,
  room: string,
  after: number | undefined,
  used: number,
): Promise<Page & Pick<Joined, 'head'>> {
  const budget = budgetFor(LIMITS.pageEntries, used);
  const missed = after === undefined ? undefined : await readAfter(reader, room, after, budget);
  if (missed && !missed.reset) {
    const head = missed.more ? await readHead(reader, room) : (missed.messages.at(-1)?.seq ?? after ?? 0);
    return { ...missed, head };
  }
  const newest = await readBefore(reader, room, undefined, budget);
  return { ...newest, head: newest.messages.at(-1)?.seq ?? 0, ...(missed && { reset: true }) };
}
