import type { SendQuotaStore } from '../../ports/sendQuotaStore';
import type { Row } from './attributeValues';
import { chargeBucket } from './chargeBucket';
import { ifMet } from './conditional';
import type { Database } from './database';
import { keyOf } from './hashedKey';

/** An author's row stays this long after its last message, in seconds: its bucket is full again long before. */
const ROW_TTL_SECONDS = 3600;

/**
 * Keeps one row an author in the Connections table, under a key that no connection has. It is not the user's row: a
 * flood that keeps it busy must not delay a ban.
 */
export function createSendQuotaStore(database: Database, table: string): SendQuotaStore {
  const read = async (key: string): Promise<Row | undefined> => {
    const { Item } = await database.call('GetItem', {
      TableName: table,
      Key: { connection: key },
      ConsistentRead: true,
    });
    return Item;
  };

  return {
    async charge(user, charge) {
      const key = keyOf('author', user);
      const outcome = await chargeBucket(charge, {
        read: () => read(key),
        write: ({ set, fits, values }) =>
          ifMet(
            database.call('UpdateItem', {
              TableName: table,
              Key: { connection: key },
              UpdateExpression: `SET ${set}, #ttl = :ttl`,
              ConditionExpression: fits,
              ExpressionAttributeNames: { '#bucket': charge.bucket, '#ttl': 'ttl' },
              ExpressionAttributeValues: {
                ':now': charge.now,
                ':ttl': Math.ceil(charge.now / 1000) + ROW_TTL_SECONDS,
                ...values,
              },
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            }),
          ),
      });
      return 'output' in outcome ? 'ok' : outcome;
    },
  };
}
