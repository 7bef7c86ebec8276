import type { Database, Input } from './database';
import { getRow } from './getRow';
import { keyOf } from './hashedKey';

/** Rows stay this long after they were last written, in seconds: longer than any ban lasts. */
const ROW_TTL_SECONDS = 400 * 24 * 3600;

/** A user's row in the Connections table, under a key that no connection has. */
export type UserRow = {
  connections?: Set<string>;
  /** Rooms with a ban of their own, in force or over: at most `MAX_LISTED_BANS`. */
  bannedRooms?: Set<string>;
  /** Until then there may be a ban from a room that is not listed, in milliseconds since the epoch. */
  unlistedUntil?: number;
  /** How often a ban was given. */
  bansVersion?: number;
  /** No connection is added before. */
  cooldownUntil?: number;
};

/** Reads and updates users' rows, one row a user. */
export function createUserRows(database: Database, table: string) {
  const keyOfUser = (user: string) => ({ connection: keyOf('user', user) });
  return {
    async update(user: string, input: Input): Promise<UserRow | undefined> {
      const { Attributes } = await database.call('UpdateItem', {
        TableName: table,
        Key: keyOfUser(user),
        ...input,
      });
      return Attributes as UserRow | undefined;
    },
    async read(user: string): Promise<UserRow | undefined> {
      return (await getRow(database, table, keyOfUser(user))) as UserRow | undefined;
    },
  };
}

/** The `ttl` of a user's row that is written at `now`, in seconds. */
export function ttlAt(now: number): number {
  return Math.ceil(now / 1000) + ROW_TTL_SECONDS;
}
