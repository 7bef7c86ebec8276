import { forgetAll } from '../actions/joinRoom';
import { type Draft, type Looked, look, write } from '../log/appendEntry';
import {
  type Connection,
  type Job,
  type Member,
  type Metered,
  type Publisher,
  type Slot,
  Unavailable,
} from '../ports/ports';
import type { Ack, ClientMessage, Failure, LogEntry, MessageEntry, Reply, User } from '../protocol';
import { BEHIND, failure, refusal, UNAVAILABLE } from '../protocol/errorReplies';
import { chargeSend } from '../rateLimiting/sendQuota';
import { settle } from '../util/settleAll';
import { fanOut } from './fanOut';
import { ahead } from './prefetch';

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
export const LEAST_STAY_MS = 3_600_000;

type SendMessage = Extract<ClientMessage, { action: 'sendMessage' }>;

/**
 * Publishes a message: commits it to the log, fans it out, and acknowledges it. The sender's own connection
 * gets the acknowledgement instead of the message.
 */
export async function sendMessage(
  world: Publisher & Metered,
  sender: Connection,
  message: SendMessage,
): Promise<Reply> {
  const now = world.clock.now();
  const send = draft(message, sender.user);
  const [looked, charged] = await settle(look(world, send), chargeSend(world, sender, send.room, now));
  const isLimited = charged !== 'ok' && charged.why === 'rateLimited';
  if (charged !== 'ok' && !(isLimited && looked.outcome === 'found'))
    return failure(message, refusal(charged));

  const mayStill = () => world.connections.isIn(sender.id, send.room, world.clock.now());
  return complete(world, send, looked, { began: now, except: sender.id, isLimited, mayStill });
}

/** A message that is to be appended. */
export interface Send extends Draft<MessageEntry> {
  text: string;
}

/** Makes a draft of a message. */
export function draft({ room, id, text, after }: Omit<Send, 'from' | 'stamp'>, from: User): Send {
  const stamp = (seq: number, at: number): MessageEntry => ({ type: 'message', seq, id, text, from, at });
  return { room, id, text, after, from, stamp };
}

/**
 * When a send began, which connection has the reply instead of the post, whether it was over its limit, and how to
 * ask whether its author may still write.
 */
interface Circumstances {
  began: number;
  except?: string;
  isLimited?: boolean;
  mayStill?(): Promise<boolean>;
}

/** Takes a send that has been looked for to its end: commits it if it is new, fans it out, acknowledges it. */
export async function complete(
  world: Publisher,
  send: Send,
  looked: Looked,
  { began, except, isLimited = false, mayStill = async () => true }: Circumstances,
): Promise<Ack | Failure> {
  const refused = { action: 'sendMessage', room: send.room, id: send.id } as const;
  const job = (seq: number): Job => ({ room: send.room, seq, ...(except !== undefined && { except }) });
  const written =
    looked.outcome === 'clear' ? await write(world, send, looked, began + ATTEMPT_MS, mayStill) : looked;
  switch (written.outcome) {
    case 'behind':
      return failure(refused, BEHIND);
    case 'unavailable':
      return failure(refused, UNAVAILABLE);
    case 'removed':
      return failure(refused, refusal({ why: 'notMember' }));
    case 'found': {
      const entry = await readEntry(world, send.room, written.seq);
      if (entry?.type !== 'message' && entry?.type !== 'erased') return failure(refused, BEHIND);
      world.tally.add('Duplicates');
      if (entry.type === 'erased') return acknowledge(send, { ...written, text: send.text }, true);
      await settle(
        isLimited ? Promise.resolve() : publish(world, job(entry.seq), entry),
        expire(world, send.room, written.superseded),
      );
      return acknowledge(send, entry, true);
    }
    case 'written':
      world.tally.add('Messages');
      await settle(
        publish(world, job(written.entry.seq), written.entry),
        expire(world, send.room, written.superseded),
      );
      return acknowledge(send, written.entry, false);
    default:
      return written satisfies never;
  }
}

/** Fans out a committed entry within the time a reply may wait, and leaves the rest to the worker. */
export async function publish(world: Publisher, job: Job, entry: LogEntry): Promise<void> {
  try {
    const now = world.clock.now();
    if (world.memory.isLarge(job.room, now)) return await handOver(world, job);
    const members = world.members.list(job.room, MOST_IN_REPLY + 1);
    await deliver(world, job, entry, members, now + REPLY_WAITS_MS, MOST_IN_REPLY);
  } catch (error) {
    // The entry is committed: whoever was not reached sees it by the sender's repeat or the next ping.
    if (!(error instanceof Unavailable)) throw error;
    world.tally.add('FanOutsFailed');
  }
}

async function handOver(world: Publisher, job: Job): Promise<void> {
  await world.worker.handOver(job);
  world.tally.add('HandedOver');
}

/** Carries out a fan-out that was handed over, to its end. */
export async function carryOut(world: Publisher, job: Job, deadline: number): Promise<void> {
  const members = ahead(world.members.list(job.room, ...WORKER_PAGES));
  const entry = await readEntry(world, job.room, job.seq);
  world.tally.note({ room: job.room, seq: job.seq });
  if (entry?.type !== 'message' && entry?.type !== 'system') return;
  if (entry.type === 'message') world.tally.note({ messageId: entry.id });
  await deliver(world, job, entry, members, deadline, Number.POSITIVE_INFINITY);
}

async function deliver(
  world: Publisher,
  job: Job,
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
      const now = world.clock.now();
      const wanted = page.filter(
        ({ id, expiresAt }) => id !== job.except && expiresAt > now && (!owed || owed.has(id)),
      );
      reached += wanted.length;
      yield wanted.map((member) => member.id);
    }
  }

  const frame = JSON.stringify({ ...entry, room: job.room });
  const began = world.clock.now();
  const { gone, unfinished } = await fanOut(world, recipients(), frame, deadline);
  if (isTooLarge) {
    world.memory.foundLarge(job.room, world.clock.now());
    return handOver(world, job);
  }
  if (reached > 0) world.tally.add('FanOutMs', world.clock.now() - began);
  await settle(
    forgetAll(world, gone, job.room),
    ...(unfinished.length > 0 ? [handOver(world, { ...job, only: unfinished })] : []),
  );
}

async function readEntry(world: Publisher, room: string, seq: number): Promise<LogEntry | undefined> {
  const [entry] = await world.log.up(room, seq, 1, world.clock.now());
  return entry?.seq === seq ? entry : undefined;
}

/** Gives the rows below a new one their expiry. One that is missed is given it by a later send that reads it. */
export async function expire(world: Publisher, room: string, superseded: readonly Slot[]): Promise<void> {
  const { retentionMs } = world.settings;
  if (retentionMs === undefined) return;
  const soonest = world.clock.now() + LEAST_STAY_MS;
  const given = await Promise.allSettled(
    superseded.map(({ seq, at }) => world.log.expire(room, seq, Math.max(at + retentionMs, soonest))),
  );
  world.tally.add('ExpiryFailures', given.filter(({ status }) => status === 'rejected').length);
}

function acknowledge(
  send: Send,
  entry: Pick<MessageEntry, 'seq' | 'at' | 'text'>,
  isDuplicate: boolean,
): Ack {
  const { room, id, text } = send;
  const ack: Ack = { type: 'ack', room, id, seq: entry.seq, at: entry.at };
  if (isDuplicate) ack.duplicate = true;
  if (entry.text !== text) ack.text = entry.text;
  return ack;
}
