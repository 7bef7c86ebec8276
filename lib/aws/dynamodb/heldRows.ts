import type { ListedMessage } from '../../ports/heldStore';
import { keyOf } from './hashedKey';

/** A held message as its row in the Members table, in a partition of its author. */
export type HeldRow = {
  /** The author, hashed. */
  r: string;
  /** The room, and what the verdict is about, hashed. */
  c: string;
  /** The review's request as JSON: the whole message and its author. */
  request: string;
  at: number;
  /** Expiry of the row in whole seconds since the epoch. */
  e: number;
  onlyAsMember?: 1;
  /** More than one attempt to send relies on the row. */
  shared?: 1;
};

type Key = { r: string; c: string };

const PREFIX = 'held';
/** A time has at most as many digits, so that texts sort as numbers do. */
const TIME_DIGITS = 16;

const hashIn = (key: string) => key.slice(PREFIX.length + 1);

/** Gives the partition of a user's held messages. It contains nothing of the user's id. */
export function partitionOfUser(user: string): string {
  return keyOf(PREFIX, user);
}

/** Gives the partition that lists the held messages of a room: no room's name has a `#`. */
export function partitionOfRoom(room: string): string {
  return `heldin#${room}`;
}

/** Gives the key of the row of a held message. */
export function keyFor(user: string, room: string, subject: string): Key {
  return { r: partitionOfUser(user), c: `${room}#${hashIn(keyOf(PREFIX, subject))}` };
}

/** Gives the place in a room's list of a row. */
export function placeOf({ r, c, at }: Pick<HeldRow, 'r' | 'c' | 'at'>): Key {
  const [room = '', subject = ''] = c.split('#');
  return {
    r: partitionOfRoom(room),
    c: `${String(at).padStart(TIME_DIGITS, '0')}#${hashIn(r)}#${subject}`,
  };
}

/** Gives the key of the row that a place in a room's list stands for. */
export function rowAt(room: string, place: string): Key {
  const [, user = '', subject = ''] = place.split('#');
  return { r: `${PREFIX}#${user}`, c: `${room}#${subject}` };
}

/** Reads a held message from its row. */
export function toHeld(row: HeldRow): ListedMessage {
  const { request, at, onlyAsMember } = row;
  return {
    held: placeOf(row).c,
    request: JSON.parse(request),
    at,
    ...(onlyAsMember && { onlyAsMember: true }),
  };
}
