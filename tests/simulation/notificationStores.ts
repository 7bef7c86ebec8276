import type { NotificationSettings, NotificationStore } from '../../lib/ports/notificationStore';
import {
  MAX_SUBSCRIPTIONS,
  type OwnSubscription,
  type SubscriptionStore,
} from '../../lib/ports/subscriptionStore';
import { MAX_WATCHERS, type WatcherStore } from '../../lib/ports/watcherStore';
import { hashOf } from '../../lib/util/hashOf';
import type { FollowRows } from './followStore';

/** What notifications need, in memory: see `createStores`. */
export interface NotificationStores {
  notifications: NotificationStore;
  watchers: WatcherStore;
  subscriptions: SubscriptionStore;
}

export function createNotificationStores(followRows: FollowRows): NotificationStores {
  return {
    notifications: createNotifications(followRows),
    watchers: createWatchers(),
    subscriptions: createSubscriptions(),
  };
}

interface Notified {
  settings: NotificationSettings;
  notified: number;
  nextAt: number;
  run?: string;
}

function createNotifications(followRows: FollowRows): NotificationStore {
  /** By the follow itself: who follows a room again has set nothing. */
  const states = new Map<string, Notified>();
  const find = (userHash: string, room: string, now: number) => {
    for (const [user, rooms] of followRows) {
      const follow = rooms.get(room);
      const isLive = (follow?.expiresAt ?? Number.POSITIVE_INFINITY) > now;
      if (!follow || !isLive || hashOf(user) !== userHash) continue;
      const key = `${userHash} ${room} ${follow.since}`;
      const state = states.get(key) ?? { settings: {}, notified: 0, nextAt: 0 };
      states.set(key, state);
      return { follow, state };
    }
    return undefined;
  };

  return {
    async read(userHash, room, now) {
      const found = find(userHash, room, now);
      if (!found) return undefined;
      const { with: other, mark } = found.follow;
      const { settings, notified, nextAt } = found.state;
      return {
        ...(other !== undefined && { with: other }),
        ...(mark && { mark }),
        ...settings,
        notified,
        nextAt,
      };
    },
    async set(userHash, room, { level, mutedUntil = 0 }, now) {
      const found = find(userHash, room, now);
      if (found) found.state.settings = { ...(level && { level }), mutedUntil };
      return found !== undefined;
    },
    async claim(userHash, room, { run, seq, now, nextAt }) {
      const found = find(userHash, room, now);
      if (!found || (found.follow.mark?.seq ?? 0) >= seq) return false;
      if (found.state.notified >= seq || found.state.nextAt > now) return false;
      Object.assign(found.state, { run, nextAt });
      return true;
    },
    async confirm(userHash, room, run, seq) {
      const found = find(userHash, room, Number.NEGATIVE_INFINITY);
      if (found?.state.run === run) found.state.notified = seq;
    },
  };
}

function createWatchers(): WatcherStore {
  const rooms = new Map<string, Map<string, number>>();
  const rowsOf = (room: string) => {
    const rows = rooms.get(room) ?? new Map<string, number>();
    rooms.set(room, rows);
    return rows;
  };
  return {
    async add(room, { userHash, since }) {
      const rows = rowsOf(room);
      if (!rows.has(userHash) && rows.size >= MAX_WATCHERS) return false;
      rows.set(userHash, since);
      return true;
    },
    async remove(room, userHash, since) {
      if (since === undefined || rowsOf(room).get(userHash) === since) rowsOf(room).delete(userHash);
    },
    list: async (room) => [...rowsOf(room)].map(([userHash, since]) => ({ userHash, since })),
  };
}

function createSubscriptions(): SubscriptionStore {
  let rows: (OwnSubscription & { userHash: string; until: number })[] = [];
  return {
    async add(userHash, subscription, until) {
      const others = rows.filter(({ endpoint }) => endpoint !== subscription.endpoint);
      const own = [...others.filter((row) => row.userHash === userHash)];
      own.push({ ...subscription, userHash, until });
      own.sort((a, b) => b.at - a.at).splice(MAX_SUBSCRIPTIONS);
      rows = [...others.filter((row) => row.userHash !== userHash), ...own];
    },
    async remove(userHash, subscription) {
      rows = rows.filter((row) => row.userHash !== userHash || hashOf(row.endpoint) !== subscription);
    },
    async read(userHash, now) {
      const live = rows.filter((row) => row.userHash === userHash && row.until > now);
      return live.map(({ userHash: _hash, until: _until, ...subscription }) => subscription);
    },
    async forgetSome(user, limit) {
      const own = rows.filter((row) => row.userHash === hashOf(user)).slice(0, limit);
      rows = rows.filter((row) => !own.includes(row));
      return { forgotten: own.length, isDone: own.length < limit };
    },
  };
}
