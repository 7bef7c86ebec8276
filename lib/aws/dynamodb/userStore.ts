import { EVERYWHERE } from '../../ports/banStore';
import type { AddConnectionResult, UserStore } from '../../ports/userStore';
import type { Row } from './attributeValues';
import { createBans } from './bans';
import { batchGet } from './batchGet';
import { ifMet } from './conditional';
import { createCooldown } from './cooldown';
import type { Database } from './database';
import { keyOf } from './hashedKey';
import { createUserRows, ttlAt, type UserRow } from './userRows';

const NOT_COOLING = '(attribute_not_exists(#cooldownUntil) OR #cooldownUntil <= :now)';

/** Keeps one row a user in the Connections table, and the user's bans beside it. */
export function createUserStore(database: Database, table: string): UserStore {
  const bans = createBans(database, table);
  const { update, read } = createUserRows(database, table);

  /** Writes an arrival, unless the user is cooling down or the condition fails; then looks for a ban. */
  const arrive = async (
    user: string,
    { change, condition, values }: { change: string; condition: string; values: Row },
    now: number,
  ): Promise<AddConnectionResult> => {
    const written = await ifMet(
      update(user, {
        UpdateExpression: `SET #ttl = :ttl${change}`,
        ConditionExpression: condition,
        ExpressionAttributeNames: {
          '#connections': 'connections',
          '#cooldownUntil': 'cooldownUntil',
          '#ttl': 'ttl',
        },
        ExpressionAttributeValues: { ...values, ':now': now, ':ttl': ttlAt(now) },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    if (!written.met) {
      const refusing = (written.row as UserRow | undefined) ?? (await read(user));
      const until = refusing?.cooldownUntil ?? 0;
      if (until > now) return { kind: 'coolingDown', until };
      return { kind: 'tooMany', connections: [...(refusing?.connections ?? [])] };
    }
    const until = await bans.findBan(user, [EVERYWHERE], now);
    if (until !== undefined) return { kind: 'banned', until };
    const row = written.output;
    const isAnyRoom = (row?.unlistedUntil ?? 0) > now;
    return { kind: 'added', banCheckRooms: isAnyRoom ? [EVERYWHERE] : [...(row?.bannedRooms ?? [])] };
  };

  return {
    ...bans,
    ...createCooldown(database, table),

    addConnection: (user, connection, maxConnections, now) =>
      arrive(
        user,
        {
          change: ' ADD #connections :added',
          condition: `contains(#connections, :connection) OR (${NOT_COOLING} AND (attribute_not_exists(#connections) OR size(#connections) < :most))`,
          values: { ':added': new Set([connection]), ':connection': connection, ':most': maxConnections },
        },
        now,
      ),

    replaceConnections: (user, connection, { known, gone }, now) =>
      arrive(
        user,
        {
          change: ', #connections = :next',
          condition: `${NOT_COOLING} AND #connections = :known`,
          values: {
            ':next': new Set([...known.filter((id) => !gone.includes(id)), connection]),
            ':known': new Set(known),
          },
        },
        now,
      ),

    async isKnown(user) {
      const keys = [keyOf('user', user), keyOf('author', user)].map((connection) => ({ connection }));
      return (await batchGet(database, table, keys, ['connection'])).length > 0;
    },

    async readConnections(user) {
      return [...((await read(user))?.connections ?? [])];
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
