import {
  type FollowedRoom,
  type LogEntry,
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
  /** The seq of the last deletion that this client has seen, 0 before the first. */
  deletedAt: number;
}

/** What the server tells of a room. */
export function toldBy(told: FollowedRoom): Followed {
  const { head = 0 } = told;
  return { ...told, counted: head, upTo: head, later: [], deletedAt: 0 };
}

/** The room as an app sees it. */
export function viewOf({ counted, upTo, later, deletedAt, ...room }: Followed): FollowedRoom {
  return room.unread === undefined ? room : { ...room, unread: plus(room.unread, later.length) };
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
      deletedAt: own.deletedAt,
      ...(head !== undefined && { head }),
      ...(at && { at }),
      ...(last && { last }),
    },
    counts,
  );
}

/** Puts a mark, and what the server counted above it, in the place of what is known, unless that is newer. */
export function withCounts(room: Followed, told: Pick<Followed, 'counted' | 'read' | 'unread'>): Followed {
  const { counted, read, unread } = told;
  const isAbove = (seq: number) => seq > counted && seq > (read?.seq ?? 0);
  return {
    ...room,
    counted,
    upTo: Math.max(room.upTo, counted),
    later: room.later.filter(isAbove),
    ...(read && { read }),
    ...(unread !== undefined && { unread }),
  };
}

/** Whether the server may have counted a message whose deletion this client has seen. */
export function isUncertain({ deletedAt, counted }: Followed): boolean {
  return deletedAt > counted;
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

/** Adds the next entry of a room. `isExact` is false where only the server can count from now on. */
export function withEntry(room: Followed, entry: LogEntry): { room: Followed; isExact: boolean } {
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
      return { room: { ...next, later, last: { seq, at, from, text } }, isExact: isNext };
    }
    case 'deleted': {
      const { of } = entry;
      const later = room.later.filter((each) => each !== of);
      const wasCounted = of <= room.counted && of > (room.read?.seq ?? 0) && room.unread !== 0;
      return { room: { ...next, later, deletedAt: seq }, isExact: isNext && !wasCounted };
    }
    default:
      return { room: next, isExact: isNext };
  }
}

/** Adds up the unread messages of some rooms. */
export function totalOf(rooms: readonly FollowedRoom[]): Unread {
  return rooms.reduce((sum: Unread, { unread = 0 }) => {
    return typeof unread === 'number' ? plus(sum, unread) : unread;
  }, 0);
}

function plus(count: Unread, more: number): Unread {
  return typeof count !== 'number' || count + more > MOST_UNREAD ? `${MOST_UNREAD}+` : count + more;
}
