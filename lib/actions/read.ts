import type { Requester } from '../auth/requester';
import { countMentions } from '../log/countMentions';
import { completeHead, countUnread, markAt } from '../log/countUnread';
import { findClosed } from '../moderation/roomAccess';
import { EVERYWHERE } from '../ports/banStore';
import type {
  ChatContext,
  ConnectionRoomContext,
  FollowContext,
  ListedMemberContext,
  UnreadContext,
  UserContext,
} from '../ports/contexts';
import type { ReadMark } from '../ports/followStore';
import type { ErrorFrame, ReadMarked, Reply, User } from '../protocol';
import { type ErrorDetails, errorReply, FORBIDDEN, refusalError } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { settleAll } from '../util/settleAll';
import { chargeOutside } from './chargeOutside';
import { positionOf, someMentions } from './getRooms';
import { tellOwnConnections } from './tellOwnConnections';

/** The messages above the mark are counted. */
const READ_TOKENS = 2;

const NOTHING: ErrorDetails = {
  code: 'gone',
  message: 'There is nothing to mark: this user does not follow the room, or it has no entry at "seq".',
};

/**
 * Marks how far the user of a connection has read a room, and charges the connection. A mark moves up as long as its
 * version is the same; to mark a room unread is to raise the version. The user's other connections are told.
 */
export async function read(
  context: ChatContext &
    ConnectionRoomContext &
    UserContext &
    FollowContext &
    UnreadContext &
    ListedMemberContext,
  requester: Requester,
  message: MessageOf<'read'>,
): Promise<Reply> {
  const refused = await chargeOutside(context, requester, message, READ_TOKENS);
  if (refused) return refused;
  const { id, user, permissions } = requester;
  const { room } = message;
  const findOwnClosed = () => findClosed(context, user, permissions, [room]);
  if ((await findOwnClosed()).size > 0) return errorReply(message, FORBIDDEN);
  const reply = await moveMark(context, user, message);
  // After the log: what was written after the user was removed from the room must not be told.
  const [banned, closed] = await settleAll(
    context.users.findBans(user.id, [EVERYWHERE, room], context.clock.now()),
    findOwnClosed(),
  );
  if (banned.size > 0) return errorReply(message, refusalError({ kind: 'banned', fence: 0 }));
  if (closed.size > 0) return errorReply(message, FORBIDDEN);
  if (reply.type === 'readMarked') await tellOwnConnections(context, user.id, id, reply);
  return reply;
}

/** Moves the mark, and counts what is above it. */
async function moveMark(
  context: ChatContext & FollowContext & UnreadContext,
  user: User,
  message: MessageOf<'read'>,
): Promise<ReadMarked | ErrorFrame> {
  const { room, seq, version, unread = false } = message;
  const mark = await markAt(context, room, seq, unread ? version + 1 : version);
  if (!mark) return errorReply(message, NOTHING);
  // Before the row of the follow: what is up to the head has its notes there.
  const head = await context.messageCounts.readNewest(room);
  await completeHead(context, { room, head }, context.clock.now());
  const marked = await context.follows.mark(user.id, room, version, mark, context.clock.now());
  if (marked === 'notFollowed') return errorReply(message, NOTHING);
  if ('held' in marked) return errorReply(message, conflict(marked.held));
  const [[count = 0], [mentioned]] = await settleAll(
    countUnread(context, [{ room, mark, head }]),
    countMentions(context, user.id, [{ room, head: head?.entry.seq ?? seq, mark, mentions: marked.marked }]),
  );
  return {
    type: 'readMarked',
    ...{ room, read: positionOf(mark), head: head?.entry.seq ?? seq, unread: count },
    ...someMentions(mentioned),
  };
}

/** The refusal of a mark in favour of the one that holds. */
function conflict(held: ReadMark | undefined): ErrorDetails {
  return {
    code: 'conflict',
    message: 'Another device has moved the mark: go on from "read".',
    read: held ? positionOf(held) : { seq: 0, version: 0 },
  };
}
