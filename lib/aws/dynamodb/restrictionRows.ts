import type { RoomBan } from '../../protocol';
import { batchGet } from './batchGet';
import type { Database } from './database';
import { keysOfUser } from './hashedKey';

/** A mute and a turn of slow mode as their row in the Members table. */
export type RestrictionRow = {
  /** The user, hashed. */
  r: string;
  /** The room. */
  c: string;
  /** Expiry of the row in whole seconds since the epoch. */
  e: number;
  until?: number;
  at?: number;
  user?: string;
  name?: string;
  by?: string;
  byName?: string;
  nextAt?: number;
  /** The message that took the turn, and the head of the room then. */
  turn?: string;
  head?: number;
};

const PREFIX = 'restricted';

/** The partition of what holds a user back, and the key of what does in a room. */
export const { partitionOf, keyFor } = keysOfUser(PREFIX);

/** Gives the expiry of a row that must stay until a time in milliseconds since the epoch. */
export function secondsOf(ms: number): number {
  return Math.ceil(ms / 1000);
}

/** Tells whether the list of a room's bans names a mute by this key. */
export function isMuteKey(key: string): boolean {
  return key.startsWith(`${PREFIX}#`);
}

/** Reads the mutes in a room that some keys of its list stand for, those that are over among them. */
export async function readMutes(
  database: Database,
  table: string,
  room: string,
  keys: readonly string[],
): Promise<RoomBan[]> {
  const asked = keys.map((r) => ({ r, c: room }));
  const rows = (await batchGet(database, table, asked)) as RestrictionRow[];
  return rows.flatMap(({ until, at = 0, user, name, by, byName }) => {
    if (until === undefined || user === undefined || name === undefined) return [];
    const giver = by !== undefined && { by: { id: by, name: byName ?? by } };
    return [{ user: { id: user, name }, until, at, mute: true as const, ...giver }];
  });
}
