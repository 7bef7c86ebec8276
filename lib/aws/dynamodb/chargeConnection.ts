import type { Charge, Judge, Way } from '../../ports/tokenBucketCharge';
import type { Refusal } from '../../protocol/errorReplies';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { chargeBucket, foresee } from './chargeBucket';
import { updateIfMet } from './conditional';
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
  judge?: Judge | undefined;
}

/** Charges a frame to an open connection, renews its lease, and makes the frame's own change in the same write. */
export async function chargeConnection(
  { database, table, id, charge, leaseUntil, judge }: ConnectionCharge,
  { condition = '', change = '', names = [], values, gives, refuses }: FrameUpdate,
): Promise<{ row: ConnectionRow | undefined } | Refusal> {
  const charged = await chargeBucket(charge, {
    judge,
    read: () => getConnectionRow(database, table, id),
    write: ({ set, fits, values: bucketValues }) =>
      updateIfMet(
        database,
        table,
        { connection: id },
        {
          UpdateExpression: `SET ${set}, #lease = :lease ${change}`,
          ConditionExpression: `attribute_exists(#connection) AND #expires > :now AND ${fits}${condition}`,
          ExpressionAttributeNames: {
            '#bucket': charge.bucket,
            ...namesOf(['connection', 'expires', 'lease', ...names]),
          },
          ExpressionAttributeValues: { ':now': charge.now, ':lease': leaseUntil, ...bucketValues, ...values },
          ...(gives && { ReturnValues: gives }),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          ReturnConsumedCapacity: 'TOTAL',
        },
      ),
    refusal: (row) => refusalOf(row, charge, refuses),
  });
  return 'output' in charged ? { row: charged.output.Attributes as ConnectionRow | undefined } : charged;
}

/** Reads the row of a connection, and tells in which way a charge would move its bucket, or why it is refused. */
export async function foreseeCharge(
  { database, table, id, charge }: Pick<ConnectionCharge, 'database' | 'table' | 'id' | 'charge'>,
  refuses?: FrameUpdate['refuses'],
): Promise<{ way: Way; row: ConnectionRow } | Refusal> {
  const row = await getConnectionRow(database, table, id);
  if (!row) return { kind: 'closed' };
  const found = foresee(row, charge, () => refusalOf(row, charge, refuses));
  return 'way' in found ? { ...found, row } : found;
}

/** Tells why a frame is refused whatever its bucket holds. */
function refusalOf(
  found: Row | undefined,
  { now }: Charge,
  refuses?: FrameUpdate['refuses'],
): Refusal | undefined {
  const row = found as ConnectionRow | undefined;
  if (!row) return { kind: 'closed' };
  if (row.refused === 'tooManyConnections') return { kind: 'tooManyConnections' };
  if (row.refused) return { kind: 'bannedEverywhere', until: row.bannedUntil ?? 0 };
  return row.expires <= now ? { kind: 'expired' } : refuses?.(row);
}
