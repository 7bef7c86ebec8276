import { traceOf } from '../../lib/log/erasureTrace';
import { beginsPending, withoutWords } from '../../lib/log/pendingChanges';
import { SERVER } from '../../lib/log/serverUser';
import { EVERYWHERE, MAX_LISTED_BANS } from '../../lib/ports/banStore';
import type { DraftStore } from '../../lib/ports/draftStore';
import type { FollowStore } from '../../lib/ports/followStore';
import type { GoneStore } from '../../lib/ports/goneStore';
import type { IdempotencyStore } from '../../lib/ports/idempotencyStore';
import type { ListedMemberStore } from '../../lib/ports/listedMemberStore';
import type { LogStore, NewEntry, Reaction, StoredEntry } from '../../lib/ports/logStore';
import type { AddMemberResult, Member, MemberStore } from '../../lib/ports/memberStore';
import type { MentionStore } from '../../lib/ports/mentionStore';
import type { MessageCountStore } from '../../lib/ports/messageCountStore';
import type { RoomBanStore } from '../../lib/ports/roomBanStore';
import type { SendQuotaStore } from '../../lib/ports/sendQuotaStore';
import type { Charge, ChargeResult, Judge, Way } from '../../lib/ports/tokenBucketCharge';
import type { AddConnectionResult, UserStore } from '../../lib/ports/userStore';
import type { DecisionStore, Verdict, VerdictStore } from '../../lib/ports/verdictStore';
import type { Deleter, Reactions, RoomBan, User } from '../../lib/protocol';
import type { HandshakeRefusal, RateLimited, Refusal } from '../../lib/protocol/errorReplies';
import { takeToken } from '../../lib/rateLimiting/tokenBucket';
import { debtOf, owe } from '../../lib/rateLimiting/unitBucket';
import type { AllConnections } from '../support/connections';
import { createDraftStore } from './draftStore';
import { createFollowStore, createMentionStore, type FollowRows } from './followStore';
import { createGoneStore } from './goneStore';
import { type AllHeld, createHeldStore } from './heldStore';
import { createListedMemberStore } from './listedMemberStore';
import { type AllReactions, createReactionStore, type StoredReactions } from './reactionStore';
import { type AllReports, createReportStore } from './reportStore';
import {
  type AllRestrictions,
  type AllRoomSettings,
  createRestrictions,
  createRoomSettings,
} from './restrictionStore';

/** The database in memory: strongly consistent, one change at a time. The store contract holds it to DynamoDB. */
export interface Stores {
  log: LogStore;
  reactions: AllReactions;
  drafts: DraftStore;
  follows: FollowStore;
  mentions: MentionStore;
  memberships: ListedMemberStore;
  gone: GoneStore;
  messageCounts: MessageCountStore;
  connections: AllConnections;
  members: MemberStore;
  sendQuotas: SendQuotaStore;
  idempotency: IdempotencyStore;
  users: UserStore;
  roomBans: RoomBanStore;
  roomSettings: AllRoomSettings;
  restrictions: AllRestrictions;
  reports: AllReports;
  verdicts: VerdictStore & DecisionStore;
  held: AllHeld;
  /** The rows of the log as they stand, by room, each at the index that is its seq. */
  rows: Rows;
  /** The reactions as they stand, by `room#seq`. */
  reacted: Map<string, StoredReactions>;
  followRows: FollowRows;
}

export type Rows = Map<string, (StoredRow | undefined)[]>;

/** A row as it stands: its entry has the words that are left. */
export interface StoredRow {
  entry: NewEntry;
  /** How many messages the log got up to this row. */
  n?: number;
  hash?: string;
  isPending?: boolean;
  edits?: number;
  /** The deletion that counts, in a message that was deleted; `text` is empty then. */
  deleted?: { seq: number; by: Deleter };
  erased?: boolean;
  expiresAt?: number;
}

interface StoredConnection {
  user: User;
  expiresAt: number;
  lease: number;
  firstLease: number;
  rooms: Set<string>;
  leaving: Set<string>;
  barred: Set<string>;
  fence: number;
  lapsed: Set<string>;
  untold: Set<string>;
  session?: string | undefined;
  refused?: HandshakeRefusal;
  sends?: number;
  syncs?: number;
  typing?: number;
  signals?: number;
  drafts?: number;
  joins?: number;
  announcements?: number;
  uploads?: number;
}

export function createStores(): Stores {
  const rows: Rows = new Map();
  const reacted = new Map<string, StoredReactions>();
  const sendQuotas = createSendQuotas();
  const { restrictions, mutesIn } = createRestrictions();
  const log = createLog(rows);
  const followRows: FollowRows = new Map();
  return {
    rows,
    reacted,
    log,
    messageCounts: log,
    reactions: createReactionStore(rows, reacted),
    drafts: createDraftStore(),
    follows: createFollowStore(followRows),
    mentions: createMentionStore(followRows),
    followRows,
    memberships: createListedMemberStore(),
    gone: createGoneStore(),
    connections: createConnections(),
    members: createMembers(),
    sendQuotas,
    idempotency: createIdempotency(),
    verdicts: createVerdicts(),
    held: createHeldStore(),
    roomSettings: createRoomSettings(),
    restrictions,
    reports: createReportStore(),
    ...createUsers(sendQuotas.hasCharged, mutesIn),
  };
}

/** Keeps the log in some rows. */
export function createLog(rows: Rows): LogStore & MessageCountStore {
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
    async readForward(room, seq, limit, now) {
      return walk(room, seq, 1, limit, isLive(now)).map(([, row]) => read(row));
    },
    async readBackward(room, seq, limit, now) {
      const highest = rowsOf(room).length - 1;
      const from = seq === undefined ? highest : Math.min(seq, highest);
      return walk(room, from, -1, limit, isLive(now)).map(([, row]) => read(row));
    },
    async readNewest(room) {
      const row = rowsOf(room).at(-1);
      if (!row) return undefined;
      const { entry, n = 0 } = row;
      return { entry: read(row), n, below: entry.type === 'message' ? n - 1 : n };
    },
    async countMessages(room, { above, upTo }, now, most) {
      const isCounted = (row: StoredRow) =>
        row.entry.type === 'message' && !row.deleted && !row.erased && isLive(now)(row);
      const counted = walk(room, above + 1, 1, most.messages + 1, isCounted).filter(([seq]) => seq <= upTo);
      return { messages: counted.length, kilobytes: counted.length };
    },
    async readIdentities(room, seq, limit) {
      return walk(room, seq, 1, limit, () => true).map(
        ([at, { entry, n, erased, hash, isPending, expiresAt }]) => ({
          seq: at,
          id: entry.id,
          user: userOf(room, entry, erased),
          at: entry.at,
          ...(n !== undefined && { n }),
          ...(hash !== undefined && { hash }),
          ...(isChange(entry) && { isChange: true as const }),
          ...(isPending && { isPending: true as const }),
          ...(entry.type === 'system' && { removes: true as const }),
          ...(expiresAt !== undefined && { expiresAt }),
        }),
      );
    },
    async readRows(room, seqs, now) {
      const live = seqs.flatMap((seq) => rowsOf(room)[seq] ?? []).filter(isLive(now));
      return live.map(read);
    },
    async readTarget(room, seq, now) {
      const row = rowsOf(room)[seq];
      if (row?.entry.type !== 'message' || !isLive(now)(row)) return undefined;
      const { from, at } = row.entry;
      const isGone = row.deleted !== undefined || row.erased === true;
      return { user: from.id, at, edits: row.edits ?? 0, isGone };
    },
    async put(room, entry, hash, n = 0) {
      const known = rowsOf(room);
      if (known[entry.seq]) return 'taken';
      known[entry.seq] = {
        entry,
        ...(n > 0 && { n }),
        ...(hash !== undefined && { hash }),
        ...(beginsPending(entry) && { isPending: true }),
      };
      return 'written';
    },
    async applyChange(room, change) {
      if (change.type === 'message') return false;
      const row = rowsOf(room)[change.of];
      if (row?.entry.type !== 'message') return false;
      const { entry } = row;
      if (change.type === 'deleted') {
        if (row.deleted && row.deleted.seq <= change.seq) return false;
        row.deleted = { seq: change.seq, by: change.by };
        row.isPending = false;
        const { reactions: _, ...rest } = withoutContent(entry);
        row.entry = rest;
        return true;
      }
      if (change.type === 'reacted') {
        if (row.deleted || row.erased || !isLater(change, entry.reactions)) return false;
        const { seq, k, counts, users } = change;
        row.entry = { ...entry, reactions: { seq, k, counts, users } };
        return true;
      }
      if (row.deleted || row.erased || (entry.rev ?? 0) >= change.seq) return false;
      const { text, data, mentions, seq: rev, at: editedAt } = change;
      row.entry = {
        ...withoutContent(entry),
        text,
        ...(data && { data }),
        ...(mentions && { mentions }),
        rev,
        editedAt,
      };
      row.edits = (row.edits ?? 0) + 1;
      return true;
    },
    async clearPending(room, { seq }) {
      const row = rowsOf(room)[seq];
      if (!row?.isPending) return;
      row.isPending = false;
      if (row.entry.type === 'edited') row.entry = { ...withoutContent(row.entry), text: '' };
      if (row.entry.type === 'reacted') row.entry = { ...row.entry, counts: {}, users: {} };
    },
    async expire(room, seq, at) {
      const row = rowsOf(room)[seq];
      if (row) row.expiresAt = Math.ceil(at / 1000) * 1000;
    },
    async roomsBeyond(seqs) {
      return [...seqs].filter(([room, seq]) => rowsOf(room)[seq]).map(([room]) => room);
    },
  };
}

/** As in the database's adapter. */
const MAX_LEAVING = 16;
const MAX_UNTOLD = 50;

function createConnections(): AllConnections {
  const open = new Map<string, StoredConnection>();

  type Refuses = (row: StoredConnection) => Refusal | undefined;
  const foresee = (id: string, charged: Charge, refuses: Refuses = () => undefined) => {
    const row = open.get(id);
    if (!row) return { kind: 'closed' as const };
    if (row.refused) return row.refused;
    if (row.expiresAt <= charged.now) return { kind: 'expired' as const };
    const refused = refuses(row);
    if (refused) return refused;
    const found = wayOf(row[charged.bucket], charged);
    return 'kind' in found ? found : { ...found, row };
  };
  const charge = (id: string, charged: Charge, leaseUntil: number, refuses?: Refuses): ChargeResult => {
    const found = foresee(id, charged, refuses);
    if ('kind' in found) return found;
    const { way, row } = found;
    row[charged.bucket] = (way === 'restart' ? charged.now : (row[charged.bucket] ?? 0)) + charged.costMs;
    row.lease = leaseUntil;
    return 'ok';
  };
  const refusesJoin =
    (room: string, maxRooms: number, clearedFence?: number): Refuses =>
    (row) => {
      if (isBarred(row, room) && row.fence !== clearedFence) return { kind: 'banned', fence: row.fence };
      return row.rooms.size >= maxRooms && !row.rooms.has(room) ? { kind: 'tooManyRooms' } : undefined;
    };
  const refusesLeave =
    ({ costMs }: Charge): Refuses =>
    ({ leaving }) =>
      leaving.size < MAX_LEAVING ? undefined : { kind: 'rateLimited', retryAfterMs: costMs, contended: true };

  return {
    async open({ id, user, expiresAt, session }, lease) {
      if (!open.has(id))
        open.set(id, {
          user,
          expiresAt,
          lease,
          firstLease: lease,
          rooms: new Set(),
          leaving: new Set(),
          barred: new Set(),
          fence: 0,
          lapsed: new Set(),
          untold: new Set(),
          session,
        });
    },
    async refuse(id, refusal) {
      const row = open.get(id);
      if (row) Object.assign(row, { expiresAt: 0, lease: 0, refused: refusal });
    },
    async close(id) {
      const row = open.get(id);
      open.delete(id);
      if (row?.refused) return undefined;
      return row && { user: row.user, rooms: [...new Set([...row.rooms, ...row.leaving])] };
    },
    charge(id, room, charged, leaseUntil, judge) {
      const refuses: Refuses = ({ rooms }) => (rooms.has(room) ? undefined : { kind: 'notMember' });
      return judgedCharge(
        foresee(id, charged, refuses),
        () => charge(id, charged, leaseUntil, refuses),
        judge,
      );
    },
    async foreseeJoin(id, room, charged, maxRooms) {
      const refuses: Refuses = (row) => refusesJoin(room, maxRooms, row.fence)(row);
      const found = foresee(id, charged, refuses);
      if ('kind' in found) return found;
      const { way, row } = found;
      const isMember = row.rooms.has(room);
      const isLeaving = !isMember && row.leaving.has(room);
      return { way, isMember, isLeaving, isBarred: isBarred(row, room), fence: row.fence };
    },
    foreseeLeave: async (id, charged) => foresee(id, charged, refusesLeave(charged)),
    async join(id, room, charged, leaseUntil, maxRooms, clearedFence) {
      const entered = charge(id, charged, leaseUntil, refusesJoin(room, maxRooms, clearedFence));
      if (entered !== 'ok') return entered;
      open.get(id)?.rooms.add(room);
      if (clearedFence !== undefined) open.get(id)?.barred.delete(room);
      const hasLapsed = open.get(id)?.lapsed.delete(room);
      return { fence: open.get(id)?.fence ?? 0, ...(hasLapsed && { hasLapsed }) };
    },
    async leave(id, room, charged, leaseUntil) {
      const left = charge(id, charged, leaseUntil, refusesLeave(charged));
      const row = open.get(id);
      if (left !== 'ok') return left;
      if (!row) return { kind: 'closed' };
      row.leaving.add(room);
      row.lapsed.delete(room);
      row.untold.delete(room);
      return { wasMember: row.rooms.delete(room), fence: row.fence++ };
    },
    async beginLeave(id, room) {
      const row = open.get(id);
      if (!row) return undefined;
      row.rooms.delete(room);
      row.lapsed.delete(room);
      row.untold.delete(room);
      if (row.leaving.size < MAX_LEAVING) row.leaving.add(room);
      return { fence: row.fence++ };
    },
    async finishLeave(id, room) {
      open.get(id)?.leaving.delete(room);
    },
    async renewLease(id, charged, leaseUntil, judge) {
      const take = () => charge(id, charged, leaseUntil);
      const renewed = await judgedCharge(foresee(id, charged), take, judge);
      if (renewed !== 'ok') return renewed;
      const { rooms = [], lapsed, untold } = open.get(id) ?? {};
      return {
        rooms: new Set([...rooms].filter((room) => !lapsed?.has(room))),
        hasUntold: (untold?.size ?? 0) > 0,
      };
    },
    listUntold: async (id) => [...(open.get(id)?.untold ?? [])],
    async noteUntold(id, room) {
      const untold = open.get(id)?.untold;
      if (untold && untold.size < MAX_UNTOLD) untold.add(room);
    },
    async clearUntold(id, rooms) {
      requireSome(rooms);
      for (const room of rooms) open.get(id)?.untold.delete(room);
    },
    async removeFromRoom(id, room) {
      const row = open.get(id);
      if (!row) return undefined;
      row.rooms.delete(room);
      bar(row, [room]);
      row.lapsed.delete(room);
      row.fence++;
      return { user: row.user, fence: row.fence };
    },
    async revoke(id) {
      const row = open.get(id);
      if (!row) return undefined;
      row.expiresAt = 0;
      return { user: row.user, rooms: [...new Set([...row.rooms, ...row.leaving])] };
    },
    async requireBanCheck(id, rooms) {
      requireSome(rooms);
      const row = open.get(id);
      if (row) bar(row, rooms);
    },
    async isMember(id, room, now) {
      const row = open.get(id);
      return row !== undefined && row.expiresAt > now && row.rooms.has(room);
    },
    async markLapsed(id, room, now) {
      const row = open.get(id);
      if (!row || row.lease > now || !row.rooms.has(room) || row.lapsed.has(room)) return false;
      row.lapsed.add(room);
      return true;
    },
    async find(ids) {
      return ids.flatMap((id) => {
        const row = open.get(id);
        if (!row) return [];
        const { user, firstLease, lease, session, lapsed } = row;
        return [{ id, user, firstLease, lease, session, lapsed: new Set(lapsed) }];
      });
    },
  };
}

/** DynamoDB refuses a set of nothing. */
function requireSome(rooms: readonly string[]): void {
  if (rooms.length === 0) throw new Error('A set of rooms has none.');
}

/** As the database's adapter does: a full bucket gives at once, and any other after the judge has spoken. */
async function judgedCharge(
  found: { way: Way } | Refusal,
  take: () => ChargeResult,
  judge: Judge = async () => undefined,
): Promise<ChargeResult> {
  if ('kind' in found) return found;
  if (found.way === 'restart') {
    const taken = take();
    return taken === 'ok' ? ((await judge(false)) ?? 'ok') : taken;
  }
  const refused = await judge(false);
  const taken = refused?.kind === 'judged' && refused.isFree ? 'ok' : take();
  return refused ?? taken;
}

function wayOf(fullAt: number | undefined, charged: Charge): { way: Way } | RateLimited {
  const way = takeToken(fullAt, charged);
  return typeof way === 'object' ? { kind: 'rateLimited', ...way } : { way };
}

function isBarred({ barred }: StoredConnection, room: string): boolean {
  return barred.has(room) || barred.has(EVERYWHERE);
}

/** Lists rooms as barred; where there is no place left, every room is. */
function bar({ barred }: StoredConnection, rooms: readonly string[]): void {
  if (rooms.every((room) => barred.has(room))) return;
  const isFull = barred.size >= MAX_LISTED_BANS;
  if (isFull) barred.clear();
  for (const room of isFull ? [EVERYWHERE] : rooms) barred.add(room);
}

function createSendQuotas(): SendQuotaStore & { hasCharged(user: string): boolean } {
  const buckets = new Map<string, number>();
  const charged = new Set<string>();
  const foresee = (user: string, charge: Charge) => {
    const waitMs = debtOf(buckets.get(`units ${user}`), charge.now);
    if (waitMs > 0) return { kind: 'rateLimited' as const, retryAfterMs: Math.ceil(waitMs) };
    return wayOf(buckets.get(`${charge.bucket} ${user}`), charge);
  };
  const take = (user: string, charge: Charge): ChargeResult => {
    const found = foresee(user, charge);
    if ('kind' in found) return found;
    const key = `${charge.bucket} ${user}`;
    buckets.set(key, (found.way === 'restart' ? charge.now : (buckets.get(key) ?? 0)) + charge.costMs);
    charged.add(user);
    return 'ok';
  };
  return {
    hasCharged: (user) => charged.has(user),
    charge: (user, charge, judge) => judgedCharge(foresee(user, charge), () => take(user, charge), judge),
    foresee: async (user, charge) => foresee(user, charge),
    async chargeUnits(user, { now, costMs }) {
      const fullAt = owe(buckets.get(`units ${user}`), now, costMs);
      buckets.set(`units ${user}`, fullAt);
      return debtOf(fullAt, now);
    },
  };
}

function createIdempotency(): IdempotencyStore {
  const firstHeads = new Map<string, number>();
  return {
    async getOrSetBaseSeq({ room, id, user }, head) {
      const key = JSON.stringify([room, id, user]);
      const after = firstHeads.get(key) ?? head;
      firstHeads.set(key, after);
      return after;
    },
  };
}

function createVerdicts(): VerdictStore & DecisionStore {
  const kept = new Map<string, Verdict>();
  return {
    async find(subject) {
      return kept.get(subject);
    },
    async keepFirst(subject, verdict) {
      const first = kept.get(subject) ?? verdict;
      kept.set(subject, first);
      return first;
    },
    async settle(subject, decision) {
      const known = kept.get(subject);
      const holding = known && known.verdict !== 'hold' ? known : decision;
      kept.set(subject, holding);
      return holding;
    },
  };
}

function isChange({ type }: NewEntry): boolean {
  return type === 'edited' || type === 'deleted' || type === 'reacted';
}

/** Whether reactions hold instead of those that a message has. */
function isLater({ k, seq }: Reaction, held: Reactions | undefined): boolean {
  return held === undefined || k > held.k || (k === held.k && seq > held.seq);
}

/** The user of an entry's row. */
export function authorOf(entry: NewEntry): User {
  if (entry.type === 'reacted') return SERVER;
  return entry.type === 'system' ? entry.user : entry.from;
}

function userOf(room: string, entry: NewEntry, erased?: boolean): string {
  const { id } = authorOf(entry);
  return erased ? traceOf(room, entry.id, id) : id;
}

/** A row as it is read: what only its writer needs is left out. */
function read({ entry, isPending, deleted, erased }: StoredRow): StoredEntry {
  const { seq, id } = entry;
  if (entry.type === 'system') {
    const { id: _, ...told } = entry;
    return told;
  }
  if (entry.type !== 'message') {
    if (isPending) return { type: 'pending', seq, change: entry };
    const told = withoutWords(entry);
    if (told.type === 'reacted') return told;
    const { from, ...rest } = told;
    return erased || from === undefined ? rest : { ...rest, from };
  }
  if (erased) return { type: 'erased', seq, id };
  const { from, at } = entry;
  if (isPending && !deleted) return { type: 'pending', seq, change: entry };
  return deleted ? { type: 'tombstone', seq, id, from, at, deleted: deleted.seq, by: deleted.by } : entry;
}

/** The entry without data and mentions, and with an empty text. */
export function withoutContent<E extends Extract<NewEntry, { text: string }>>(entry: E): E {
  const { data: _, mentions: __, ...rest } = entry;
  return { ...rest, text: '' } as E;
}

interface StoredMember {
  fence: number;
  /** Missing where the connection was put out by force. */
  member?: Member;
  /** The connection was a member before it was put out. */
  wasMember?: boolean;
}

function createMembers(): MemberStore {
  const rooms = new Map<string, Map<string, StoredMember>>();
  /** The members of rooms by their ids, since the room's last change. */
  const sorted = new Map<string, Member[]>();
  const put = (room: string, id: string, row: StoredMember): AddMemberResult => {
    const members = rooms.get(room) ?? new Map<string, StoredMember>();
    const known = members.get(id);
    if (known && known.fence > row.fence) return 'late';
    rooms.set(room, members.set(id, row));
    sorted.delete(room);
    return known?.member ? 'known' : 'new';
  };
  const sort = (room: string): Member[] => {
    const members = [...(rooms.get(room) ?? [])].sort(byId).flatMap(([, { member }]) => member ?? []);
    sorted.set(room, members);
    return members;
  };
  return {
    async add({ room, id, expiresAt }, fence = 0) {
      return put(room, id, { fence, member: { room, id, expiresAt: Math.ceil(expiresAt / 1000) * 1000 } });
    },
    async remove(room, connection, fence) {
      const row = rooms.get(room)?.get(connection);
      if (!row?.member || row.fence > fence) return;
      rooms.get(room)?.delete(connection);
      sorted.delete(room);
    },
    async tombstone(room, connection, fence) {
      const known = rooms.get(room)?.get(connection);
      if (known?.member && known.fence === fence) return { wasMember: false };
      const wasMember = known?.member !== undefined || (known?.wasMember ?? false);
      const outcome = put(room, connection, { fence, wasMember });
      return { wasMember: wasMember && outcome !== 'late' };
    },
    has: async (room, connection) => rooms.get(room)?.get(connection)?.member !== undefined,
    async readPage(room, from = '', limit) {
      const rows = [...(rooms.get(room) ?? [])].filter(([id]) => id > from).sort(byId);
      const page = rows.slice(0, limit);
      const [next] = page.at(-1) ?? [];
      return {
        members: page.flatMap(([, { member }]) => member ?? []),
        ...(rows.length > limit && next !== undefined && { next }),
      };
    },
    async *list(room, pageSize, laterPageSize = pageSize) {
      const listed = [...(sorted.get(room) ?? sort(room))];
      const sizes = [pageSize];
      do {
        const [size = laterPageSize] = sizes.splice(0);
        yield listed.splice(0, size);
      } while (listed.length > 0);
    },
  };
}

function byId([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

interface StoredUser {
  connections: Set<string>;
  /** The longest ban from each room. */
  bans: Map<string, Omit<RoomBan, 'user'> & { name?: string }>;
  coolsUntil: number;
}

function createUsers(
  hasPublished: (user: string) => boolean,
  mutesIn: (room: string) => { key: string; mute: RoomBan }[],
): Pick<Stores, 'users' | 'roomBans'> {
  const arrived = new Set<string>();
  const users = new Map<string, StoredUser>();
  const rowOf = (user: string): StoredUser => {
    const row = users.get(user) ?? { connections: new Set(), bans: new Map(), coolsUntil: 0 };
    users.set(user, row);
    return row;
  };
  const isBanned = (user: string, room: string, now: number) =>
    (rowOf(user).bans.get(room)?.until ?? 0) > now;

  const arrive = (
    user: string,
    now: number,
    isHere: boolean,
    fits: boolean,
    change: () => void,
  ): AddConnectionResult => {
    const { connections, coolsUntil, bans } = rowOf(user);
    arrived.add(user);
    if (coolsUntil > now && !isHere) return { kind: 'coolingDown', until: coolsUntil };
    if (!fits) return { kind: 'tooMany', connections: [...connections] };
    change();
    if (isBanned(user, EVERYWHERE, now)) return { kind: 'banned', until: bans.get(EVERYWHERE)?.until ?? 0 };
    const rooms = [...bans.keys()].filter((room) => room !== EVERYWHERE && isBanned(user, room, now));
    return { kind: 'added', banCheckRooms: rooms.length > MAX_LISTED_BANS ? [EVERYWHERE] : rooms };
  };

  const userStore: UserStore = {
    async addConnection(user, connection, maxConnections, now) {
      const { connections } = rowOf(user);
      const isHere = connections.has(connection);
      return arrive(user, now, isHere, isHere || connections.size < maxConnections, () => {
        connections.add(connection);
      });
    },
    async replaceConnections(user, connection, { known, gone }, now) {
      const { connections } = rowOf(user);
      const isKnown = known.length === connections.size && known.every((id) => connections.has(id));
      return arrive(user, now, false, isKnown, () => {
        for (const id of gone) connections.delete(id);
        connections.add(connection);
      });
    },
    async startCooldown(user, until) {
      rowOf(user).coolsUntil = until;
    },
    isKnown: async (user) => arrived.has(user) || hasPublished(user),
    readConnections: async (user) => [...rowOf(user).connections],
    async removeConnections(user, gone) {
      for (const connection of gone) rowOf(user).connections.delete(connection);
    },
    async addBan(user, { room, until, by }, now) {
      const { bans, connections } = rowOf(user);
      const { until: known = 0, name } = bans.get(room) ?? {};
      if (until > known)
        bans.set(room, { until, at: now, ...(by && { by }), ...(name !== undefined && { name }) });
      return [...connections];
    },
    async removeBan(user, room) {
      rowOf(user).bans.delete(room);
    },
    async findBan(user, rooms, now) {
      const { bans } = rowOf(user);
      const until = Math.max(...rooms.map((room) => bans.get(room)?.until ?? 0));
      return until > now ? until : undefined;
    },
    findBans: async (user, rooms, now) => new Set(rooms.filter((room) => isBanned(user, room, now))),
  };

  /** The users that were banned from each room. */
  const listed = new Map<string, Set<string>>();
  const roomBans: RoomBanStore = {
    async add(user, room) {
      listed.set(room, (listed.get(room) ?? new Set()).add(user));
    },
    async nameUser({ id, name }, room) {
      const ban = rowOf(id).bans.get(room);
      if (ban) ban.name = name;
    },
    async readPage(room, from = '', limit, now) {
      const mutes = new Map(mutesIn(room).map(({ key, mute }) => [key, mute]));
      const rows = [...(listed.get(room) ?? []), ...mutes.keys()].filter((key) => key > from).sort();
      const page = rows.slice(0, limit);
      const next = page.at(-1);
      const bans = page.flatMap((id): RoomBan[] => {
        const mute = mutes.get(id);
        if (mute) return mute.until > now ? [mute] : [];
        const ban = rowOf(id).bans.get(room);
        if (!ban || ban.until <= now) return [];
        const { name = id, ...rest } = ban;
        return [{ user: { id, name }, ...rest }];
      });
      return { bans, ...(rows.length > limit && next !== undefined && { next }) };
    },
  };
  return { users: userStore, roomBans };
}
