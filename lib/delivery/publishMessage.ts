import { closeConnections } from '../actions/joinRoom';
import { appendEntry, type DuplicateSearch, type EntryDraft, findDuplicate } from '../log/appendEntry';
import {
  type Connection,
  type EntryIdentity,
  type FanOutJob,
  type Member,
  type PublishContext,
  type SendQuotaContext,
  Unavailable,
} from '../ports/ports';
import type { Ack, ClientMessage, ErrorFrame, LogEntry, MessageEntry, Reply, User } from '../protocol';
import { BEHIND, errorReply, refusalError, UNAVAILABLE } from '../protocol/errorReplies';
import { chargeSend } from '../rateLimiting/sendQuota';
import { settleAll } from '../util/settleAll';
import { fanOut } from './fanOut';
import { prefetch } from './prefetch';

/** An attempt to append ends after this, in milliseconds; its client sends again. */
const ATTEMPT_MS = 20_000;
/** A reply waits this long for its fan-out, in milliseconds; what is not done then goes to the worker. */
const REPLY_WAITS_MS = 1_500;
/** Rooms with more connections are left to the worker. */
const MOST_IN_REPLY = 500;
/**
 * The worker reads members in pages of so many, one ahead of its posts: first as many as fit into one read of 4 KB, so
 * that the first post leaves soon, then larger pages, as each is billed as if it filled its last 4 KB.
 */
const WORKER_PAGES = [100, 1_000] as const;
/** A row that has just been superseded stays this long whatever the retention: memories rest on it. */
export const MIN_RETENTION_MS = 3_600_000;

type SendMessage = Extract<ClientMessage, { action: 'sendMessage' }>;

/**
 * Publishes a message: commits it to the log, fans it out, and acknowledges it. The sender's own connection
 * gets the acknowledgement instead of the message.
 */
export async function sendMessage(
  context: PublishContext & SendQuotaContext,
  sender: Connection,
  message: SendMessage,
): Promise<Reply> {
  const now = context.clock.now();
  const send = draftMessage(message, sender.user);
  const [search, charged] = await settleAll(
    findDuplicate(context, send),
    chargeSend(context, sender, send.room, now),
  );
  const isLimited = charged !== 'ok' && charged.kind === 'rateLimited';
  if (charged !== 'ok' && !(isLimited && search.kind === 'duplicate'))
    return errorReply(message, refusalError(charged));

  const isStillAllowed = () => context.connections.isMember(sender.id, send.room, context.clock.now());
  return appendAndAcknowledge(context, send, search, {
    began: now,
    except: sender.id,
    isLimited,
    isStillAllowed,
  });
}

/** A message that is to be appended. */
export interface MessageDraft extends EntryDraft<MessageEntry> {
  text: string;
}

/** Makes a draft of a message. */
export function draftMessage(
  { room, id, text, after }: Omit<MessageDraft, 'from' | 'toEntry'>,
  from: User,
): MessageDraft {
  const toEntry = (seq: number, at: number): MessageEntry => ({ type: 'message', seq, id, text, from, at });
  return { room, id, text, after, from, toEntry };
}

/**
 * When a send began, which connection has the reply instead of the post, whether it was over its limit, and how to
 * ask whether its author may still write.
 */
interface Circumstances {
  began: number;
  except?: string;
  isLimited?: boolean;
  isStillAllowed?(): Promise<boolean>;
}

/** Takes a send that has been looked for to its end: commits it if it is new, fans it out, acknowledges it. */
export async function appendAndAcknowledge(
  context: PublishContext,
  send: MessageDraft,
  search: DuplicateSearch,
  { began, except, isLimited = false, isStillAllowed = async () => true }: Circumstances,
): Promise<Ack | ErrorFrame> {
  const refused = { action: 'sendMessage', room: send.room, id: send.id } as const;
  const job = (seq: number): FanOutJob => ({ room: send.room, seq, ...(except !== undefined && { except }) });
  const written =
    search.kind === 'notFound'
      ? await appendEntry(context, send, search, began + ATTEMPT_MS, isStillAllowed)
      : search;
  switch (written.kind) {
    case 'behind':
      return errorReply(refused, BEHIND);
    case 'unavailable':
      return errorReply(refused, UNAVAILABLE);
    case 'removed':
      return errorReply(refused, refusalError({ kind: 'notMember' }));
    case 'duplicate': {
      const entry = await readEntry(context, send.room, written.seq);
      if (entry?.type !== 'message' && entry?.type !== 'erased') return errorReply(refused, BEHIND);
      context.metrics.increment('Duplicates');
      if (entry.type === 'erased') return acknowledge(send, { ...written, text: send.text }, true);
      await settleAll(
        isLimited ? Promise.resolve() : deliverEntry(context, job(entry.seq), entry),
        expireSuperseded(context, send.room, written.superseded),
      );
      return acknowledge(send, entry, true);
    }
    case 'written':
      context.metrics.increment('Messages');
      await settleAll(
        deliverEntry(context, job(written.entry.seq), written.entry),
        expireSuperseded(context, send.room, written.superseded),
      );
      return acknowledge(send, written.entry, false);
    default:
      return written satisfies never;
  }
}

/** Fans out a committed entry within the time a reply may wait, and leaves the rest to the worker. */
export async function deliverEntry(context: PublishContext, job: FanOutJob, entry: LogEntry): Promise<void> {
  try {
    const now = context.clock.now();
    if (context.recentLogs.isLarge(job.room, now)) return await enqueueFanOut(context, job);
    const members = context.members.list(job.room, MOST_IN_REPLY + 1);
    await deliver(context, job, entry, members, now + REPLY_WAITS_MS, MOST_IN_REPLY);
  } catch (error) {
    // The entry is committed: whoever was not reached sees it by the sender's repeat or the next ping.
    if (!(error instanceof Unavailable)) throw error;
    context.metrics.increment('FanOutsFailed');
  }
}

async function enqueueFanOut(context: PublishContext, job: FanOutJob): Promise<void> {
  await context.fanOutQueue.enqueue(job);
  context.metrics.increment('HandedOver');
}

/** Carries out a fan-out that was handed over, to its end. */
export async function runFanOutJob(context: PublishContext, job: FanOutJob, deadline: number): Promise<void> {
  const members = prefetch(context.members.list(job.room, ...WORKER_PAGES));
  const entry = await readEntry(context, job.room, job.seq);
  context.metrics.annotate({ room: job.room, seq: job.seq });
  if (entry?.type !== 'message' && entry?.type !== 'system') return;
  if (entry.type === 'message') context.metrics.annotate({ messageId: entry.id });
  await deliver(context, job, entry, members, deadline, Number.POSITIVE_INFINITY);
}

async function deliver(
  context: PublishContext,
  job: FanOutJob,
  entry: LogEntry,
  members: AsyncIterable<Member[]>,
  deadline: number,
  mostMembers: number,
): Promise<void> {
  const owed = job.only && new Set(job.only);
  let reached = 0;
  let isTooLarge = false;
  async function* recipients(): AsyncIterable<string[]> {
    for await (const page of members) {
      isTooLarge = page.length > mostMembers;
      if (isTooLarge) return;
      const now = context.clock.now();
      const wanted = page.filter(
        ({ id, expiresAt }) => id !== job.except && expiresAt > now && (!owed || owed.has(id)),
      );
      reached += wanted.length;
      yield wanted.map((member) => member.id);
    }
  }

  const frame = JSON.stringify({ ...entry, room: job.room });
  const began = context.clock.now();
  const { gone, unfinished } = await fanOut(context, recipients(), frame, deadline);
  if (isTooLarge) {
    context.recentLogs.markLarge(job.room, context.clock.now());
    return enqueueFanOut(context, job);
  }
  if (reached > 0) context.metrics.increment('FanOutMs', context.clock.now() - began);
  await settleAll(
    closeConnections(context, gone, job.room),
    ...(unfinished.length > 0 ? [enqueueFanOut(context, { ...job, only: unfinished })] : []),
  );
}

async function readEntry(context: PublishContext, room: string, seq: number): Promise<LogEntry | undefined> {
  const [entry] = await context.log.readForward(room, seq, 1, context.clock.now());
  return entry?.seq === seq ? entry : undefined;
}

/** Gives the rows below a new one their expiry. One that is missed is given it by a later send that reads it. */
export async function expireSuperseded(
  context: PublishContext,
  room: string,
  superseded: readonly EntryIdentity[],
): Promise<void> {
  const { retentionMs } = context.settings;
  if (retentionMs === undefined) return;
  const soonest = context.clock.now() + MIN_RETENTION_MS;
  const given = await Promise.allSettled(
    superseded.map(({ seq, at }) => context.log.expire(room, seq, Math.max(at + retentionMs, soonest))),
  );
  context.metrics.increment('ExpiryFailures', given.filter(({ status }) => status === 'rejected').length);
}

function acknowledge(
  send: MessageDraft,
  entry: Pick<MessageEntry, 'seq' | 'at' | 'text'>,
  isDuplicate: boolean,
): Ack {
  const { room, id, text } = send;
  const ack: Ack = { type: 'ack', room, id, seq: entry.seq, at: entry.at };
  if (isDuplicate) ack.duplicate = true;
  if (entry.text !== text) ack.text = entry.text;
  return ack;
}
