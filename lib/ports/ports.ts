/** What the core needs of the context. Adapters implement these; the simulation implements them too. */

import type { Permissions } from '../auth/permissions';
import type { RecentLogCache } from '../log/recentLogCache';
import type { LogEntry, MessageEntry, SystemEntry, User } from '../protocol';
import type { FloodDetector } from '../rateLimiting/floodDetector';
import type { RetryAfterCache } from '../rateLimiting/retryAfterCache';
import type { InvocationMetrics } from '../telemetry/invocationMetrics';

/** Time, as this container sees it. Containers may disagree by minutes; no promise rests on it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  wait(ms: number): Promise<void>;
}

/** A number in [0, 1), as `Math.random`. */
export type Random = () => number;

/** The outcome of a call is unknown: it may or may not have been carried out. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** What identifies a row: its text may be blanked and the row may expire, this never changes. */
export interface EntryIdentity {
  seq: number;
  id: string;
  user: string;
  at: number;
  /** The row tells that its user was put out of the room. */
  removes?: true;
  /** When the row stops counting, in milliseconds since the epoch. The newest row of a room never has one. */
  expiresAt?: number;
}

/** What is written into a log. A system entry has an id as well, by which its writer knows it again. */
export type NewEntry = MessageEntry | (SystemEntry & { id: string });

/** The log: rows by room and seq, written once. Every read is strongly consistent. */
export interface LogStore {
  /** Reads at most `limit` entries that have not expired by `now`, upwards from `seq`. */
  readForward(room: string, seq: number, limit: number, now: number): Promise<LogEntry[]>;
  /** Reads at most `limit` entries that have not expired by `now`, downwards from `seq`, or from the head. */
  readBackward(room: string, seq: number | undefined, limit: number, now: number): Promise<LogEntry[]>;
  /** Reads what identifies at most `limit` rows, expired or not, upwards from `seq`. */
  readIdentities(room: string, seq: number, limit: number): Promise<EntryIdentity[]>;
  /** Writes an entry if its slot is free. @throws Unavailable when the outcome is unknown. */
  put(room: string, entry: NewEntry): Promise<'written' | 'taken'>;
  /** Gives a row its expiry, if the row exists. */
  expire(room: string, seq: number, at: number): Promise<void>;
  /** Tells which of some rooms have a row at the seq given for them. */
  roomsBeyond(seqs: ReadonlyMap<string, number>): Promise<string[]>;
}

/** A place in the whole table of logs. */
export interface LogPosition {
  room: string;
  seq: number;
}

/** What an operator does to the logs; nothing on a message's way uses it. */
export interface ErasureStore {
  /**
   * Takes a message's text and its author's name away, and his id but for a trace by which a repeat of the same send
   * is still known. Tells whether there was something to take.
   */
  erase(room: string, slot: Pick<EntryIdentity, 'seq' | 'id' | 'user'>): Promise<boolean>;
  /** Takes from a system entry who did what it tells. */
  eraseModerator(room: string, seq: number): Promise<void>;
  /**
   * Reads on from a place through the logs of all rooms, in no order; gives the rows that name a user, whose rows they
   * are, and where to go on.
   */
  findRowsOf(
    user: string,
    from?: LogPosition,
  ): Promise<{ rows: (LogPosition & Pick<EntryIdentity, 'id' | 'user'>)[]; next?: LogPosition }>;
}

/** One socket, as `$connect` saw it. */
export interface Connection {
  id: string;
  user: User;
  /** When its token expires, in milliseconds since the epoch. */
  expiresAt: number;
}

/** A connection that sends a frame, with what its token lets it do. */
export interface Requester extends Connection {
  permissions: Permissions;
}

/** A connection's place in a room: all that a fan-out needs of it, and nothing of its user. */
export interface Member {
  room: string;
  id: string;
  /** When its token expires, in milliseconds since the epoch; read again it is the next whole second. */
  expiresAt: number;
}

/** A connection that shows signs of life. */
export interface ActiveConnection {
  id: string;
  user: User;
  /** Until when it was present by its opening alone: of two connections, the lower came first. */
  firstLease: number;
}

/** What one frame takes from a bucket of its connection or its user, in milliseconds (see bucket.ts). */
export interface Charge {
  bucket: 'sends' | 'syncs' | 'typing';
  now: number;
  costMs: number;
  burstMs: number;
}

/** Why a connection may not do what it asks for. */
export type Refusal =
  | { kind: 'closed' }
  | { kind: 'expired' }
  | { kind: 'notMember' }
  | { kind: 'tooManyRooms' }
  | { kind: 'banned'; fence: number }
  | RateLimited;

export interface RateLimited {
  kind: 'rateLimited';
  retryAfterMs: number;
  /** Others kept moving the bucket: it may have room at any time. */
  contended?: true;
}

export type ChargeResult = 'ok' | Refusal;

/**
 * A connection has entered a room. Its fence counts how often it left a room or was removed from one: what a join or
 * a leave of an earlier fence still does afterwards must not count.
 */
export type JoinResult = { fence: number } | Refusal;

/** A connection was removed from a room; `wasMember` tells whether it was there, or had been before a removal. */
export interface RemovedFromRoom {
  user: User;
  wasMember: boolean;
  /** The fence that begins. */
  fence: number;
}

/** The fence after which none comes: that of a connection whose row is gone. */
export const FINAL_FENCE = Number.MAX_SAFE_INTEGER;

/** Connections: one row a socket. Each method is one conditional write, atomic under races. */
export interface ConnectionStore {
  /** Opening one that is open changes nothing. */
  open(connection: Connection, leaseUntil: number): Promise<void>;
  /** Removes the row; gives whose it was and the rooms it was in, or `undefined` if it was gone already. */
  close(id: string): Promise<{ user: User; rooms: string[] } | undefined>;
  /** Charges a frame to an open, unexpired connection in `room`, and renews its lease. */
  charge(id: string, room: string, charge: Charge, leaseUntil: number): Promise<ChargeResult>;
  /**
   * Charges a frame and adds `room` to the connection's rooms, up to `maxRooms`, unless a ban has to be looked for
   * first. After no ban was found, `clearedFence` is the fence of the refusal: nothing was removed since then.
   */
  join(
    id: string,
    room: string,
    charge: Charge,
    leaseUntil: number,
    maxRooms: number,
    clearedFence?: number,
  ): Promise<JoinResult>;
  /**
   * Charges a frame and takes a room from the connection's rooms; tells whether it was among them, and the fence that
   * ends.
   */
  leave(
    id: string,
    room: string,
    charge: Charge,
    leaseUntil: number,
  ): Promise<{ wasMember: boolean; fence: number } | Refusal>;
  /** Charges a frame that is about no room, and renews the lease; gives the connection's rooms. */
  renewLease(id: string, charge: Charge, leaseUntil: number): Promise<{ rooms: string[] } | Refusal>;
  /** Takes a room from the connection's rooms and bars it from that room; `undefined` if it is closed. */
  removeFromRoom(id: string, room: string): Promise<RemovedFromRoom | undefined>;
  /**
   * Ends every right of a connection; its row stays, and with it the rooms it was in, so that what follows can be
   * done again. `undefined` if it is closed.
   */
  revoke(id: string): Promise<{ user: User; rooms: string[] } | undefined>;
  /** Makes an open connection look for a ban before it joins these rooms, or any room ({@link EVERYWHERE}). */
  requireBanCheck(id: string, rooms: readonly string[]): Promise<void>;
  /** Tells whether an open, unexpired connection is in a room. */
  isMember(id: string, room: string, now: number): Promise<boolean>;
  /** Gives those of some connections that have a lease beyond `now`. */
  findActive(ids: readonly string[], now: number): Promise<ActiveConnection[]>;
}

/** What a ban from every room names in a room's place. */
export const EVERYWHERE = '*';

/** Rooms that a row lists one by one as banned; with more, every join looks for a ban. Keeps rows small. */
export const MAX_LISTED_BANS = 10;

/** A room that a user is kept out of, or {@link EVERYWHERE}, until a time in milliseconds since the epoch. */
export interface Ban {
  room: string;
  until: number;
}

/** Users: which connections each has, and which rooms each is kept out of. Each write is atomic under races. */
export interface UserStore {
  /**
   * Adds a connection to its user's, unless those are `maxConnections` already, the user is cooling down or banned
   * from everywhere. A connection that was added before is added again: an event may come twice.
   * A ban is written before the connections are read, and read after a connection is written: whichever comes second
   * sees the other.
   */
  addConnection(
    user: string,
    connection: string,
    maxConnections: number,
    now: number,
  ): Promise<AddConnectionResult>;
  /** Lets none of a user's connections arrive before a time; those that are there stay. */
  startCooldown(user: string, until: number): Promise<void>;
  /** Takes connections from a user's. */
  removeConnections(user: string, connections: readonly string[]): Promise<void>;
  /** Writes a ban; gives the user's connections. Of several bans from a room the longest holds. */
  addBan(user: string, ban: Ban, now: number): Promise<string[]>;
  /** Takes back the ban from a room. */
  removeBan(user: string, room: string): Promise<void>;
  /** Tells whether a ban from the room or from everywhere is in force. */
  isBanned(user: string, room: string, now: number): Promise<boolean>;
}

export type AddConnectionResult =
  /** `banCheckRooms`: rooms to look for a ban from before they are joined; {@link EVERYWHERE} stands for any room. */
  | { kind: 'added'; banCheckRooms: string[] }
  | { kind: 'banned' }
  | { kind: 'tooMany'; connections: string[] }
  | { kind: 'coolingDown'; until: number };

/** Authors, over a socket or not: what has to be kept of them from one message to the next. */
export interface SendQuotaStore {
  /** Charges a message to a user's bucket. */
  charge(user: string, charge: Charge): Promise<'ok' | RateLimited>;
  /** Takes such a charge back, for a message that was refused for another reason. */
  refund(user: string, charge: Charge): Promise<void>;
  /**
   * Keeps the head that a send's first try met, and gives the one that was kept first. Until then, and after every
   * further try as long again, each try of the send gets the same one.
   */
  getOrSetBaseSeq(
    send: { room: string; id: string; user: string },
    head: number,
    until: number,
  ): Promise<number>;
}

/** A member was `known` already or not; or was not added, `late`, because a later fence has begun. */
export type AddMemberResult = 'new' | 'known' | 'late';

/** Members: one row a connection and room. */
export interface MemberStore {
  /** Adds a connection that entered in this fence, the first unless given. */
  add(member: Member, fence?: number): Promise<AddMemberResult>;
  /** Removes a connection that left in this fence; a row of a later join stays. */
  remove(room: string, connection: string, fence: number): Promise<void>;
  /** Removes a connection, and keeps out what an earlier fence would still add. */
  tombstone(room: string, connection: string, fence: number, now: number): Promise<void>;
  /** Lists a room in pages of `pageSize` (the last may be shorter), strongly consistent; all but the first may differ. */
  list(room: string, pageSize: number, laterPageSize?: number): AsyncIterable<Member[]>;
}

/** One entry to fan out: to everyone in the room but `except`, or to `only` those still owed a post. */
export interface FanOutJob {
  room: string;
  seq: number;
  except?: string;
  only?: string[];
}

/** Hands a fan-out that is too large for a reply to wait for to an asynchronous worker. */
export interface FanOutQueue {
  enqueue(job: FanOutJob): Promise<void>;
}

/** Sockets, the rooms they are in, and the way to reach them. */
export interface ConnectionContext {
  connections: ConnectionStore;
  members: MemberStore;
  poster: Poster;
  clock: Clock;
  random: Random;
  /** This invocation's own; everything else may be shared by several. */
  metrics: InvocationMetrics;
}

/** What the core works with: the same code runs on Lambda, locally and in the simulation. */
export interface ChatContext extends ConnectionContext {
  log: LogStore;
  recentLogs: RecentLogCache;
  floodDetector: FloodDetector;
  settings: Settings;
}

/** What publishing needs besides. */
export interface PublishContext extends ChatContext {
  fanOutQueue: FanOutQueue;
}

/** What is needed besides to know who is kept out. */
export interface UserContext {
  users: UserStore;
}

/** What is needed besides to keep people's messages within their pace. */
export interface SendQuotaContext {
  sendQuotas: SendQuotaStore;
  retryAfterCache: RetryAfterCache;
}

/** What publishing for a back end works with. */
export type BackEndContext = PublishContext & SendQuotaContext;

/** A context but for the metrics, which every invocation brings along. */
export type SharedContext<W extends ConnectionContext> = Omit<W, 'metrics'>;

export interface Settings {
  /** Names the log (see Joined.log). */
  logId: string;
  /** How long a message stays once it is not the room's newest; `undefined` keeps it for ever. */
  retentionMs?: number;
  /** How many messages a second one connection may send; for a moment four seconds' worth. */
  sendsPerSecond: number;
  /** The same for a user, over all connections and back ends together. */
  userSendsPerSecond: number;
  /** How long a connection counts as present after its last sign of life, in milliseconds: three pings. */
  leaseMs: number;
}

/**
 * What happened to one post. `gone` is normal: the socket closed first. `throttled` (the quota, or a reader too slow)
 * and `retry` may pass; `failed` will not.
 */
export type DeliveryResult = 'delivered' | 'gone' | 'throttled' | 'retry' | 'failed';

/** Posts a frame that was made ready to one connection; tries once, never throws. */
export type Post = (connection: string) => Promise<DeliveryResult>;

export interface Poster {
  /** Closes a connection; tries once, never throws. */
  close(connection: string): Promise<DeliveryResult>;
  /** Makes a frame ready to be posted, once for all who get it. */
  prepare(frame: string): Post;
}
