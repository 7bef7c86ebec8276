import { appendAndAcknowledge } from '../delivery/appendAndAcknowledge';
import { draftOf, type Sending } from '../delivery/entryDrafts';
import { findDuplicatePaged } from '../log/findDuplicatePaged';
import { readHead } from '../log/readPage';
import type { BackEndContext, ListedMemberContext, PublishContext, UserContext } from '../ports/contexts';
import type { Ack, ErrorFrame, Publication, User } from '../protocol';
import { type ErrorDetails, errorReply, FORBIDDEN } from '../protocol/errorReplies';
import { tokensFor } from '../rateLimiting/sendQuota';
import { actAsUser, orUnavailable } from './actForBackEnd';
import type { ChangeRights } from './editAndDeleteRights';
import { searchThenPrepare } from './searchThenPrepare';

/** How long the server recognizes a repeat of a send without `after`, from its last try, in milliseconds. */
const BASE_SEQ_TTL_MS = 24 * 3_600_000;

/** Rows that a search reads at a time. Of a user's rows, which may be long, few are read in vain. */
const USER_PAGE_SIZE = 128;
const OPERATOR_PAGE_SIZE = 500;

const UNDECIDED: ErrorDetails = {
  code: 'behind',
  message:
    'The message may or may not be in the room: some of the log since its first attempt has expired, or is too long to ' +
    'search. Read the room: if no message there has this id, publish the message with another id.',
};

/** Publishes for an author that has a send quota and may be banned from the room. */
export function publishAsUser(
  context: BackEndContext & UserContext & ListedMemberContext,
  author: User,
  publication: Publication,
  rights: ChangeRights,
): Promise<Ack | ErrorFrame> {
  const words = publication.action === 'deleteMessage' ? {} : publication;
  return actAsUser(context, author, publication, tokensFor(words), rights, (isOut) =>
    publishAfterFirst(context, author, publication, rights, async () => !(await isOut())),
  );
}

/** Publishes as any user without rate limits (IAM only), and deletes any message. */
export function publishAsOperator(
  context: BackEndContext,
  author: User,
  publication: Publication,
): Promise<Ack | ErrorFrame> {
  const rights = { mayWrite: true, mayModerate: true };
  return orUnavailable(publication, () => publishAfterFirst(context, author, publication, rights));
}

async function publishAfterFirst(
  context: BackEndContext,
  from: User,
  publication: Publication,
  rights: ChangeRights,
  isStillAllowed?: () => Promise<boolean>,
): Promise<Ack | ErrorFrame> {
  const began = context.clock.now();
  const { room, id } = publication;
  const after = publication.after ?? (await firstHead(context, room, id, from));
  // The search finds a removal above `after`. A removal below it came before this look for a ban.
  if (isStillAllowed && publication.after === undefined && !(await isStillAllowed()))
    return errorReply(publication, FORBIDDEN);
  return publish(context, from, { ...publication, after }, rights, { began, isStillAllowed });
}

/** When a publication began, and what tells whether its author may still write. */
interface Circumstances {
  began: number;
  isStillAllowed?: (() => Promise<boolean>) | undefined;
}

/**
 * Publishes without a charge what the log does not have above `after`.
 * @throws Unavailable when the outcome is unknown.
 */
export async function publish(
  context: PublishContext,
  from: User,
  sending: Sending,
  rights: ChangeRights,
  { began, isStillAllowed }: Circumstances,
): Promise<Ack | ErrorFrame> {
  if (sending.action === 'sendMessage' && sending.replyTo !== undefined && sending.replyTo > sending.after)
    return errorReply(sending, UNKNOWN_REPLY);
  const send = draftOf(sending, from);
  const pageSize = isStillAllowed ? USER_PAGE_SIZE : OPERATOR_PAGE_SIZE;
  const prepared = await searchThenPrepare(context, sending, send, rights, (options) =>
    findDuplicatePaged(context, send, pageSize, options),
  );
  if ('code' in prepared) return errorReply(sending, prepared);
  const reply = await appendAndAcknowledge(context, prepared, {
    began,
    ...(isStillAllowed && { isStillAllowed }),
  });
  return reply.type === 'error' && reply.code === 'behind' ? errorReply(sending, UNDECIDED) : reply;
}

/** The head at the send's first attempt: a back end that knows nothing but the id can still repeat it. */
async function firstHead(
  context: BackEndContext,
  room: string,
  id: string,
  { id: user }: User,
): Promise<number> {
  const head = await readHead(context, room);
  return context.idempotency.getOrSetBaseSeq({ room, id, user }, head, context.clock.now() + BASE_SEQ_TTL_MS);
}

const UNKNOWN_REPLY: ErrorDetails = {
  code: 'badField',
  message: '"replyTo" must be the seq of an earlier message of this room.',
};
