import type { Requester } from '../../../lib/auth/requester';
import type { Row } from '../../../lib/aws/dynamodb/attributeValues';
import { createDatabase } from '../../../lib/aws/dynamodb/client';
import { ConditionFailed, type Database } from '../../../lib/aws/dynamodb/database';
import { reactionsOf, toRow } from '../../../lib/aws/dynamodb/writeMessageRow';
import { openConnection } from '../../../lib/connections/openConnection';
import { logWithGone } from '../../../lib/log/logWithGone';
import { logWithMentions } from '../../../lib/log/logWithMentions';
import { FINAL_FENCE } from '../../../lib/ports/connectionStore';
import type {
  BackEndContext,
  DecisionContext,
  DraftContext,
  FollowContext,
  ListedMemberContext,
  RoomBanContext,
  UnreadContext,
  UserContext,
} from '../../../lib/ports/contexts';
import type { UploadQuotaContext } from '../../../lib/ports/uploadQuotaStore';
import type { Joined, User } from '../../../lib/protocol';
import { byteLength } from '../../../lib/protocol/byteLength';
import { ANNOUNCEMENTS, JOINS } from '../../../lib/rateLimiting/joinQuota';
import {
  createCharge,
  DRAFTS,
  SIGNALS,
  SYNCS,
  sendRate,
  TYPING,
} from '../../../lib/rateLimiting/tokenBucket';
import { handlerOf } from '../../support/handlerOf';
import { createHarness, HOUR, NOW, range } from '../../unit/harness';
import { createTables, type Engine, environmentFor, type Stores, startNative } from '../engines';

export const LONGEST_TEXT = '🦄'.repeat(4_000);
/** All that a message can hold besides: its row has 33 KB. */
const LONGEST_CONTENT = {
  text: LONGEST_TEXT,
  data: { x: 'x'.repeat(4_000) },
  mentions: range(1, 20).map((n) => `user-${n}`.padEnd(128, '=')),
  files: range(1, 10).map((n) => ({
    ...{ id: `${n}`.padEnd(22, 'f'), name: '🦄'.repeat(64), type: `${'t'.repeat(32)}/${'t'.repeat(80)}` },
    bytes: 26_214_400,
  })),
};
const LONGEST_REACTIONS = {
  ...{ type: 'reacted' as const, seq: 0, id: 'reacted-1', at: NOW, k: 1 },
  counts: Object.fromEntries(range(1, 20).map((n) => [`${n}`.padEnd(34, '🦄'), 10_000])),
  users: { '👏': range(1, 5).map((n) => ({ id: `user-${n}`.padEnd(128, '='), name: '🦄'.repeat(64) })) },
};
export const ROWS = 700;
/** Tokens that leave a bucket less than full. */
export const LITTLE = 0.001;
/** The longest role. */
export const LONGEST_ROLE = 'e'.repeat(32);
export const ann: User = { id: 'ann', name: 'Ann', role: LONGEST_ROLE };
export const eve: User = { id: 'eve', name: 'Eve', role: LONGEST_ROLE };
export const rea = { id: 'rea', name: 'Rea' };
export const mallory = { id: 'mallory', name: 'Mallory' };
/** The most rooms of a connection, with the longest names. */
export const FULL_ROOMS = Array.from({ length: 50 }, (_, i) => `room-${i}`.padEnd(64, 'x'));

type Context = BackEndContext &
  DecisionContext &
  RoomBanContext &
  UserContext &
  DraftContext &
  UploadQuotaContext &
  FollowContext &
  UnreadContext &
  ListedMemberContext &
  Pick<Stores, 'connections' | 'reactions' | 'roomSettings' | 'restrictions' | 'reports' | 'held'>;
/** What frames cost: capacity units as the database counts them, calls of AWS but posts, and posts with closes. */
export interface Cost {
  read: number;
  write: number;
  calls: number;
  posts: number;
}

export const spent: Cost = { read: 0, write: 0, calls: 0, posts: 0 };

/** Tells what some work costs. */
export async function costOf<T>(act: () => Promise<T>): Promise<{ cost: Cost; outcome: T }> {
  Object.assign(spent, { read: 0, write: 0, calls: 0, posts: 0 });
  const outcome = await act();
  return { cost: { ...spent }, outcome };
}

/**
 * Sums what each call consumes. Of a condition that was not met the database tells nothing: it costs the row as it is,
 * or as the write would have it if that is longer.
 */
function metered(database: Database): Database {
  return {
    async call(operation, input) {
      spent.calls++;
      const isWrite = /Put|Update|Delete/.test(operation);
      try {
        const output = await database.call(operation, {
          ...input,
          ...(input.ConditionExpression !== undefined && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
          ReturnConsumedCapacity: 'TOTAL',
        });
        const { ConsumedCapacity = [] } = output as { ConsumedCapacity?: unknown };
        for (const { CapacityUnits } of [ConsumedCapacity].flat() as { CapacityUnits: number }[])
          spent[isWrite ? 'write' : 'read'] += CapacityUnits;
        return output;
      } catch (error) {
        if (error instanceof ConditionFailed) {
          const { Item = input.ExpressionAttributeValues } = input;
          spent.write += Math.max(1, Math.ceil(Math.max(bytesOf(error.row), bytesOf(Item)) / 1024));
        }
        throw error;
      }
    },
  };
}

/** What the database counts of a row: the names and the values of its attributes. */
function bytesOf(row: Row = {}): number {
  return byteLength(
    Object.entries(row)
      .map(([name, value]) => name + (value instanceof Set ? [...value].join('') : value))
      .join(''),
  );
}

let engine: Engine;
let unmetered: Database;
let tables: Awaited<ReturnType<typeof createTables>>;
let apart: typeof tables | undefined;
let shared: ReturnType<typeof tables.connect>;
export let opened: ReturnType<typeof tables.connect>;

/** The core in a container that remembers nothing. */
export const container = (): Context => ({
  ...createHarness({ retentionMs: HOUR }),
  ...opened.stores,
  log: logWithMentions(logWithGone(opened.stores.log, opened.stores.gone), opened.stores.mentions, {
    now: () => NOW,
  }),
  dailyFileMegabytes: 500,
  clock: { now: () => NOW, wait: async () => {} },
  random: () => 0,
  poster: {
    async close() {
      spent.posts++;
      return 'delivered';
    },
    prepare: () => async () => {
      spent.posts++;
      return 'delivered';
    },
  },
  fanOutQueue: {
    async enqueue() {
      spent.calls++;
    },
  },
});

/** A review with this answer. */
export const reviewWith = (answer: unknown) => ({
  ...{ verdicts: opened.stores.verdicts, held: opened.stores.held },
  reviewer: {
    async ask() {
      spent.calls++;
      return answer;
    },
  },
});

/** Has messages of the longest text held. */
export async function holdMessages(room: string, count: number, from: User): Promise<void> {
  for (const i of range(1, count))
    await opened.stores.held.add(
      `${from.id} ${i}`,
      { at: NOW, request: { room, id: `held-message-${i}`, from, text: LONGEST_TEXT } },
      { perUser: 99, until: NOW + HOUR },
    );
}

export const requester = (id: string, user = ann): Requester => ({
  id,
  user,
  expiresAt: NOW + HOUR,
  permissions: '*:rwm',
});

/** Who joined rooms for the row that is measured. */
let joined: { room: string; id: string }[] = [];

/** A connection in some rooms, which has just sent frames: none of its buckets is full, nor any of its user. */
export const open = async (
  id: string,
  user: User = { id: `user-of-${id}`, name: 'Own', role: LONGEST_ROLE },
  rooms: readonly string[] = [],
): Promise<Requester> => {
  const who = requester(id, user);
  const { connections, members } = opened.stores;
  await connections.open(who, NOW + HOUR);
  for (const room of rooms) {
    await connections.join(id, room, createCharge(SYNCS, NOW, 0), NOW + HOUR, 50);
    await members.add({ ...who, room });
    joined.push({ room, id });
  }
  for (const rate of [SYNCS, TYPING, SIGNALS, DRAFTS, sendRate(5)])
    await connections.renewLease(id, createCharge(rate, NOW, LITTLE), NOW + HOUR);
  await chargeUser(user);
  return who;
};

/** Opens a connection with full buckets in some rooms: the first write of a frame takes its token. */
export async function openRested(who: Requester, rooms: readonly string[]): Promise<Requester> {
  const { connections } = opened.stores;
  await connections.open(who, NOW + HOUR);
  for (const room of rooms)
    await connections.join(who.id, room, createCharge(SYNCS, NOW - HOUR, 0), NOW + HOUR, 50);
  return who;
}

/** Takes a little of a user's buckets. */
export async function chargeUser({ id }: User): Promise<void> {
  for (const rate of [sendRate(10), JOINS, ANNOUNCEMENTS])
    await opened.stores.sendQuotas.charge(id, createCharge(rate, NOW, LITTLE));
}

/** Makes tables for one row alone, whose cost depends on all that they hold: 110 rooms, with the longest messages. */
export async function openApart(): Promise<void> {
  apart = await createTables(engine.url);
  opened = apart.connect(metered);
  for (const n of range(1, 110)) await stage(1, `room-${n}`);
}

/** Takes those out of their rooms who joined for a row: each row finds the rooms as the first did. */
export async function tidy(): Promise<void> {
  for (const { room, id } of joined) await opened.stores.members.remove(room, id, FINAL_FENCE);
  joined = [];
  if (!apart) return;
  opened.disconnect();
  opened = shared;
  await apart.drop();
  apart = undefined;
}

/** Starts the database, with full rooms and logs. */
export async function openScene(): Promise<void> {
  engine = await startNative();
  unmetered = createDatabase(environmentFor(engine.url));
  tables = await createTables(engine.url);
  shared = tables.connect(metered);
  opened = shared;
  await fillLog('full', 1, ROWS);
  await opened.stores.users.addBan(eve.id, { room: 'full', until: NOW + HOUR }, NOW);
  await opened.stores.users.addBan(mallory.id, { room: '*', until: NOW + HOUR }, NOW);
  await fillRooms();
  for (const user of [ann, rea]) await chargeUser(user);
}

/** Fills a room's log with the longest messages, or with others. */
export async function fillLog(room: string, first: number, last: number, message?: Staged): Promise<void> {
  for (let from = first; from <= last; from += 25)
    await Promise.all(range(from, Math.min(last, from + 24)).map((seq) => stage(seq, room, message)));
}

/** Fills a room's log until none of the next entries looks for rows without an expiry, as each sixteenth does. */
export async function passSweep(room: string, message?: Staged): Promise<void> {
  const [newest] = await opened.stores.log.readBackward(room, undefined, 1, NOW);
  const head = newest?.seq ?? 0;
  if (head % 16 >= 12) await fillLog(room, head + 1, 16 * Math.ceil((head + 1) / 16), message);
}

/** Short messages with reactions, then the longest: the dearest page that a reader can ask for from the start. */
export async function fillDear(room: string): Promise<void> {
  const { log } = opened.stores;
  const noted = { type: 'reacted' as const, seq: 0, id: 'r', at: NOW, k: 1, counts: { a: 1 }, users: {} };
  await fillLog(room, 1, 68, { text: 'a' });
  for (let of = 1; of <= 68; of++) await log.applyChange(room, { ...noted, of });
  await fillLog(room, 69, 102);
}

/** What an operator's work on the logs needs. */
export const archive = () => ({ ...container(), erasures: opened.stores.erasures });

/** Fills rooms with the most members that are announced, and a hall with the most that a reply serves. */
async function fillRooms(): Promise<void> {
  for (let i = 0; i < 500; i += 50)
    await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        const id = `crowd-${i + n}`.padEnd(16, '=');
        const who = requester(id, { id: `user-${i + n}`, name: 'N'.repeat(64) });
        await opened.stores.members.add({ ...who, room: 'hall' });
        if (i + n >= 90) return;
        await opened.stores.connections.open(who, NOW + HOUR);
        for (const room of ['full', ...FULL_ROOMS]) await opened.stores.members.add({ ...who, room });
      }),
    );
  for (const room of FULL_ROOMS) await stage(1, room);
}

export async function closeScene(): Promise<void> {
  opened.disconnect();
  await tables.drop();
  await engine.stop();
}

export const send = (after: number, text = 'hello', id = 'my-own-id') => ({
  action: 'sendMessage',
  room: 'full',
  id,
  text,
  after,
});
const messageOf = (seq: number, from: User, content: typeof LONGEST_CONTENT | { text: string }) => ({
  ...{ type: 'message' as const, seq, id: `message-${seq}`, from, at: NOW - HOUR + seq },
  ...content,
});

/** Writes the longest message into a room, in one call instead of the stores' three, or another message. */
export async function stage(
  seq: number,
  room: string,
  { from = eve, text, hasExpired }: Staged = {},
): Promise<void> {
  if (text !== undefined) {
    await opened.stores.log.put(room, messageOf(seq, from, { text }), undefined, seq);
    return;
  }
  const { todo: _settled, ...row } = toRow(room, messageOf(seq, from, LONGEST_CONTENT), undefined);
  const { k: rk, seq: rseq } = LONGEST_REACTIONS;
  const expiry = hasExpired && { ttl: NOW / 1000 - 1 };
  const Item = { ...row, n: seq, rk, rseq, ...reactionsOf(LONGEST_REACTIONS), ...expiry };
  await unmetered.call('PutItem', { TableName: messagesTable(), Item });
}

/** The rows of the longest message as `stage` writes it, and as the stores do. */
export async function bothRows(): Promise<[Row | undefined, Row | undefined]> {
  const { log } = opened.stores;
  const rowOf = async (room: string) => {
    const Key = { room, seq: 1 };
    const { Item } = await unmetered.call('GetItem', { TableName: messagesTable(), Key });
    return Item && { ...Item, room: 'any' };
  };
  await stage(1, 'staged');
  await log.put('written', messageOf(1, eve, LONGEST_CONTENT), undefined, 1);
  await log.clearPending('written', { type: 'message', seq: 1 });
  await log.applyChange('written', { ...LONGEST_REACTIONS, of: 1 });
  return [await rowOf('staged'), await rowOf('written')];
}

const messagesTable = () => (apart ?? tables).names.messages;

interface Staged {
  from?: User;
  text?: string;
  /** The database has still to remove it. */
  hasExpired?: true;
}
export const reaction = (of: number, given: object = {}) => ({
  ...{ action: 'react' as const, room: 'full', of, name: '👏', on: true, v: 1 },
  ...given,
});
export const ask = async (
  who: Requester,
  frame: { action: string; [field: string]: unknown },
  given: Partial<Context> = {},
) => handlerOf(frame.action)({ ...container(), ...given }, who, JSON.stringify(frame));
export const headOf = async (who: Requester) => {
  await passSweep('full');
  return (await ask(who, { action: 'joinRoom', room: 'full' })) as Joined;
};
export const fiftyRooms = Object.fromEntries(
  Array.from({ length: 50 }, (_, i) => [i === 0 ? 'full' : `room-${i}`, 0]),
);

export const shake = async (id: string, user = ann, maxConnections = 5) => {
  const context = { ...container(), maxConnections, leaseMs: 90_000 };
  return { type: await openConnection(context, { ...requester(id, user), takesRefusal: true }) };
};

/** A frame or a request whose cost has a row in the page of prices. */
export interface Price {
  frame: string;
  /** The action, the route or the function, as serverless.yml has it. */
  entry: string;
  /** Makes ready what the frame needs; gives the frame. */
  prepare(): Promise<() => Promise<{ type: string }>>;
  reply: object;
}
