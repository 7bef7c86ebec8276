import { decide } from '../bucket';
import type { Charge, Charged, ConnectionStore, Refusal } from '../ports';
import { batchGet } from './batch';
import { bucketUpdate } from './bucketUpdate';
import { ConditionFailed, type Database } from './client';
import type { Row } from './rows';

/** Rows stay this long after their token has expired, in seconds, for the database to remove at leisure. */
const STAYS_SECONDS = 3600;
/** A bucket that other frames of the same connection keep moving is given up after this many tries. */
const MOST_TRIES = 4;

type ConnectionRow = {
  connection: string;
  user: string;
  name: string;
  expires: number;
  lease: number;
  ttl: number;
  rooms?: Set<string>;
  sends?: number;
  syncs?: number;
  typing?: number;
};

/** What a charge asks of the room besides the bucket: a condition, and a change to make with it. */
interface Place {
  condition: string;
  change?: string;
  values: Row;
  refuses(row: ConnectionRow): Refusal | undefined;
}

/** Keeps one row a socket in the Connections table. */
export function createConnectionStore(database: Database, table: string): ConnectionStore {
  const charge = async (id: string, charged: Charge, leaseUntil: number, place: Place): Promise<Charged> => {
    let way: 'restart' | 'advance' = 'restart';
    for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
      const row = await tryCharge(id, charged, leaseUntil, place, way);
      if (row === 'done') return 'ok';
      if (!row) return { why: 'closed' };
      if (row.expires <= charged.now) return { why: 'expired' };
      const refused = place.refuses(row);
      if (refused) return refused;
      const next = decide(row[charged.bucket], charged);
      if (typeof next === 'object') return { why: 'rateLimited', ...next };
      way = next;
    }
    return { why: 'rateLimited', retryAfterMs: charged.costMs };
  };

  /** Gives `done`, or the row that did not meet the condition. */
  const tryCharge = async (
    id: string,
    charged: Charge,
    leaseUntil: number,
    place: Place,
    way: 'restart' | 'advance',
  ): Promise<'done' | ConnectionRow | undefined> => {
    const moved = bucketUpdate(charged, way);
    try {
      await database.call('UpdateItem', {
        TableName: table,
        Key: { connection: id },
        UpdateExpression: `SET ${moved.set}, #lease = :lease ${place.change ?? ''}`,
        ConditionExpression: `attribute_exists(#connection) AND #expires > :now AND ${moved.fits} AND ${place.condition}`,
        ExpressionAttributeNames: {
          '#bucket': charged.bucket,
          '#connection': 'connection',
          '#expires': 'expires',
          '#lease': 'lease',
          '#rooms': 'rooms',
        },
        ExpressionAttributeValues: {
          ':now': charged.now,
          ':lease': leaseUntil,
          ...moved.values,
          ...place.values,
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return 'done';
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      // DynamoDB sends the row along; engines that do not leave it to be read.
      return (error.row as ConnectionRow | undefined) ?? (await get(id));
    }
  };

  const get = async (id: string): Promise<ConnectionRow | undefined> => {
    const { Item } = await database.call('GetItem', {
      TableName: table,
      Key: { connection: id },
      ConsistentRead: true,
    });
    return Item as ConnectionRow | undefined;
  };

  return {
    async open({ id, user, expiresAt }, leaseUntil) {
      const row: ConnectionRow = {
        connection: id,
        user: user.id,
        name: user.name,
        expires: expiresAt,
        lease: leaseUntil,
        ttl: Math.ceil(expiresAt / 1000) + STAYS_SECONDS,
      };
      // An event may come twice, the second time when rooms have been joined already.
      await unlessRefused(() =>
        database.call('PutItem', {
          TableName: table,
          Item: row,
          ConditionExpression: 'attribute_not_exists(#connection)',
          ExpressionAttributeNames: { '#connection': 'connection' },
        }),
      );
    },

    async close(id) {
      const { Attributes } = await database.call('DeleteItem', {
        TableName: table,
        Key: { connection: id },
        ReturnValues: 'ALL_OLD',
      });
      return Attributes && roomsOf(Attributes as ConnectionRow);
    },

    charge: (id, room, charged, leaseUntil) =>
      charge(id, charged, leaseUntil, {
        condition: 'contains(#rooms, :room)',
        values: { ':room': room },
        refuses: (row) => (row.rooms?.has(room) ? undefined : { why: 'notMember' }),
      }),

    enter: (id, room, charged, leaseUntil, mostRooms) =>
      charge(id, charged, leaseUntil, {
        condition: '(attribute_not_exists(#rooms) OR size(#rooms) < :mostRooms OR contains(#rooms, :room))',
        change: 'ADD #rooms :added',
        values: { ':room': room, ':added': new Set([room]), ':mostRooms': mostRooms },
        refuses: (row) =>
          (row.rooms?.size ?? 0) >= mostRooms && !row.rooms?.has(room) ? { why: 'tooManyRooms' } : undefined,
      }),

    async leave(id, room) {
      return unlessRefused(() =>
        database.call('UpdateItem', {
          TableName: table,
          Key: { connection: id },
          UpdateExpression: 'DELETE #rooms :left',
          ConditionExpression: 'contains(#rooms, :room)',
          ExpressionAttributeNames: { '#rooms': 'rooms' },
          ExpressionAttributeValues: { ':left': new Set([room]), ':room': room },
        }),
      );
    },

    async renew(id, now, leaseUntil) {
      try {
        const { Attributes } = await database.call('UpdateItem', {
          TableName: table,
          Key: { connection: id },
          UpdateExpression: 'SET #lease = :lease',
          ConditionExpression: 'attribute_exists(#connection) AND #expires > :now',
          ExpressionAttributeNames: {
            '#lease': 'lease',
            '#connection': 'connection',
            '#expires': 'expires',
          },
          ExpressionAttributeValues: { ':lease': leaseUntil, ':now': now },
          ReturnValues: 'ALL_NEW',
        });
        return roomsOf(Attributes as ConnectionRow);
      } catch (error) {
        if (error instanceof ConditionFailed) return undefined;
        throw error;
      }
    },

    async present(ids, now) {
      const keys = ids.map((connection) => ({ connection }));
      const rows = await batchGet(database, table, keys, ['connection', 'lease']);
      return new Set(rows.filter((row) => Number(row.lease) > now).map((row) => String(row.connection)));
    },
  };
}

/** Runs a write that is no failure when its condition does not hold; tells whether it did. */
async function unlessRefused(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}

function roomsOf(row: ConnectionRow): string[] {
  return [...(row.rooms ?? [])];
}
