import {
  type EditedEntry,
  type FollowedRoom,
  type LogEntry,
  type MessageEntry,
  MOST_MENTIONS,
  MOST_UNREAD,
  type ReadPosition,
  type Unread,
} from '../../lib/protocol';

/** A room of the list. Its `unread` is the server's count; what came later is counted here. */
export interface Followed extends FollowedRoom {
  /** How far up the server counted. */
  counted: number;
  /** How far up this client has seen every entry, or the server has counted. */
  upTo: number;
  /** The seqs above `counted` that are neither read nor deleted: the newest, one more than are counted. */
  later: readonly number[];
  /** Those of `later` that mention this user. */
  laterMentions: readonly number[];
  /** The seq of the last change that this client has seen of what the server counts; 0 before the first. */
  changedAt: number;
}

/** What the server counted above a mark. */
export type Counts = Pick<Followed, 'counted' | 'read' | 'unread' | 'mentions'>;

/** What the server tells of a room. */
export function toldBy(told: FollowedRoom): Followed {
  const { head = 0 } = told;
  return { ...told, counted: head, upTo: head, later: [], laterMentions: [], changedAt: 0 };
}

/** The room as an app sees it. */
export function viewOf({ counted, upTo, later, laterMentions, changedAt, ...room }: Followed): FollowedRoom {
  if (room.unread === undefined) return room;
  const unread = plus(room.unread, later.length, MOST_UNREAD);
  if (laterMentions.length === 0) return { ...room, unread };
  return { ...room, unread, mentions: plus(room.mentions ?? 0, laterMentions.length, MOST_MENTIONS) };
}

/** Joins what a read of the list gives with what came while it was read. */
export function joined(read: Followed, own: Followed): Followed {
  const counts = isNewer(own, read) ? own : read;
  const { head, at, last } = (own.head ?? 0) > (read.head ?? 0) ? own : read;
  return withCounts(
    {
      ...read,
      upTo: own.upTo,
      later: own.later,
      laterMentions: own.laterMentions,
      changedAt: own.changedAt,
      ...(head !== undefined && { head }),
      ...(at && { at }),
      ...(last && { last }),
    },
    counts,
  );
}

/** Puts a mark, and what the server counted above it, in the place of what is known, unless that is newer. */
export function withCounts({ mentions: known, ...room }: Followed, told: Counts): Followed {
  const { counted, read, unread } = told;
  const mentions = unread === undefined ? known : told.mentions;
  const isAbove = (seq: number) => seq > counted && seq > (read?.seq ?? 0);
  return {
    ...room,
    counted,
    upTo: Math.max(room.upTo, counted),
    later: room.later.filter(isAbove),
    laterMentions: room.laterMentions.filter(isAbove),
    ...(read && { read }),
    ...(unread !== undefined && { unread }),
    ...(mentions !== undefined && { mentions }),
  };
}

/** Whether the server may have counted a message as it was before a change that this client has seen. */
export function isUncertain({ changedAt, counted }: Followed): boolean {
  return changedAt > counted;
}

/** Whether the counts of a room are of a higher mark, or of the same one and a later time. */
export function isNewer(
  a: Pick<Followed, 'counted' | 'read'>,
  b: Pick<Followed, 'counted' | 'read'>,
): boolean {
  const order = compare(a.read, b.read);
  return order > 0 || (order === 0 && a.counted >= b.counted);
}

function compare(a: ReadPosition | undefined, b: ReadPosition | undefined): number {
  return (a?.version ?? 0) - (b?.version ?? 0) || (a?.seq ?? 0) - (b?.seq ?? 0);
}

/** Adds the next entry of a room for a user. `isExact` is false where only the server can count from now on. */
export function withEntry(
  room: Followed,
  entry: LogEntry,
  user: string | undefined,
): { room: Followed; isExact: boolean } {
  const { seq } = entry;
  if (seq <= room.upTo) return { room, isExact: true };
  const next = {
    ...room,
    upTo: seq,
    ...(seq > (room.head ?? 0) && { head: seq }),
    ...('at' in entry && { at: entry.at }),
  };
  const isNext = seq === room.upTo + 1;
  switch (entry.type) {
    case 'message': {
      const { at, from, text } = entry;
      const later = [...room.later, seq].slice(-MOST_UNREAD - 1);
      const own = mentions(entry, user) ? [seq] : [];
      const laterMentions = [...room.laterMentions, ...own].slice(-MOST_MENTIONS - 1);
      return { room: { ...next, later, laterMentions, last: { seq, at, from, text } }, isExact: isNext };
    }
    case 'edited': {
      const { of } = entry;
      const isMention = mentions(entry, user);
      const isLater = room.laterMentions.includes(of);
      const isAsked = !isLater && (isMention || (of <= room.counted && room.mentions !== undefined));
      const laterMentions = room.laterMentions.filter((each) => each !== of || isMention);
      return {
        room: { ...next, laterMentions, ...(isAsked && { changedAt: seq }) },
        isExact: isNext && !isAsked,
      };
    }
    case 'deleted': {
      const { of } = entry;
      const isOther = (each: number) => each !== of;
      const [later, laterMentions] = [room.later.filter(isOther), room.laterMentions.filter(isOther)];
      const wasUnread = of > (room.read?.seq ?? 0) && room.unread !== 0;
      const wasCounted = of <= room.counted && (wasUnread || room.mentions !== undefined);
      return { room: { ...next, later, laterMentions, changedAt: seq }, isExact: isNext && !wasCounted };
    }
    default:
      return { room: next, isExact: isNext };
  }
}

/** Adds up the unread messages of some rooms. */
export function totalOf(rooms: readonly FollowedRoom[]): Unread {
  return rooms.reduce((sum: Unread, { unread = 0 }) => {
    return typeof unread === 'number' ? plus(sum, unread, MOST_UNREAD) : unread;
  }, 0);
}

/** Whether an entry of another user mentions this one. */
function mentions({ from, mentions }: MessageEntry | EditedEntry, user: string | undefined): boolean {
  return user !== undefined && from?.id !== user && (mentions?.includes(user) ?? false);
}

function plus<Most extends number>(
  count: number | `${Most}+`,
  more: number,
  most: Most,
): number | `${Most}+` {
  return typeof count !== 'number' || count + more > most ? `${most}+` : count + more;
}
