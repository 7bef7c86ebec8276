import { look } from '../log/appendEntry';
import { lookFar } from '../log/findDuplicatePaged';
import { readHead } from '../log/readPage';
import { isKeptOut } from '../moderation/bans';
import { type BackEnd, type Guarded, type Limited, Unavailable } from '../ports/ports';
import type { Ack, Failure, Publication, User } from '../protocol';
import { FORBIDDEN, failure, refusal, UNAVAILABLE } from '../protocol/errorReplies';
import { chargeUser, giveBack } from '../rateLimiting/sendQuota';
import { settle } from '../util/settleAll';
import { complete, draft } from './publishMessage';

/** A send without `after` is known again for at least so long after its last try, in milliseconds. */
const KNOWN_AGAIN_MS = 24 * 3_600_000;

const UNDECIDED: Pick<Failure, 'code' | 'message'> = {
  code: 'behind',
  message:
    'The message may or may not be in the room: some of the log since its first try has expired, or is too long to ' +
    'be looked through. Look for its id there, and send it again under another one if it is missing.',
};

/** Publishes for an author who has a bucket to keep within and may be kept out of the room. Never throws for what the database did. */
export function publishWithin(
  world: BackEnd & Guarded,
  author: User,
  publication: Publication,
): Promise<Ack | Failure> {
  const isOut = () => isKeptOut(world.users, author.id, publication.room, world.clock.now());
  return attempt(publication, async () => {
    const now = world.clock.now();
    const [charged, isRefused] = await settle(chargeUser(world, author, now), isOut());
    if (isRefused) {
      if (charged === 'ok') await giveBack(world, author, now);
      return failed(publication, FORBIDDEN);
    }
    const mayStill = async () => !(await isOut());
    return publish(world, author, publication, { mayStill, ...(charged !== 'ok' && { limited: charged }) });
  });
}

/** Publishes for whoever the operator trusts, as fast as they like. Never throws for what the database did. */
export function publishFor(world: BackEnd, author: User, publication: Publication): Promise<Ack | Failure> {
  return attempt(publication, () => publish(world, author, publication));
}

/** Why only a repeat is answered, and how to ask whether the author may still write. */
interface Allowed {
  limited?: Limited;
  mayStill?(): Promise<boolean>;
}

async function publish(
  world: BackEnd,
  from: User,
  publication: Publication,
  { limited, mayStill }: Allowed = {},
): Promise<Ack | Failure> {
  const began = world.clock.now();
  const { room, id, text } = publication;
  const after = publication.after ?? (await firstHead(world, room, id, from));
  const send = draft({ room, id, text, after }, from);
  // Who is over the limit does not make us read far: a repeat that lies further back is known once it may be sent.
  const looked = await (limited ? look(world, send) : lookFar(world, send));
  if (limited && looked.outcome !== 'found') return failed(publication, refusal(limited));
  const isLimited = limited !== undefined;
  const reply = await complete(world, send, looked, { began, isLimited, ...(mayStill && { mayStill }) });
  return reply.type === 'error' && reply.code === 'behind' ? failed(publication, UNDECIDED) : reply;
}

/** The head that the send's first try met: a back end that has forgotten everything but the id still repeats it. */
async function firstHead(world: BackEnd, room: string, id: string, { id: user }: User): Promise<number> {
  const head = await readHead(world, room);
  return world.authors.keepAfter({ room, id, user }, head, world.clock.now() + KNOWN_AGAIN_MS);
}

async function attempt(publication: Publication, act: () => Promise<Ack | Failure>): Promise<Ack | Failure> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Unavailable) return failed(publication, UNAVAILABLE);
    throw error;
  }
}

function failed({ room, id }: Publication, why: Pick<Failure, 'code' | 'message' | 'retryAfterMs'>): Failure {
  return failure({ room, id }, why);
}
