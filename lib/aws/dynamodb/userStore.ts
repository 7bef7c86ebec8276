import { EVERYWHERE } from '../../ports/banStore';
import type { UserStore } from '../../ports/userStore';
import { createBans } from './bans';
import { batchGet } from './batchGet';
import { ifMet } from './conditional';
import type { Database } from './database';
import { keyOf } from './hashedKey';
import { createUserRows, ttlAt, type UserRow } from './userRows';

/** Keeps one row a user in the Connections table, and the user's bans beside it. */
export function createUserStore(database: Database, table: string): UserStore {
  const bans = createBans(database, table);
  const { update, read } = createUserRows(database, table);

  return {
    ...bans,

    async addConnection(user, connection, maxConnections, now) {
      const added = await ifMet(
        update(user, {
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
            ':most': maxConnections,
            ':now': now,
            ':ttl': ttlAt(now),
          },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      if (!added.met) {
        const refusing = (added.row as UserRow | undefined) ?? (await read(user));
        const until = refusing?.cooldownUntil ?? 0;
        if (until > now) return { kind: 'coolingDown', until };
        return { kind: 'tooMany', connections: [...(refusing?.connections ?? [])] };
      }
      const until = await bans.findBan(user, EVERYWHERE, now);
      if (until !== undefined) return { kind: 'banned', until };
      const row = added.output;
      const isAnyRoom = (row?.unlistedUntil ?? 0) > now;
      return { kind: 'added', banCheckRooms: isAnyRoom ? [EVERYWHERE] : [...(row?.bannedRooms ?? [])] };
    },

    async startCooldown(user, until) {
      await update(user, {
        UpdateExpression: 'SET #cooldownUntil = :until, #ttl = :ttl',
        ExpressionAttributeNames: { '#cooldownUntil': 'cooldownUntil', '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':until': until, ':ttl': ttlAt(until) },
      });
    },

    async isKnown(user) {
      const keys = [keyOf('user', user), keyOf('author', user)].map((connection) => ({ connection }));
      return (await batchGet(database, table, keys, ['connection'])).length > 0;
    },

    async removeConnections(user, connections) {
      if (connections.length === 0) return;
      await update(user, {
        UpdateExpression: 'DELETE #connections :gone',
        ExpressionAttributeNames: { '#connections': 'connections' },
        ExpressionAttributeValues: { ':gone': new Set(connections) },
      });
    },
  };
}
