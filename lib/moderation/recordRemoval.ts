import { randomBytes } from 'node:crypto';
import { announceLeft } from '../connections/presence';
import { deliverEntry } from '../delivery/deliverEntry';
import { fanOut } from '../fanOut/fanOut';
import { appendEntry } from '../log/appendEntry';
import type { EntryDraft } from '../log/entryDraft';
import { expireSuperseded } from '../log/expiry';
import { findDuplicate } from '../log/findDuplicate';
import { readHead } from '../log/readPage';
import type { PublishContext, UserContext } from '../ports/contexts';
import type { NewEntry } from '../ports/logStore';
import { Unavailable } from '../ports/unavailable';
import type { User } from '../protocol';
import { only } from '../util/asyncIterables';
import { settleAll } from '../util/settleAll';

/** An attempt to append ends after this, in milliseconds. */
const APPEND_TIMEOUT_MS = 10_000;

/** Longest wait for the posts that tell a user's own sockets, in milliseconds. */
const NOTIFY_TIMEOUT_MS = 1_000;

/** What a removal needs. */
export type ModerationContext = PublishContext & UserContext;

/** The user, the end of the ban, and the moderator; without a moderator it is the operator. */
export interface Removal {
  user: string;
  /** In milliseconds since the epoch. */
  until: number;
  by?: User;
}

/** A connection that was put out; `rooms` are those it was in. */
export interface RemovedConnection {
  id: string;
  user: User | undefined;
  rooms: readonly string[];
}

/** Writes into a room's log that a user was put out, and tells the room and the user's own sockets. */
export async function recordRemoval(
  context: ModerationContext,
  room: string,
  { user: id, by }: Removal,
  out: readonly RemovedConnection[],
): Promise<void> {
  const user = out.find((connection) => connection.user)?.user ?? { id, name: id.slice(0, 64) };
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
  const draft: EntryDraft<Extract<NewEntry, { type: 'system' }>> = {
    room,
    id,
    from: user,
    after: await readHead(context, room),
    toEntry: (seq, at) => ({ type: 'system', seq, id, what: 'kicked', user, ...(by && { by }), at }),
  };
  const search = await findDuplicate(context, draft);
  if (search.kind !== 'notFound') throw new Unavailable(`The log of a room could not be followed.`);
  const deadline = context.clock.now() + APPEND_TIMEOUT_MS;
  const written = await appendEntry(context, draft, search, deadline, async () => true);
  // A duplicate is this entry itself: it was written, and the answer to that was lost.
  if (written.kind !== 'written' && written.kind !== 'duplicate')
    throw new Unavailable('An entry could not be appended in time.');
  await expireSuperseded(context, room, written.superseded);
  const { id: _, ...entry } =
    written.kind === 'written' ? written.entry : draft.toEntry(written.seq, written.at);
  return entry;
}

async function notifyRemovedConnections(
  context: ModerationContext,
  sockets: readonly string[],
  frame: string,
): Promise<void> {
  await fanOut(context, only(sockets), frame, context.clock.now() + NOTIFY_TIMEOUT_MS);
}
