import type { Charge } from '../../ports/tokenBucketCharge';
import type { RateLimited, Refusal } from '../../protocol/errorReplies';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { chargeBucket } from './chargeBucket';
import { ifMet } from './conditional';
import { type ConnectionRow, getConnectionRow } from './connectionRow';
import type { Database } from './database';

/** What a frame checks, changes and reads in its connection's row, besides the bucket and the lease. */
export interface FrameUpdate {
  condition?: string;
  change?: string;
  /** The attributes that the condition and the change name. */
  names?: readonly string[];
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

/** Charges a frame to an open connection, renews its lease, and makes the frame's own change in the same write. */
export async function chargeConnection(
  { database, table, id, charge, leaseUntil }: ConnectionCharge,
  { condition = '', change = '', names = [], values, gives, refuses }: FrameUpdate,
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
              ...namesOf(['connection', 'expires', 'lease', ...names]),
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
