import type { CooldownStore } from '../../ports/userStore';
import type { Database } from './database';
import { createUserRows, ttlAt } from './userRows';

/** Keeps users' cool-downs in their rows of the Connections table. */
export function createCooldown(database: Database, table: string): CooldownStore {
  const { update } = createUserRows(database, table);
  return {
    async startCooldown(user, until) {
      await update(user, {
        UpdateExpression: 'SET #cooldownUntil = :until, #ttl = :ttl',
        ExpressionAttributeNames: { '#cooldownUntil': 'cooldownUntil', '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':until': until, ':ttl': ttlAt(until) },
      });
    },
  };
}
