import type { Charge } from '../../ports/tokenBucketCharge';
import type { HandshakeRefusal, RateLimited, Refusal } from '../../protocol/errorReplies';
import type { Row } from './attributeValues';
import { chargeBucket } from './chargeBucket';
import { ifMet } from './conditional';
import type { Database } from './database';

/** A connection as its row in the Connections table. */
export type ConnectionRow = {
  connection: string;
  user: string;
  name: string;
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
};

/** What a charge checks, changes and returns besides the bucket and the lease. */
export interface ChargeExtra {
  condition?: string;
  change?: string;
  names?: Record<string, string>;
  values?: Row;
  gives?: 'ALL_OLD' | 'ALL_NEW';
  refuses?(row: ConnectionRow): Refusal | undefined;
}

interface ConnectionCharge {
  database: Database;
  table: string;
  id: string;
  charge: Charge;
  leaseUntil: number;
}

/** Charges a frame to a connection that is open, renews its lease, and makes the frame's own change in the same write. */
export async function chargeConnection(
  { database, table, id, charge, leaseUntil }: ConnectionCharge,
  { condition = '', change = '', names, values, gives, refuses }: ChargeExtra,
): Promise<{ output: ConnectionRow | undefined } | RateLimited | Refusal> {
  return chargeBucket<ConnectionRow | undefined, Refusal>(charge, {
    read: () => getConnectionRow(database, table, id),
    write: ({ set, fits, values: bucketValues }) =>
      ifMet(
        database
          .call('UpdateItem', {
            TableName: table,
            Key: { connection: id },
            UpdateExpression: `SET ${set}, #lease = :lease ${change}`,
            ConditionExpression: `attribute_exists(#connection) AND #expires > :now AND ${fits}${condition}`,
            ExpressionAttributeNames: {
              '#bucket': charge.bucket,
              '#connection': 'connection',
              '#expires': 'expires',
              '#lease': 'lease',
              ...names,
            },
            ExpressionAttributeValues: {
              ':now': charge.now,
              ':lease': leaseUntil,
              ...bucketValues,
              ...values,
            },
            ...(gives && { ReturnValues: gives }),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          })
          .then(({ Attributes }) => Attributes as ConnectionRow | undefined),
      ),
    refusal(found) {
      const row = found as ConnectionRow | undefined;
      if (!row) return { kind: 'closed' };
      if (row.refused === 'tooManyConnections') return { kind: 'tooManyConnections' };
      if (row.refused) return { kind: 'bannedEverywhere', until: row.bannedUntil ?? 0 };
      return row.expires <= charge.now ? { kind: 'expired' } : refuses?.(row);
    },
  });
}

/** Reads a connection's row. */
export async function getConnectionRow(
  database: Database,
  table: string,
  id: string,
): Promise<ConnectionRow | undefined> {
  const { Item } = await database.call('GetItem', {
    TableName: table,
    Key: { connection: id },
    ConsistentRead: true,
  });
  return Item as ConnectionRow | undefined;
}
