import { appendAndAcknowledge } from '../delivery/appendAndAcknowledge';
import { type Draft, draftDeletion, draftEdit, draftMessage } from '../delivery/entryDrafts';
import { findDuplicatePaged } from '../log/findDuplicatePaged';
import { readHead } from '../log/readPage';
import type { BackEndContext, UserContext } from '../ports/contexts';
import { Unavailable } from '../ports/unavailable';
import type { Ack, ErrorFrame, Publication, User } from '../protocol';
import { errorReply, FORBIDDEN, refusalError, UNAVAILABLE } from '../protocol/errorReplies';
import { chargeUser } from '../rateLimiting/sendQuota';
import { type ChangeRights, checkTarget } from './editAndDeleteRights';

/** A send without `after` is known again for at least so long after its last try, in milliseconds. */
const BASE_SEQ_TTL_MS = 24 * 3_600_000;

/** Rows that a search reads at a time. Of a user's rows, which may be long, few are read in vain. */
const USER_PAGE_SIZE = 128;
const OPERATOR_PAGE_SIZE = 500;

const UNDECIDED: Pick<ErrorFrame, 'code' | 'message'> = {
  code: 'behind',
  message:
    'The message may or may not be in the room: some of the log since its first attempt has expired, or is too long to ' +
    'search. Read the room: if no message there has this id, publish the message with another id.',
};

/** What a back end's user may do in the publication's room. */
type Rights = Omit<ChangeRights, 'user'>;

/**
 * Publishes for an author that has a send quota and may be banned from the room. Never throws for what the database
 * did.
 */
export function publishAsUser(
  context: BackEndContext & UserContext,
  author: User,
  publication: Publication,
  rights: Rights = { mayWrite: true, mayModerate: false },
): Promise<Ack | ErrorFrame> {
  const isOut = async () =>
    (await context.users.findBan(author.id, publication.room, context.clock.now())) !== undefined;
  return attempt(publication, async () => {
    if (await isOut()) return failed(publication, FORBIDDEN);
    const charged = await chargeUser(context, author, publication, context.clock.now());
    if (charged !== 'ok') return failed(publication, refusalError(charged));
    return publish(context, author, publication, rights, async () => !(await isOut()));
  });
}

/** Publishes as any user without rate limits (IAM only), and deletes any message. Never throws for what the database did. */
export function publishAsOperator(
  context: BackEndContext,
  author: User,
  publication: Publication,
): Promise<Ack | ErrorFrame> {
  const rights = { mayWrite: true, mayModerate: true };
  return attempt(publication, () => publish(context, author, publication, rights));
}

async function publish(
  context: BackEndContext,
  from: User,
  publication: Publication,
  rights: Rights,
  isStillAllowed?: () => Promise<boolean>,
): Promise<Ack | ErrorFrame> {
  const began = context.clock.now();
  const { room, id } = publication;
  const after = publication.after ?? (await firstHead(context, room, id, from));
  // The search finds a removal above `after`. A removal below it came before this look for a ban.
  if (isStillAllowed && publication.after === undefined && !(await isStillAllowed()))
    return failed(publication, FORBIDDEN);
  if (
    publication.action === 'sendMessage' &&
    publication.replyTo !== undefined &&
    publication.replyTo > after
  )
    return failed(publication, UNKNOWN_REPLY);
  const send = draftOf({ ...publication, after }, from);
  const look = (where = {}) =>
    findDuplicatePaged(context, send, isStillAllowed ? USER_PAGE_SIZE : OPERATOR_PAGE_SIZE, where);
  let search = await look();
  let draft = send;
  if (search.kind === 'notFound' && publication.action !== 'sendMessage') {
    const right = await checkTarget(context, publication, { user: from.id, ...rights });
    if ('code' in right) {
      // What an earlier attempt did is no reason to refuse it: the memory may not know of it yet.
      search = await look({ inMemory: false });
      if (search.kind === 'notFound') return failed(publication, right);
    } else if (publication.action === 'deleteMessage')
      draft = draftDeletion({ ...publication, after }, from, right.by);
  }
  const reply = await appendAndAcknowledge(context, draft, search, {
    began,
    ...(isStillAllowed && { isStillAllowed }),
  });
  return reply.type === 'error' && reply.code === 'behind' ? failed(publication, UNDECIDED) : reply;
}

function draftOf(message: Publication & { after: number }, from: User): Draft {
  switch (message.action) {
    case 'sendMessage':
      return draftMessage(message, from);
    case 'editMessage':
      return draftEdit(message, from);
    case 'deleteMessage':
      return draftDeletion(message, from, 'author');
    default:
      return message satisfies never;
  }
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

async function attempt(
  publication: Publication,
  act: () => Promise<Ack | ErrorFrame>,
): Promise<Ack | ErrorFrame> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Unavailable) return failed(publication, UNAVAILABLE);
    throw error;
  }
}

const UNKNOWN_REPLY: Pick<ErrorFrame, 'code' | 'message'> = {
  code: 'badField',
  message: '"replyTo" must be the seq of an earlier message of this room.',
};

function failed(
  { room, id }: Publication,
  why: Pick<ErrorFrame, 'code' | 'message' | 'retryAfterMs'>,
): ErrorFrame {
  return errorReply({ room, id }, why);
}
