import type { Requester } from '../auth/requester';
import { readHead } from '../log/readPage';
import { isOut } from '../moderation/roomAccess';
import type {
  ChatContext,
  ConnectionRoomContext,
  DecisionContext,
  ListedMemberContext,
  PublishContext,
  UserContext,
} from '../ports/contexts';
import type { ListedMessage } from '../ports/heldStore';
import type { Ack, ErrorFrame, Reply } from '../protocol';
import { type ErrorDetails, errorReply } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { subjectOf } from '../review/reviewWords';
import { chargeModerator } from './chargeModerator';
import { publish } from './publishForBackEnd';

/** A decision reads the message, and keeps and publishes it. */
const DECIDE_TOKENS = 5;

/** A decision is kept for longer than its message waits, in milliseconds: until then a further one finds it. */
const DECISION_TTL_MS = 8 * 24 * 3_600_000;

/** The author's turn in slow mode is not asked for: the moderator lets the message pass. */
const RIGHTS = { mayWrite: true, mayModerate: true };

const NOT_HELD: ErrorDetails = {
  code: 'gone',
  message: 'No message waits under this "held": it was decided, or nobody decided it in time.',
};
const DECIDED_OTHERWISE: ErrorDetails = {
  code: 'gone',
  message: 'Another decision about this message came first.',
};
const AUTHOR_IS_OUT: ErrorDetails = {
  code: 'gone',
  message: 'The author may not write in this room any more: the message is denied.',
};

type DecideContext = ChatContext &
  ConnectionRoomContext &
  ListedMemberContext &
  PublishContext &
  UserContext &
  DecisionContext;

/**
 * Decides for a moderator about a message that the review held. The first decision holds, and each further one finishes
 * what it left. Only words with a kept verdict are published, so nothing is without a review.
 * @throws Unavailable when the outcome is unknown: the same frame again finishes it.
 */
export async function decide(
  context: DecideContext,
  requester: Requester,
  message: MessageOf<'decide'>,
): Promise<Reply> {
  const { action, room, held: key, verdict, reason } = message;
  const refused = await chargeModerator(context, requester, message, DECIDE_TOKENS);
  if (refused) return refused;
  const { review, clock } = context;
  const held = await review?.held.find(room, key, clock.now());
  if (!review || !held) return errorReply(message, NOT_HELD);
  const { request } = held;
  context.metrics.annotate({ messageId: request.id });
  // Before the verdict is settled: from then on the author's own repeat may append.
  const head = await readHead(context, room);
  const isDenied = verdict === 'deny' || (await isAuthorOut(context, held));
  const decision = isDenied
    ? { verdict: 'deny' as const, ...(reason !== undefined && { reason }) }
    : { verdict: 'allow' as const, after: head };
  const until = clock.now() + DECISION_TTL_MS;
  const holding = await review.verdicts.settle(subjectOf(request), decision, until);
  // A verdict of the review itself has no `after`: the attempt that kept it goes on by itself.
  const after = holding.verdict === 'allow' ? holding.after : undefined;
  const published = after === undefined ? undefined : await publishHeld(context, held, after);
  if (published?.type === 'error' && isUndecided(published)) return errorReply(message, published);
  await review.held.remove(room, key);
  if (verdict === 'allow' ? after === undefined : holding.verdict !== 'deny')
    return errorReply(message, isDenied && verdict === 'allow' ? AUTHOR_IS_OUT : DECIDED_OTHERWISE);
  if (published?.type === 'error')
    return errorReply(message, published.code === 'notMember' ? AUTHOR_IS_OUT : published);
  return { type: 'ok', action, room };
}

/** Publishes a held message as its author's. */
async function publishHeld(
  context: DecideContext,
  held: ListedMessage,
  after: number,
): Promise<Ack | ErrorFrame> {
  const { from, files, of: _, ...words } = held.request;
  const ids = files && { files: files.map(({ id }) => id) };
  const sending = { action: 'sendMessage' as const, ...words, after, ...ids };
  const rights = { ...RIGHTS, onlyAsMember: held.onlyAsMember === true };
  return publish(context, from, sending, rights, {
    began: context.clock.now(),
    isStillAllowed: async () => !(await isAuthorOut(context, held)),
  });
}

/** Tells whether the author of a held message may not be in its room any more. */
async function isAuthorOut(
  context: DecideContext,
  { request: { from, room }, onlyAsMember }: ListedMessage,
): Promise<boolean> {
  return isOut(context, from, onlyAsMember === true, room);
}

/** Tells whether the message may or may not be in the log. */
function isUndecided({ code }: ErrorFrame): boolean {
  return code === 'unavailable' || code === 'behind';
}
