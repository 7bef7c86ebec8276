import type { Ban, UserStore } from '../../ports/ports';
import { ConditionFailed, type Database, type Input } from './database';
import { keyOf } from './hashedKey';

/** Rows stay this long after they were last written, in seconds: longer than any ban lasts. */
const STAYS_SECONDS = 400 * 24 * 3600;

type UserRow = {
  connections?: Set<string>;
  /** Each a room, or `*`, and when the ban ends, with a space between. */
  bans?: Set<string>;
  /** No connection arrives before. */
  cooldownUntil?: number;
};

/** Keeps one row a user in the Connections table, under a key that no connection has. */
export function createUserStore(database: Database, table: string): UserStore {
  const update = async (user: string, input: Input): Promise<UserRow | undefined> => {
    const { Attributes } = await database.call('UpdateItem', {
      TableName: table,
      Key: { connection: keyOf('user', user) },
      ...input,
    });
    return Attributes as UserRow | undefined;
  };

  const read = async (user: string): Promise<UserRow | undefined> => {
    const { Item } = await database.call('GetItem', {
      TableName: table,
      Key: { connection: keyOf('user', user) },
      ConsistentRead: true,
    });
    return Item as UserRow | undefined;
  };

  const drop = (user: string, bans: readonly string[]) =>
    update(user, {
      UpdateExpression: 'DELETE #bans :bans',
      ExpressionAttributeNames: { '#bans': 'bans' },
      ExpressionAttributeValues: { ':bans': new Set(bans) },
    });

  return {
    async addConnection(user, connection, most, now) {
      try {
        const row = await update(user, {
          UpdateExpression: 'SET #ttl = :ttl ADD #connections :added',
          ConditionExpression:
            'contains(#connections, :connection) OR ((attribute_not_exists(#cooldownUntil) OR #cooldownUntil <= :now)' +
            ' AND (attribute_not_exists(#connections) OR size(#connections) < :most))',
          ExpressionAttributeNames: {
            '#connections': 'connections',
            '#cooldownUntil': 'cooldownUntil',
            '#ttl': 'ttl',
          },
          ExpressionAttributeValues: {
            ':added': new Set([connection]),
            ':connection': connection,
            ':most': most,
            ':now': now,
            ':ttl': ttlAt(now),
          },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        });
        return { kind: 'added', bans: bansIn(row).filter(({ until }) => until > now) };
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error;
        const row = (error.row as UserRow | undefined) ?? (await read(user));
        const until = row?.cooldownUntil ?? 0;
        if (until > now) return { kind: 'coolingDown', until };
        return { kind: 'tooMany', connections: [...(row?.connections ?? [])] };
      }
    },

    async startCooldown(user, until) {
      await update(user, {
        UpdateExpression: 'SET #cooldownUntil = :until, #ttl = :ttl',
        ExpressionAttributeNames: { '#cooldownUntil': 'cooldownUntil', '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':until': until, ':ttl': ttlAt(until) },
      });
    },

    async removeConnections(user, connections) {
      if (connections.length === 0) return;
      await update(user, {
        UpdateExpression: 'DELETE #connections :gone',
        ExpressionAttributeNames: { '#connections': 'connections' },
        ExpressionAttributeValues: { ':gone': new Set(connections) },
      });
    },

    async addBan(user, { room, until }, now) {
      const row = await update(user, {
        UpdateExpression: 'SET #ttl = :ttl ADD #bans :ban',
        ExpressionAttributeNames: { '#bans': 'bans', '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':ban': new Set([`${room} ${until}`]), ':ttl': ttlAt(now) },
        ReturnValues: 'ALL_NEW',
      });
      const over = [...(row?.bans ?? [])].filter((text) => banOf(text).until <= now);
      if (over.length > 0) await drop(user, over);
      return [...(row?.connections ?? [])];
    },

    async removeBan(user, room) {
      const row = await read(user);
      const lifted = [...(row?.bans ?? [])].filter((text) => banOf(text).room === room);
      if (lifted.length > 0) await drop(user, lifted);
    },

    async listBans(user, now) {
      return bansIn(await read(user)).filter(({ until }) => until > now);
    },
  };
}

function bansIn(row: UserRow | undefined): Ban[] {
  return [...(row?.bans ?? [])].map(banOf);
}

function banOf(text: string): Ban {
  const [room = '', until = '0'] = text.split(' ');
  return { room, until: Number(until) };
}

function ttlAt(now: number): number {
  return Math.ceil(now / 1000) + STAYS_SECONDS;
}
