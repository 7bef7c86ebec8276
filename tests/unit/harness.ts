import type { Requester } from '../../lib/auth/requester';
import { createSlowReaders } from '../../lib/fanOut/slowReaders';
import { logWithGone } from '../../lib/log/logWithGone';
import { logWithMentions } from '../../lib/log/logWithMentions';
import { createRecentLogCache } from '../../lib/log/recentLogCache';
import { createRoomRulesCache } from '../../lib/moderation/roomRules';
import type {
  BackEndContext,
  DecisionContext,
  DraftContext,
  FollowContext,
  ListedMemberContext,
  RoomBanContext,
  UnreadContext,
  UserContext,
} from '../../lib/ports/contexts';
import type { FanOutJob } from '../../lib/ports/fanOutQueue';
import type { DeliveryResult } from '../../lib/ports/poster';
import type { Settings } from '../../lib/ports/settings';
import { Unavailable } from '../../lib/ports/unavailable';
import type { DecisionStore, VerdictStore } from '../../lib/ports/verdictStore';
import type { MessageEntry, ServerMessage, User } from '../../lib/protocol';
import { createFloodDetector } from '../../lib/rateLimiting/floodDetector';
import { createRetryAfterCache } from '../../lib/rateLimiting/retryAfterCache';
import { createUnitQuota } from '../../lib/rateLimiting/unitQuota';
import { createInvocationMetrics } from '../../lib/telemetry/invocationMetrics';
import { createVirtualClock, type VirtualClock } from '../simulation/clock';
import { seeded } from '../simulation/random';
import { createStores, type Rows, type Stores } from '../simulation/stores';

export const NOW = 1_800_000_000_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const LEASE_MS = 90_000;

export const ann: User = { id: 'ann', name: 'Ann' };
export const bob: User = { id: 'bob', name: 'Bob' };

/** A frame that was posted, and when. */
export interface Post {
  to: string;
  frame: ServerMessage;
  at: number;
}

/** The core on stores in memory and in virtual time; everything it does to the context can be looked at. */
export interface Harness
  extends BackEndContext,
    DraftContext,
    FollowContext,
    UnreadContext,
    ListedMemberContext,
    RoomBanContext,
    UserContext {
  review?: NonNullable<DecisionContext['review']>;
  connections: Stores['connections'];
  reactions: Stores['reactions'];
  roomSettings: Stores['roomSettings'];
  restrictions: Stores['restrictions'];
  reports: Stores['reports'];
  /** Connections that were closed by the server. */
  closed: string[];
  clock: VirtualClock;
  rows: Rows;
  reacted: Stores['reacted'];
  followRows: Stores['followRows'];
  mentions: Stores['mentions'];
  verdicts: VerdictStore & DecisionStore;
  held: Stores['held'];
  posts: Post[];
  handedOver: FanOutJob[];
  /** What posts to a connection come to, if not `delivered`. */
  answers: Map<string, DeliveryResult | (() => Promise<DeliveryResult>)>;
}

export function createHarness(settings: Partial<Settings> = {}): Harness {
  const clock = createVirtualClock(NOW);
  const posts: Post[] = [];
  const handedOver: FanOutJob[] = [];
  const closed: string[] = [];
  const answers: Harness['answers'] = new Map();
  const stores = createStores();
  return {
    ...stores,
    log: logWithMentions(logWithGone(stores.log, stores.gone), stores.mentions, clock),
    clock,
    posts,
    handedOver,
    closed,
    answers,
    recentLogs: createRecentLogCache(),
    slowReaders: createSlowReaders(),
    retryAfterCache: createRetryAfterCache(),
    rulesCache: createRoomRulesCache(),
    unitQuota: createUnitQuota({
      meter: { take: () => ({ read: 0, write: 0 }) },
      store: stores.sendQuotas,
      clock,
      random: seeded(1),
      userSendsPerSecond: 10,
    }),
    floodDetector: createFloodDetector(5),
    random: seeded(1),
    metrics: createInvocationMetrics(),
    settings: {
      logId: 'log-1',
      sendsPerSecond: 5,
      userSendsPerSecond: 10,
      leaseMs: LEASE_MS,
      editMs: HOUR,
      ...settings,
    },
    fanOutQueue: {
      async enqueue(job) {
        handedOver.push(job);
      },
    },
    poster: {
      async close(connection) {
        closed.push(connection);
        return 'delivered';
      },
      prepare: (frame) => async (to) => {
        posts.push({ to, frame: JSON.parse(frame), at: clock.now() });
        const answer = answers.get(to) ?? 'delivered';
        return typeof answer === 'string' ? answer : answer();
      },
    },
  };
}

/** The same context as another container sees it. */
export function anotherContainer(harness: Harness): Harness {
  return {
    ...harness,
    recentLogs: createRecentLogCache(),
    slowReaders: createSlowReaders(),
    retryAfterCache: createRetryAfterCache(),
    rulesCache: createRoomRulesCache(),
  };
}

/** The same context with some of a port's calls changed. */
export function withCalls<Port extends keyof Harness>(
  harness: Harness,
  port: Port,
  calls: Partial<Harness[Port]>,
): Harness {
  return { ...harness, [port]: { ...harness[port], ...calls } };
}

/** A call that finds no database. */
export const unavailable = () => Promise.reject(new Unavailable('no reply'));

/** Lets virtual time pass until some work has ended. @throws Error when it never does. */
export async function finish<T>({ clock }: { clock: VirtualClock }, work: Promise<T>): Promise<T> {
  let hasEnded = false;
  const ended = work.finally(() => {
    hasEnded = true;
  });
  ended.catch(() => {});
  const latest = clock.now() + HOUR;
  await new Promise(setImmediate);
  while (!hasEnded) {
    if (clock.now() > latest) throw new Error('The work did not end in an hour of virtual time.');
    await clock.runUntil(clock.now() + 1);
    await new Promise(setImmediate);
  }
  return ended;
}

/** Opens a connection and puts it into rooms. */
export async function connect(
  harness: Harness,
  id: string,
  user: User,
  rooms: readonly string[] = [],
  expiresAt = NOW + HOUR,
): Promise<Requester> {
  const connection = { id, user, expiresAt };
  await harness.connections.open(connection, harness.clock.now() + LEASE_MS);
  await harness.users.addConnection(user.id, id, Number.MAX_SAFE_INTEGER, harness.clock.now());
  const charge = { bucket: 'syncs', now: harness.clock.now(), costMs: 0, burstMs: 1 } as const;
  for (const room of rooms) {
    await harness.connections.join(id, room, charge, harness.clock.now() + LEASE_MS, 50);
    await harness.members.add({ ...connection, room });
  }
  return { ...connection, permissions: '*:rwm' };
}

export function entry(seq: number, given: Partial<MessageEntry> = {}): MessageEntry {
  return { type: 'message', seq, id: `id-of-${seq}`, text: `text ${seq}`, from: bob, at: NOW, ...given };
}

/** Writes entries into a room's log; each is a seq, or what is special about it. */
export function fill(
  harness: Harness,
  room: string,
  entries: readonly (number | Partial<MessageEntry>)[],
): void {
  const rows = harness.rows.get(room) ?? [];
  harness.rows.set(room, rows);
  for (const each of entries) {
    const { seq = 0, ...given } = typeof each === 'number' ? { seq: each } : each;
    rows[seq] = { entry: entry(seq, given), n: (rows[seq - 1]?.n ?? 0) + 1 };
  }
}

/** Lets rows expire, or removes them as the database does some time after that. */
export function expire(
  harness: Harness,
  room: string,
  seqs: readonly number[],
  how: 'expired' | 'removed',
): void {
  const rows = harness.rows.get(room) ?? [];
  for (const seq of seqs) {
    const row = rows[seq];
    if (row && how === 'expired') row.expiresAt = NOW;
    else rows[seq] = undefined;
  }
}

/** The connections in a room. */
export async function membersIn(harness: Harness, room: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of harness.members.list(room, 1_000)) ids.push(...page.map(({ id }) => id));
  return ids;
}

/** The ids in a room's log, in the order of their seqs. */
export function idsIn(harness: Harness, room: string): (string | undefined)[] {
  return (harness.rows.get(room) ?? []).slice(1).map((row) => row?.entry.id);
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}
