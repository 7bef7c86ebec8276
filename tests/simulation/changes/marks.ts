import { request } from '../../../client/requests';
import { createRoomList, type FollowedRoom, type RoomList } from '../../../client/rooms';
import type { ReadMark } from '../../../lib/ports/followStore';
import type { Edit } from '../../../lib/ports/logStore';
import { type MessageEntry, MOST_UNREAD, type ReadPosition } from '../../../lib/protocol';
import type { Concern } from '../concern';
import type { Client } from '../fleet';
import { FROZEN_MS } from '../lambda';
import { between, pick, whole } from '../random';
import type { StoredRow } from '../stores';

const ACTIONS = 60;
/** Counts that clients keep have settled so long after the faults stopped, in milliseconds. */
const SETTLED_MS = FROZEN_MS + 25_000;
/** How far from its expiry a row may count or not, besides what clocks differ by, in milliseconds. */
const EXPIRY_PRECISION_MS = 3_000;

/** The messages of a room by the table at a time: those that must count, and those that may. */
interface Counted {
  must: ReadonlySet<number>;
  may: ReadonlySet<number>;
  head: number;
  /** Each message as it says now. */
  messages: ReadonlyMap<number, MessageEntry>;
  edits: readonly Edit[];
  /** What expired did so from the oldest row on: else no count is exact. */
  isOrdered: boolean;
}

/** Users mark how far they have read, on each device. Every count is held against the table, and every mark to its past. */
export const marks: Concern = (world) => {
  const { scenario, clock, random, dice, checker, stores, fleet } = world;
  if (!scenario.changes) return undefined;
  const lists = new Map<Client, RoomList>();
  /** The highest mark that a user was told, by user and room. */
  const told = new Map<string, ReadPosition>();
  const unreadAsked = new Set<string>();
  /** The head of a room when a user was first told to follow it, by user and room. */
  const followedFrom = new Map<string, number>();

  const countedIn = (room: string): Counted => {
    const rows = (stores.rows.get(room) ?? []).slice(1);
    const precision = 2 * scenario.skewMs + EXPIRY_PRECISION_MS;
    const livesAt = (now: number) => (row: StoredRow | undefined) =>
      row !== undefined && (row.expiresAt ?? Number.POSITIVE_INFINITY) > now;
    const seqsOf = (isLive: (row: StoredRow | undefined) => boolean) =>
      new Set(
        rows.flatMap((row) =>
          row?.entry.type === 'message' && !row.deleted && !row.erased && isLive(row) ? [row.entry.seq] : [],
        ),
      );
    const entries = rows.flatMap((row) => (row ? [row.entry] : []));
    const isInOrder = (isLive: (row: StoredRow | undefined) => boolean) =>
      rows.slice(Math.max(0, rows.findIndex(isLive))).every(isLive);
    const isSurelyLive = livesAt(clock.now() + precision);
    const mayLive = livesAt(clock.now() - precision);
    return {
      must: seqsOf(isSurelyLive),
      may: seqsOf(mayLive),
      head: rows.length,
      messages: new Map(entries.flatMap((entry) => (entry.type === 'message' ? [[entry.seq, entry]] : []))),
      edits: entries.filter((entry) => entry.type === 'edited'),
      isOrdered: isInOrder(isSurelyLive) && isInOrder(mayLive),
    };
  };

  /** Holds a count against the table as it was before and after, wherever in between the server has counted. */
  const compare = (who: string, followed: FollowedRoom, before: Counted, after: Counted): void => {
    const { room, read, unread } = followed;
    if (unread === undefined) return;
    if (!before.isOrdered || !after.isOrdered) {
      dice.count('count of what expired in no order');
      return;
    }
    const rows = stores.rows.get(room) ?? [];
    // Who meets the head takes the deletions up to it as counted, which were perhaps not complete.
    const deleted = new Set(
      rows.slice(0, (followed.head ?? 0) + 1).map((row) => row?.entry.type === 'deleted' && row.entry.of),
    );
    const isUnread = (seq: number) => seq > (read?.seq ?? 0) && !deleted.has(seq);
    const least = [...before.must].filter((seq) => isUnread(seq) && after.must.has(seq)).length;
    const since = rows.slice(before.head + 1);
    const most =
      [...before.may].filter(isUnread).length +
      since.filter((row) => row?.entry.type === 'message' && isUnread(row.entry.seq)).length;
    const [low, high] =
      typeof unread === 'number' ? [unread, unread] : [MOST_UNREAD + 1, Number.POSITIVE_INFINITY];
    dice.count(least === most ? 'unread compared exactly' : 'unread compared');
    if (low > most || high < least || (typeof unread === 'number' && unread > MOST_UNREAD))
      checker.report('miscounted', `${who} was told ${unread} unread in ${room}, not ${least} to ${most}`);
  };

  /** Holds a count of mentions against what the messages said before and after. */
  const compareMentions = (
    who: string,
    user: string,
    { room, head = 0, read, unread, mentions = 0 }: FollowedRoom,
    before: Counted,
    after: Counted,
  ): void => {
    if (unread === undefined || !before.isOrdered || !after.isOrdered) return;
    const { seq: mark = 0 } = read ?? {};
    const { forgottenUpTo = 0 } = stores.followRows.get(user)?.get(room)?.mentions ?? {};
    const isIn = ({ messages }: Counted, seq: number) =>
      messages.get(seq)?.from.id !== user && messages.get(seq)?.mentions?.includes(user);
    const isSame = (seq: number) => before.messages.get(seq)?.rev === after.messages.get(seq)?.rev;
    // What was written before the user followed the room is noted nowhere.
    const from = followedFrom.get(`${user} ${room}`) ?? after.head;
    followedFrom.set(`${user} ${room}`, from);
    const isSince = (seq: number) => seq > from;
    const must = [...before.must].filter(
      (seq) => seq > mark && after.must.has(seq) && isIn(after, seq) && isSame(seq) && isSince(seq),
    );
    const isAbove = (seq: number) =>
      seq > mark || after.edits.some(({ of, seq: at }) => of === seq && at > mark);
    const may = [...after.messages.keys()].filter(
      (seq) =>
        isAbove(seq) &&
        seq <= head &&
        (before.may.has(seq) || seq > before.head) &&
        (isIn(before, seq) || isIn(after, seq) || !isSame(seq)),
    );
    const isExact = typeof mentions === 'number';
    if (mentions !== 0)
      dice.count(must.length === may.length ? 'mentions compared exactly' : 'mentions compared');
    if (isExact ? mentions < must.length || mentions > may.length : may.length <= 9 && forgottenUpTo <= mark)
      checker.report(
        'miscounted',
        `${who} was told ${mentions} mentions in ${room}, not ${must.length} to ${may.length}`,
      );
  };

  const compareMark = (user: string, { room, read }: FollowedRoom, floor: ReadPosition | undefined): void => {
    const key = `${user} ${room}`;
    const { version = 0, seq = 0 } = read ?? {};
    if (floor && (version - floor.version || seq - floor.seq) < 0)
      checker.report('markWentBack', `${key} went from ${JSON.stringify(floor)} to ${JSON.stringify(read)}`);
    if (version > 0 && !unreadAsked.has(key))
      checker.report('markWentBack', `${key} was marked unread by nobody`);
    const known = told.get(key);
    if (read && (!known || (version - known.version || seq - known.seq) > 0)) told.set(key, read);
  };

  /** Marks of a user whose rows the simulation has let expire before the time that the marks have. */
  const marksOfExpired = (user: string): ReadMark[] =>
    [...(stores.followRows.get(user)?.values() ?? [])].flatMap(({ room, mark }) => {
      const row = mark && stores.rows.get(room)?.[mark.seq];
      const { expiresAt = Number.POSITIVE_INFINITY } = mark ?? {};
      const isGone =
        mark && mark.seq > 0 && (!row || (row.expiresAt ?? Number.POSITIVE_INFINITY) <= clock.now());
      return isGone && expiresAt > clock.now() ? [mark] : [];
    });

  const readList = async (client: Client): Promise<void> => {
    const user = client.user.id;
    for (const mark of marksOfExpired(user)) mark.expiresAt = clock.now() - EXPIRY_PRECISION_MS;
    const before = new Map(scenario.rooms.map((room) => [room, countedIn(room)]));
    const floors = new Map(told);
    const reply = await request(client.chat, { action: 'getRooms' });
    if (reply.type !== 'rooms' || client.user.id !== user || marksOfExpired(user).length > 0) return;
    for (const followed of reply.rooms) {
      const earlier = before.get(followed.room);
      const later = countedIn(followed.room);
      if (earlier) compare(client.name, followed, earlier, later);
      if (earlier) compareMentions(client.name, user, followed, earlier, later);
      if (followed.head !== undefined) compareMark(user, followed, floors.get(`${user} ${followed.room}`));
    }
  };

  const listOf = (client: Client): RoomList => {
    const known = lists.get(client);
    if (known) return known;
    const list = createRoomList(client.chat, { clock: client.clock });
    const shown = new Map<string, ReadPosition>();
    list.onChange(() => {
      for (const followed of list.snapshot.rooms) {
        const { room, read } = followed;
        if (read) compareMark(client.user.id, followed, shown.get(room));
        if (read) shown.set(room, read);
      }
    });
    lists.set(client, list);
    return list;
  };

  const act = (): void => {
    if (fleet.clients.length === 0) return;
    const client = pick(random, fleet.clients);
    const name = pick(random, scenario.rooms);
    const list = listOf(client);
    const { cursor = 0 } = client.chat.room(name).snapshot;
    const drawn = random();
    if (!list.snapshot.rooms.some(({ room }) => room === name)) list.follow(name).catch(() => {});
    else if (drawn < 0.4) {
      dice.count('room marked read');
      list.markRead(name, whole(random, Math.max(0, cursor - 20), cursor));
    } else if (drawn < 0.5) {
      dice.count('room marked unread');
      unreadAsked.add(`${client.user.id} ${name}`);
      list.markUnread(name, whole(random, 1, Math.max(1, cursor))).catch(() => {});
    } else readList(client).catch(() => {});
  };

  for (let i = 0; i < ACTIONS; i++) clock.after(between(random, 0, scenario.lastsMs), act);
  clock.after(scenario.lastsMs + SETTLED_MS, () => {
    for (const client of fleet.clients) readList(client).catch(() => {});
  });

  return () => {
    const mayHaveGone = scenario.retentionMs !== undefined || scenario.changes?.hasLeaver;
    for (const client of fleet.clients) {
      const list = lists.get(client);
      if (mayHaveGone || !list?.snapshot.isLoaded) continue;
      for (const followed of list.snapshot.rooms) {
        const { state, cursor } = client.chat.room(followed.room).snapshot;
        if (state !== 'joined' || cursor !== checker.head(followed.room)) continue;
        dice.count('count of a whole client compared');
        const now = countedIn(followed.room);
        compare(`${client.name}'s list`, followed, now, now);
        compareMentions(`${client.name}'s list`, client.user.id, followed, now, now);
      }
    }
  };
};
