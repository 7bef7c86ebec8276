import type { HandshakeRefusal } from '../../protocol/errorReplies';
import { updateIfMet } from './conditional';
import type { Database, Input } from './database';
import { getRow } from './getRow';
import type { UserAttributes } from './userAttributes';

/**
 * A connection as its row in the Connections table. Each frame writes it, so it has at most 2 KB: in place of rooms it
 * has their keys, and in place of rooms that were told something, or were not, their marks.
 */
export type ConnectionRow = UserAttributes & {
  connection: string;
  expires: number;
  lease: number;
  firstLease: number;
  ttl: number;
  rooms?: Set<string>;
  /** Rooms that the connection has left, and where its member row may still be. */
  leaving?: Set<string>;
  /** Rooms, or {@link EVERYWHERE}, to join only after no ban was found; of few, for the row stays small. */
  barred?: Set<string>;
  /** How often the connection left a room, or was removed from one. */
  fence?: number;
  session?: string;
  /** Rooms that were told that the lease was over. */
  lapsed?: Set<string>;
  /** Rooms that were not told of the connection's join or leave. */
  untold?: Set<string>;
  /** Why the connection was refused at its handshake, and the end of the ban. */
  refused?: HandshakeRefusal['kind'];
  bannedUntil?: number;
  sends?: number;
  syncs?: number;
  typing?: number;
  signals?: number;
  drafts?: number;
};

/** Reads a connection's row. */
export async function getConnectionRow(
  database: Database,
  table: string,
  id: string,
): Promise<ConnectionRow | undefined> {
  return (await getRow(database, table, { connection: id })) as ConnectionRow | undefined;
}

/** Changes a row; gives what the update returns of it, or `undefined` when it does not meet the condition. */
export async function changeConnection(
  database: Database,
  table: string,
  id: string,
  update: Input,
): Promise<ConnectionRow | undefined> {
  const outcome = await updateIfMet(database, table, { connection: id }, update);
  return outcome.met ? (outcome.output.Attributes as ConnectionRow | undefined) : undefined;
}

/** The connection's list of barred rooms may grow. */
export const HAS_PLACE = 'attribute_not_exists(#barred) OR size(#barred) < :max';

/** Gives the keys of the rooms where a connection's member row may be. */
export function keysOfRooms({ rooms = new Set(), leaving = new Set() }: RoomsOfRow): ReadonlySet<string> {
  return new Set([...rooms, ...leaving]);
}

type RoomsOfRow = Pick<ConnectionRow, 'rooms' | 'leaving'>;
