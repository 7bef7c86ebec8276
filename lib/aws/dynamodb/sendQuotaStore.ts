import type { Charge } from '../../ports/charge';
import type { SendQuotaStore } from '../../ports/sendQuotaStore';
import { takeToken } from '../../rateLimiting/tokenBucket';
import type { Row } from './attributeValues';
import { ConditionFailed, type Database } from './database';
import { keyOf } from './hashedKey';
import { bucketUpdate } from './tokenBucketUpdate';

/** An author's row stays this long after its last message, in seconds: its bucket is full again long before. */
const STAYS_SECONDS = 3600;
/** A bucket that other requests keep moving is given up after this many tries. */
const MOST_TRIES = 4;

/**
 * Stores send quotas in the Connections table, under keys that no connection has. It has one row an author, and one a
 * send without `after`. What a user typed or is called is in no key. The author's row is not the user's row: a flood
 * that keeps it busy must not delay a ban.
 */
export function createSendQuotaStore(database: Database, table: string): SendQuotaStore {
  /** Gives `done`, or where the bucket stands instead. */
  const tryCharge = async (
    key: string,
    charge: Charge,
    way: 'restart' | 'advance',
  ): Promise<'done' | { fullAt: number | undefined }> => {
    const { set, fits, values } = bucketUpdate(charge, way);
    try {
      await database.call('UpdateItem', {
        TableName: table,
        Key: { connection: key },
        UpdateExpression: `SET ${set}, #ttl = :ttl`,
        ConditionExpression: fits,
        ExpressionAttributeNames: { '#bucket': charge.bucket, '#ttl': 'ttl' },
        ExpressionAttributeValues: {
          ':now': charge.now,
          ':ttl': Math.ceil(charge.now / 1000) + STAYS_SECONDS,
          ...values,
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return 'done';
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      // DynamoDB sends the row along; engines that do not leave it to be read.
      const fullAt = (error.row ?? (await read(key)))?.[charge.bucket];
      return { fullAt: typeof fullAt === 'number' ? fullAt : undefined };
    }
  };

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
      let way: 'restart' | 'advance' = 'restart';
      for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
        const tried = await tryCharge(key, charge, way);
        if (tried === 'done') return 'ok';
        const next = takeToken(tried.fullAt, charge);
        if (typeof next === 'object') return { kind: 'rateLimited', ...next };
        way = next;
      }
      return { kind: 'rateLimited', retryAfterMs: charge.costMs, contended: true };
    },

    async refund(user, { bucket, costMs }) {
      try {
        await database.call('UpdateItem', {
          TableName: table,
          Key: { connection: keyOf('author', user) },
          UpdateExpression: 'SET #bucket = #bucket - :cost',
          ConditionExpression: 'attribute_exists(#bucket)',
          ExpressionAttributeNames: { '#bucket': bucket },
          ExpressionAttributeValues: { ':cost': costMs },
        });
      } catch (error) {
        // The row has expired, and the bucket with it: it is full.
        if (!(error instanceof ConditionFailed)) throw error;
      }
    },

    async getOrSetBaseSeq({ room, id, user }, head, until) {
      const { Attributes } = await database.call('UpdateItem', {
        TableName: table,
        Key: { connection: keyOf('send', room, user, id) },
        UpdateExpression: 'SET #after = if_not_exists(#after, :head), #ttl = :ttl',
        ExpressionAttributeNames: { '#after': 'after', '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':head': head, ':ttl': Math.ceil(until / 1000) },
        ReturnValues: 'ALL_NEW',
      });
      const after = Attributes?.after;
      if (typeof after !== 'number') throw new Error('The database did not say what it kept.');
      return after;
    },
  };
}
