import type { UploadQuotaStore } from '../../ports/uploadQuotaStore';
import { chargeBucket } from './chargeBucket';
import { updateIfMet } from './conditional';
import type { Database } from './database';
import { getRow } from './getRow';
import { keyOf } from './hashedKey';

/**
 * Keeps one row a user in the Connections table, which expires once its bucket is full again. It is not the row of the
 * user's sends, which expires within an hour.
 */
export function createUploadQuotaStore(database: Database, table: string): UploadQuotaStore {
  return {
    async charge(user, charge) {
      const key = { connection: keyOf('uploads', user) };
      const { now, burstMs, bucket } = charge;
      const outcome = await chargeBucket(charge, {
        read: () => getRow(database, table, key),
        write: ({ set, fits, values }) =>
          updateIfMet(database, table, key, {
            UpdateExpression: `SET ${set}, #ttl = :ttl`,
            ConditionExpression: fits,
            ExpressionAttributeNames: { '#bucket': bucket, '#ttl': 'ttl' },
            ExpressionAttributeValues: { ':now': now, ':ttl': Math.ceil((now + burstMs) / 1000), ...values },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
      });
      return 'output' in outcome ? 'ok' : outcome;
    },
  };
}
