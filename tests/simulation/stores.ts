import { decide } from '../../lib/bucket';
import type {
  AuthorStore,
  Charge,
  Charged,
  ConnectionStore,
  LogStore,
  Member,
  MemberStore,
  Refusal,
} from '../../lib/ports';
import type { MessageEntry, User } from '../../lib/protocol';

/** The database in memory: strongly consistent, one change at a time. The store contract holds it to DynamoDB. */
export interface Stores {
  log: LogStore;
  connections: ConnectionStore;
  members: MemberStore;
  authors: AuthorStore;
  /** The rows of the log as they stand, by room, each at the index that is its seq. */
  rows: Rows;
}

export type Rows = Map<string, (StoredRow | undefined)[]>;

export interface StoredRow {
  entry: MessageEntry;
  expiresAt?: number;
}

interface StoredConnection {
  user: User;
  expiresAt: number;
  lease: number;
  rooms: Set<string>;
  sends?: number;
  syncs?: number;
  typing?: number;
}

export function createStores(): Stores {
  const rows: Rows = new Map();
  return {
    rows,
    log: createLog(rows),
    connections: createConnections(),
    members: createMembers(),
    authors: createAuthors(),
  };
}

function createLog(rows: Rows): LogStore {
  const rowsOf = (room: string): (StoredRow | undefined)[] => {
    const known = rows.get(room) ?? [];
    if (known.length === 0) rows.set(room, known);
    return known;
  };

  /** Walks from one seq towards an end of the room, taking at most `limit` rows. */
  const walk = (
    room: string,
    from: number,
    step: 1 | -1,
    limit: number,
    takes: (row: StoredRow) => boolean,
  ) => {
    const known = rowsOf(room);
    const taken: [number, StoredRow][] = [];
    for (let seq = from; seq >= 0 && seq < known.length && taken.length < limit; seq += step) {
      const row = known[seq];
      if (row && takes(row)) taken.push([seq, row]);
    }
    return taken;
  };
  const isLive = (now: number) => (row: StoredRow) => row.expiresAt === undefined || row.expiresAt > now;

  return {
    async up(room, seq, limit, now) {
      return walk(room, seq, 1, limit, isLive(now)).map(([, row]) => row.entry);
    },
    async down(room, seq, limit, now) {
      const highest = rowsOf(room).length - 1;
      const from = seq === undefined ? highest : Math.min(seq, highest);
      return walk(room, from, -1, limit, isLive(now)).map(([, row]) => row.entry);
    },
    async slots(room, seq, limit) {
      return walk(room, seq, 1, limit, () => true).map(([at, { entry, expiresAt }]) => ({
        seq: at,
        id: entry.id,
        user: entry.from.id,
        at: entry.at,
        ...(expiresAt !== undefined && { expiresAt }),
      }));
    },
    async put(room, entry) {
      const known = rowsOf(room);
      if (known[entry.seq]) return 'taken';
      known[entry.seq] = { entry };
      return 'written';
    },
    async expire(room, seq, at) {
      const row = rowsOf(room)[seq];
      if (row) row.expiresAt = Math.ceil(at / 1000) * 1000;
    },
    async reached(seqs) {
      return [...seqs].filter(([room, seq]) => rowsOf(room)[seq]).map(([room]) => room);
    },
  };
}

function createConnections(): ConnectionStore {
  const open = new Map<string, StoredConnection>();

  const charge = (
    id: string,
    charged: Charge,
    leaseUntil: number,
    refuses: (row: StoredConnection) => Refusal | undefined,
  ): Charged => {
    const row = open.get(id);
    if (!row) return { why: 'closed' };
    if (row.expiresAt <= charged.now) return { why: 'expired' };
    const refused = refuses(row);
    if (refused) return refused;
    const fullAt = row[charged.bucket];
    const way = decide(fullAt, charged);
    if (typeof way === 'object') return { why: 'rateLimited', ...way };
    row[charged.bucket] = (way === 'restart' ? charged.now : (fullAt ?? 0)) + charged.costMs;
    row.lease = leaseUntil;
    return 'ok';
  };

  return {
    async open({ id, user, expiresAt }, lease) {
      if (!open.has(id)) open.set(id, { user, expiresAt, lease, rooms: new Set() });
    },
    async close(id) {
      const row = open.get(id);
      open.delete(id);
      return row && [...row.rooms];
    },
    charge: async (id, room, charged, leaseUntil) =>
      charge(id, charged, leaseUntil, (row) => (row.rooms.has(room) ? undefined : { why: 'notMember' })),
    async enter(id, room, charged, leaseUntil, mostRooms) {
      const entered = charge(id, charged, leaseUntil, (row) =>
        row.rooms.size >= mostRooms && !row.rooms.has(room) ? { why: 'tooManyRooms' } : undefined,
      );
      if (entered === 'ok') open.get(id)?.rooms.add(room);
      return entered;
    },
    async leave(id, room) {
      return open.get(id)?.rooms.delete(room) ?? false;
    },
    async renew(id, now, leaseUntil) {
      const row = open.get(id);
      if (!row || row.expiresAt <= now) return undefined;
      row.lease = leaseUntil;
      return [...row.rooms];
    },
    async present(ids, now) {
      return new Set(ids.filter((id) => (open.get(id)?.lease ?? 0) > now));
    },
  };
}

function createAuthors(): AuthorStore {
  const buckets = new Map<string, number>();
  const firstHeads = new Map<string, number>();
  return {
    async charge(user, charged) {
      const key = `${charged.bucket} ${user}`;
      const fullAt = buckets.get(key);
      const way = decide(fullAt, charged);
      if (typeof way === 'object') return { why: 'rateLimited', ...way };
      buckets.set(key, (way === 'restart' ? charged.now : (fullAt ?? 0)) + charged.costMs);
      return 'ok';
    },
    async keepAfter({ room, id, user }, head) {
      const key = JSON.stringify([room, id, user]);
      const after = firstHeads.get(key) ?? head;
      firstHeads.set(key, after);
      return after;
    },
  };
}

function createMembers(): MemberStore {
  const rooms = new Map<string, Map<string, Member>>();
  return {
    async add(member) {
      const room = rooms.get(member.room) ?? new Map<string, Member>();
      const isNew = !room.has(member.id);
      rooms.set(member.room, room.set(member.id, member));
      return isNew;
    },
    async remove(room, connection) {
      rooms.get(room)?.delete(connection);
    },
    async *list(room, pageSize) {
      const listed = [...(rooms.get(room)?.values() ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1));
      for (let i = 0; i === 0 || i < listed.length; i += pageSize) yield listed.slice(i, i + pageSize);
    },
  };
}
