import { batchGet } from './batchGet';
import type { Database } from './database';
import { keyOf } from './hashedKey';

/** A ban as its row in the Connections table. */
export type BanRow = {
  connection: string;
  /** In milliseconds since the epoch, as `at` is. */
  until: number;
  at?: number;
  /** The id and the name of the user that is kept out. */
  user?: string;
  name?: string;
  /** The id and the name of the moderator; missing where the operator gave the ban. */
  by?: string;
  byName?: string;
  /** Present if the user is a guest who signed out. */
  signOut?: number;
};

/** Gives the key of the row that keeps a user out of a room. */
export function banKey(user: string, room: string): string {
  return keyOf('ban', user, room);
}

/** Reads those of some bans that have a row. */
export async function readBanRows(
  database: Database,
  table: string,
  keys: readonly string[],
): Promise<BanRow[]> {
  const attributes = ['connection', 'until', 'at', 'user', 'name', 'by', 'byName'];
  const asked = keys.map((connection) => ({ connection }));
  return (await batchGet(database, table, asked, attributes)) as BanRow[];
}
