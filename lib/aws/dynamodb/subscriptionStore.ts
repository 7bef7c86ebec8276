import {
  MAX_SUBSCRIPTIONS,
  type OwnSubscription,
  type SubscriptionStore,
} from '../../ports/subscriptionStore';
import { hashOf } from '../../util/hashOf';
import { settleAll } from '../../util/settleAll';
import type { Row } from './attributeValues';
import type { Database } from './database';
import { getRow } from './getRow';
import { isOpen, queryPartition } from './memberRows';

/** The sort key of the row that names the user of an endpoint. */
const OWNER = 'owner';

/**
 * Keeps subscriptions in the Members table, a partition for each user. Another row for each subscription names the hash
 * of its user: a browser in which another user signs in brings nothing to the one before.
 */
export function createSubscriptionStore(database: Database, table: string): SubscriptionStore {
  const partitionOf = (userHash: string) => `push#${userHash}`;
  const ownerOf = (subscription: string) => ({ r: `pushed#${subscription}`, c: OWNER });
  const drop = (Key: Row) => database.call('DeleteItem', { TableName: table, Key });
  const rowsOf = async (userHash: string, more: object = {}) =>
    queryPartition(database, table, partitionOf(userHash), more);

  const remove: SubscriptionStore['remove'] = async (userHash, subscription) => {
    await drop({ r: partitionOf(userHash), c: subscription });
  };

  return {
    remove,

    async add(userHash, subscription, until) {
      const { endpoint, p256dh, auth, user, permissions, at } = subscription;
      const c = hashOf(endpoint);
      const e = Math.ceil(until / 1000);
      const owner = await getRow(database, table, ownerOf(c));
      if (owner && owner.user !== userHash) await remove(String(owner.user), c);
      await database.call('PutItem', { TableName: table, Item: { ...ownerOf(c), user: userHash, e } });
      const Item = { r: partitionOf(userHash), c, endpoint, p256dh, auth, user, permissions, at, e };
      await database.call('PutItem', { TableName: table, Item });
      const { Items = [] } = await rowsOf(userHash);
      const silent = Items.sort((a, b) => Number(b.at) - Number(a.at)).slice(MAX_SUBSCRIPTIONS);
      await settleAll(...silent.map((row) => remove(userHash, String(row.c))));
    },

    async read(userHash, now) {
      const { Items = [] } = await rowsOf(userHash, { Limit: MAX_SUBSCRIPTIONS });
      return Items.filter(isOpen(now)).map(toSubscription);
    },

    async forgetSome(user, limit) {
      const userHash = hashOf(user);
      const { Items = [], LastEvaluatedKey } = await rowsOf(userHash, { Limit: limit });
      const subscriptions = Items.map(({ c }) => String(c));
      await settleAll(...subscriptions.map((c) => drop(ownerOf(c))));
      await settleAll(...subscriptions.map((c) => remove(userHash, c)));
      return { forgotten: subscriptions.length, isDone: LastEvaluatedKey === undefined };
    },
  };
}

function toSubscription({ endpoint, p256dh, auth, user, permissions, at }: Row): OwnSubscription {
  return {
    ...{ endpoint: String(endpoint), p256dh: String(p256dh), auth: String(auth) },
    ...{ user: String(user), permissions: String(permissions), at: Number(at) },
  };
}
