/** What the core needs of the world. Adapters implement these; the simulation implements them too. */

import type { RoomMemory } from './memory';
import type { LogEntry, MessageEntry, User } from './protocol';
import type { Rights } from './rights';
import type { Tally } from './tally';

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
export interface Slot {
  seq: number;
  id: string;
  user: string;
  at: number;
  /** When the row stops counting, in milliseconds since the epoch. The newest row of a room never has one. */
  expiresAt?: number;
}

/** The log: rows by room and seq, written once. Every read is strongly consistent. */
export interface LogStore {
  /** Reads at most `limit` entries that have not expired by `now`, upwards from `seq`. */
  up(room: string, seq: number, limit: number, now: number): Promise<LogEntry[]>;
  /** Reads at most `limit` entries that have not expired by `now`, downwards from `seq`, or from the head. */
  down(room: string, seq: number | undefined, limit: number, now: number): Promise<LogEntry[]>;
  /** Reads what identifies at most `limit` rows, expired or not, upwards from `seq`. */
  slots(room: string, seq: number, limit: number): Promise<Slot[]>;
  /** Writes an entry if its slot is free. @throws Unavailable when the outcome is unknown. */
  put(room: string, entry: MessageEntry): Promise<'written' | 'taken'>;
  /** Gives a row its expiry, if the row exists. */
  expire(room: string, seq: number, at: number): Promise<void>;
  /** Tells which of at most 100 rooms have a row at the seq given for them. */
  reached(seqs: ReadonlyMap<string, number>): Promise<string[]>;
}

/** A place in the whole table of logs. */
export interface Place {
  room: string;
  seq: number;
}

/** What an operator does to the logs; nothing on a message's way uses it. */
export interface RecordStore {
  /**
   * Takes a message's text and its author's name away, and his id but for a trace by which a repeat of the same send
   * is still known. Tells whether there was something to take.
   */
  erase(room: string, slot: Pick<Slot, 'seq' | 'id' | 'user'>): Promise<boolean>;
  /** Reads on from a place through the logs of all rooms, in no order; gives a user's rows, and where to go on. */
  rowsOf(user: string, from?: Place): Promise<{ rows: (Place & Pick<Slot, 'id'>)[]; next?: Place }>;
}

/** One socket, as `$connect` saw it. */
export interface Connection {
  id: string;
  user: User;
  /** When its token expires, in milliseconds since the epoch. */
  expiresAt: number;
}

/** A connection that sends a frame, with what its token lets it do. */
export interface Asker extends Connection {
  rights: Rights;
}

/** A connection's place in a room. */
export interface Member extends Connection {
  room: string;
  /** When it entered, by the clock that its join met, in milliseconds since the epoch. */
  since?: number;
}

/** What one frame takes from its connection's bucket, in milliseconds (see bucket.ts). */
export interface Charge {
  bucket: 'sends' | 'syncs' | 'typing';
  now: number;
  costMs: number;
  burstMs: number;
}

/** Why a connection may not do what it asks for. */
export type Refusal =
  | { why: 'closed' }
  | { why: 'expired' }
  | { why: 'notMember' }
  | { why: 'tooManyRooms' }
  | { why: 'rateLimited'; retryAfterMs: number };

export type Charged = 'ok' | Refusal;

/** Connections: one row a socket. Each method is one conditional write, atomic under races. */
export interface ConnectionStore {
  /** Opening one that is open changes nothing. */
  open(connection: Connection, leaseUntil: number): Promise<void>;
  /** Removes the row; gives the rooms it was in, or `undefined` if it was gone already. */
  close(id: string): Promise<string[] | undefined>;
  /** Charges a frame to an open, unexpired connection in `room`, and renews its lease. */
  charge(id: string, room: string, charge: Charge, leaseUntil: number): Promise<Charged>;
  /** Charges a frame and adds `room` to the connection's rooms, up to `mostRooms`. */
  enter(id: string, room: string, charge: Charge, leaseUntil: number, mostRooms: number): Promise<Charged>;
  /** Takes a room from the connection's rooms; tells whether it was among them. */
  leave(id: string, room: string): Promise<boolean>;
  /** Renews the lease; gives the connection's rooms, or `undefined` if it is closed or expired. */
  renew(id: string, now: number, leaseUntil: number): Promise<string[] | undefined>;
  /** Tells which of these connections have a lease beyond `now`, of at most 100. */
  present(ids: readonly string[], now: number): Promise<Set<string>>;
}

/** Authors without a connection: what has to be kept of them from one request to the next. */
export interface AuthorStore {
  /** Charges a message to a user's bucket. */
  charge(user: string, charge: Charge): Promise<'ok' | Extract<Refusal, { why: 'rateLimited' }>>;
  /**
   * Keeps the head that a send's first try met, and gives the one that was kept first. Until then, and after every
   * further try as long again, each try of the send gets the same one.
   */
  keepAfter(send: { room: string; id: string; user: string }, head: number, until: number): Promise<number>;
}

/** Members: one row a connection and room. */
export interface MemberStore {
  /** Tells whether the connection was not in the room before. */
  add(member: Member): Promise<boolean>;
  remove(room: string, connection: string): Promise<void>;
  /** Lists a room in pages of `pageSize` (the last may be shorter), strongly consistent. */
  list(room: string, pageSize: number): AsyncIterable<Member[]>;
}

/** One entry to fan out: to everyone in the room but `except`, or to `only` those still owed a post. */
export interface Job {
  room: string;
  seq: number;
  except?: string;
  only?: string[];
}

/** Hands a fan-out that is too large for a reply to wait for to an asynchronous worker. */
export interface Worker {
  handOver(job: Job): Promise<void>;
}

/** Sockets, the rooms they are in, and the way to reach them. */
export interface Sockets {
  connections: ConnectionStore;
  members: MemberStore;
  poster: Poster;
  clock: Clock;
  random: Random;
  /** This invocation's own; everything else may be shared by several. */
  tally: Tally;
}

/** What the core works with: the same code runs on Lambda, locally and in the simulation. */
export interface World extends Sockets {
  log: LogStore;
  memory: RoomMemory;
  settings: Settings;
}

/** What publishing needs besides. */
export interface Publisher extends World {
  worker: Worker;
}

/** What publishing for a back end needs besides. */
export interface BackEnd extends Publisher {
  authors: AuthorStore;
}

/** A world but for the tally, which every invocation brings along. */
export type Shared<W extends Sockets> = Omit<W, 'tally'>;

export interface Settings {
  /** Names the log (see Joined.log). */
  logId: string;
  /** How long a message stays once it is not the room's newest; `undefined` keeps it for ever. */
  retentionMs?: number;
  /** How many messages a second one connection may send; for a moment four seconds' worth. */
  sendsPerSecond: number;
}

/**
 * What happened to one post. `gone` is normal: the socket closed first. `throttled` (the quota, or a reader too slow)
 * and `retry` may pass; `failed` will not.
 */
export type Delivery = 'delivered' | 'gone' | 'throttled' | 'retry' | 'failed';

/** Posts a frame that was made ready to one connection; tries once, never throws. */
export type Post = (connection: string) => Promise<Delivery>;

export interface Poster {
  /** Makes a frame ready to be posted, once for all who get it. */
  prepare(frame: string): Post;
}
