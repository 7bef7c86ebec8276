import type { Report } from '../../ports/reportStore';
import { keyOf } from './hashedKey';

/** A report as its row in the Members table, in a partition of its user. */
export type ReportRow = {
  /** The user, hashed. */
  r: string;
  /** The room and the message. */
  c: string;
  user: string;
  name: string;
  reason?: string;
  at: number;
  /** Expiry of the row in whole seconds since the epoch. */
  e: number;
};

type Key = { r: string; c: string };

const PREFIX = 'reports';
/** A seq has at most as many digits, so that texts sort as numbers do. */
const SEQ_DIGITS = 16;

/** Gives the partition of what a user has reported. It contains nothing of the user's id. */
export function partitionOfUser(user: string): string {
  return keyOf(PREFIX, user);
}

/** Gives the partition that lists the reports in a room: no room's name has a `#`. */
export function partitionOfRoom(room: string): string {
  return `reported#${room}`;
}

/** Gives the beginning of the list's sort keys for a message. */
export function sortKeyOfMessage(of: number): string {
  return `${String(of).padStart(SEQ_DIGITS, '0')}#`;
}

/** Gives the keys of a user's report of a message: of its row, and of its place in the room's list. */
export function keysOf(room: string, of: number, user: string): { row: Key; listed: Key } {
  const r = partitionOfUser(user);
  const message = sortKeyOfMessage(of);
  return {
    row: { r, c: `${room}#${message.slice(0, -1)}` },
    listed: { r: partitionOfRoom(room), c: message + r.slice(PREFIX.length + 1) },
  };
}

/** Gives the key of the row that a place in a room's list stands for. */
export function rowAt(room: string, place: string): Key {
  const [message = '', hash = ''] = place.split('#');
  return { r: `${PREFIX}#${hash}`, c: `${room}#${message}` };
}

/** Gives the place in a room's list of a row. */
export function placeOf({ r, c }: Key): Key {
  const [room = '', message = ''] = c.split('#');
  return { r: partitionOfRoom(room), c: `${message}#${r.slice(PREFIX.length + 1)}` };
}

/** Reads a report from its row. */
export function toReport({ c, user, name, reason, at }: ReportRow): Report {
  const of = Number(c.split('#')[1]);
  return { of, user: { id: user, name }, ...(reason !== undefined && { reason }), at };
}
