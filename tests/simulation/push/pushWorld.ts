import { markAt } from '../../../lib/log/countUnread';
import { logWithGone } from '../../../lib/log/logWithGone';
import { createRoomRulesCache } from '../../../lib/moderation/roomRules';
import type { Notice } from '../../../lib/ports/noticeQueue';
import type { Notification } from '../../../lib/ports/pushSender';
import type { MessageEntry } from '../../../lib/protocol';
import { noticeRows } from '../../../lib/push/noticeRows';
import { notifyAll } from '../../../lib/push/notifyAll';
import { createInvocationMetrics } from '../../../lib/telemetry/invocationMetrics';
import { hashOf } from '../../../lib/util/hashOf';
import { createVirtualClock } from '../clock';
import { createNotificationStores } from '../notificationStores';
import type { Random } from '../random';
import { createStores } from '../stores';

export const START = 1_800_000_000_000;
export const NOTIFY_AFTER_MS = 15_000;
/** As in the template: a message of the queue whose function died comes again after this, in milliseconds. */
export const VISIBILITY_MS = 360_000;
/** A batch of the stream whose function died comes again after this. */
const STREAM_AGAIN_MS = 1_000;
/** The stream and the queue bring records at most so late. */
const LATENESS_MS = 2_000;

/** A call takes at most this long. */
const CALL_MS = 100;

/** What may go wrong at a call of an invocation: the invocation dies before the call or after it. */
export type Fault = 'before' | 'after' | undefined;

/** A notification on its way to a browser. */
export interface Sent extends Notification {
  user: string;
  endpoint: string;
  at: number;
}

class Killed extends Error {}

/** The functions of notifications with stores, a stream, a queue and browsers in memory, in virtual time. */
export function createPushWorld(random: Random, fault: (call: number) => Fault) {
  const clock = createVirtualClock(START);
  const stores = createStores();
  const { notifications, watchers, subscriptions } = createNotificationStores(stores.followRows);
  const log = logWithGone(stores.log, stores.gone);
  const metrics = createInvocationMetrics();
  const sent: Sent[] = [];
  /** What each browser shows, by endpoint and room: the seqs that came, each above the one before. */
  const shown = new Map<string, number[]>();
  const failing = new Set<string>();
  let calls = 0;
  let kills = 0;

  const take = (notification: Sent): void => {
    sent.push(notification);
    const key = `${notification.endpoint} ${notification.room}`;
    const seqs = shown.get(key) ?? [];
    // As the service worker does: of a room it shows what is newer than what it showed.
    if (notification.seq > (seqs.at(-1) ?? 0)) seqs.push(notification.seq);
    shown.set(key, seqs);
  };

  /** Runs a function. When it is killed, no later call of it has an effect; tells whether it was. */
  const invoke = async <T>(run: (guard: <P extends object>(port: P) => P) => Promise<T>) => {
    let isDead = false;
    const guard = <P extends object>(port: P): P =>
      new Proxy(port, {
        get(target, name) {
          const method = Reflect.get(target, name);
          if (typeof method !== 'function') return method;
          return async (...asked: unknown[]) => {
            if (isDead) throw new Killed();
            const at = fault(++calls);
            await clock.wait(random() * CALL_MS);
            if (at === 'before') isDead = true;
            if (isDead) throw new Killed();
            const answer = await Reflect.apply(method, target, asked);
            if (at === 'after') isDead = true;
            if (isDead) throw new Killed();
            return answer;
          };
        },
      });
    const value = await run(guard);
    if (isDead) kills++;
    return { isDead, value };
  };

  const late = () => random() * LATENESS_MS;

  const bring = async (notices: readonly Notice[]): Promise<void> => {
    const { isDead, value } = await invoke((guard) =>
      notifyAll(
        {
          ...{ clock, random, metrics, hasTexts: false, settings: {}, rulesCache: createRoomRulesCache() },
          ...{ log: guard(log), gone: guard(stores.gone), messageCounts: guard(stores.messageCounts) },
          ...{ users: guard(stores.users), memberships: guard(stores.memberships) },
          ...{ roomSettings: guard(stores.roomSettings), notifications: guard(notifications) },
          ...{ watchers: guard(watchers), subscriptions: guard(subscriptions), notices: guard(queue) },
          sender: guard({
            async send({ endpoint }: { endpoint: string }, notification: Notification) {
              if (failing.has(endpoint)) return 'failed' as const;
              const [user = ''] = endpoint.split(' ');
              take({ ...notification, user, endpoint, at: clock.now() });
              return 'delivered' as const;
            },
          }),
        },
        [{ id: 'record', notices: [...notices] }],
      ),
    );
    if (isDead || value.length > 0) clock.after(VISIBILITY_MS, () => void bring(notices));
  };

  const queue = {
    enqueue: async (notices: readonly Notice[], delayMs: number) =>
      void clock.after(delayMs + late(), () => void bring(notices)),
  };

  const stream = async (room: string, seqs: readonly number[]): Promise<void> => {
    const { isDead, value } = await invoke((guard) =>
      noticeRows(
        {
          ...{ clock, metrics, notifyAfterMs: NOTIFY_AFTER_MS },
          ...{ log: guard(log), notifications: guard(notifications) },
          ...{ watchers: guard(watchers), notices: guard(queue) },
        },
        seqs.map((seq) => ({ id: `${room} ${seq}`, room, seq })),
      ),
    );
    if (isDead || value.length > 0) clock.after(STREAM_AGAIN_MS, () => void stream(room, seqs));
  };

  /** Rows that the stream has not brought yet: a batch has those of its room up to its time. */
  const rows = new Map<string, number[]>();
  const bringRow = (room: string, seq: number): void => {
    rows.set(room, [...(rows.get(room) ?? []), seq]);
    clock.after(late(), () => {
      const batch = rows.get(room) ?? [];
      rows.delete(room);
      if (batch.length > 0) void stream(room, batch);
    });
  };

  return {
    ...{ clock, stores, sent, shown, failing, notifications, watchers, subscriptions, metrics },
    calls: () => calls,
    kills: () => kills,

    /** Makes a user follow a room on some devices. */
    async follow(
      user: string,
      room: string,
      level?: 'all' | 'mentions' | 'none',
      other?: string,
    ): Promise<void> {
      const now = clock.now();
      await stores.follows.add(user, { room, since: now, ...(other && { with: other }) }, 99, now);
      if (level) await notifications.set(hashOf(user), room, { level }, now);
      if (level === 'all') await watchers.add(room, { userHash: hashOf(user), since: now });
    },
    async subscribe(user: string, device: string, permissions = '*:rw'): Promise<void> {
      const endpoint = `${user} ${device}`;
      const subscription = { endpoint, p256dh: 'key', auth: 'secret', user, permissions, at: clock.now() };
      await subscriptions.add(hashOf(user), subscription, Number.POSITIVE_INFINITY);
    },
    /** Writes the next message of a room, and brings its row by the stream. */
    async write(room: string, author: string, mentions?: string[]): Promise<number> {
      const newest = await stores.messageCounts.readNewest(room);
      const seq = (newest?.entry.seq ?? 0) + 1;
      const entry: MessageEntry = {
        ...{ type: 'message', seq, id: `m${seq}`, from: { id: author, name: author } },
        ...{ at: clock.now(), text: `text ${seq}`, ...(mentions && { mentions }) },
      };
      await log.put(room, entry, undefined, (newest?.n ?? 0) + 1);
      bringRow(room, seq);
      return seq;
    },
    /** Deletes a message, with the entry that says so. */
    async remove(room: string, of: number): Promise<void> {
      const newest = await stores.messageCounts.readNewest(room);
      const seq = (newest?.entry.seq ?? 0) + 1;
      const from = { id: 'author', name: 'author' };
      const entry = {
        type: 'deleted' as const,
        seq,
        id: `d${seq}`,
        of,
        from,
        at: clock.now(),
        by: 'author' as const,
      };
      await log.put(room, entry, undefined, newest?.n);
      await log.applyChange(room, entry);
      await log.clearPending(room, entry);
      bringRow(room, seq);
    },
    /** Marks a room as read up to a seq. */
    async read(user: string, room: string, seq: number): Promise<void> {
      const mark = await markAt({ ...stores, clock, settings: {} }, room, seq, 0);
      if (mark) await stores.follows.mark(user, room, 0, mark, clock.now());
    },
  };
}

export type PushWorld = ReturnType<typeof createPushWorld>;
