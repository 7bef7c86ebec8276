import { createECDH } from 'node:crypto';
import { createQueuedNotices } from '../../../lib/aws/sqs/queuedNotices';
import { MAX_SUBSCRIPTIONS } from '../../../lib/ports/subscriptionStore';
import { MAX_WATCHERS } from '../../../lib/ports/watcherStore';
import type { User } from '../../../lib/protocol';
import { noticeMessages } from '../../../lib/push/noticeMessages';
import { notifyUser } from '../../../lib/push/notifyUser';
import { hashOf } from '../../../lib/util/hashOf';
import { HOUR, NOW, range } from '../../unit/harness';
import { request, respondToPush } from './http';
import { chargeUser, container, fillLog, opened, type Price, spent } from './scene';

const ecdh = createECDH('prime256v1');
const KEYS = { p256dh: ecdh.generateKeys('base64url'), auth: 'a'.repeat(22) };
const endpointOf = (name: unknown) => `https://push.example/${name}`.padEnd(1_024, 'x');

const subscribe = ({ id }: User, name: unknown) =>
  opened.stores.subscriptions.add(
    hashOf(id),
    { endpoint: endpointOf(name), ...KEYS, user: id, permissions: '*:rw', at: NOW },
    NOW + HOUR,
  );

/** A user with the most subscriptions, who follows some rooms. */
async function subscribed(name: string, rooms: readonly string[] = []): Promise<User> {
  const user = { id: name, name };
  await chargeUser(user);
  for (const i of range(1, MAX_SUBSCRIPTIONS)) await subscribe(user, `${name}-${i}`);
  for (const room of rooms) await opened.stores.follows.add(user.id, { room, since: NOW }, 99, NOW);
  return user;
}

async function watch(room: string, count: number): Promise<void> {
  for (const i of range(1, count))
    await opened.stores.watchers.add(room, { userHash: hashOf(`watcher-${i}`), since: NOW });
}

const typeOf = async (answer: ReturnType<typeof respondToPush>) => ({
  type: String((await answer).statusCode),
});

/** What users ask of their notifications, and what a message brings. */
export const PUSH: readonly Price[] = [
  {
    frame: '`GET /api/push`',
    entry: 'GET /api/push',
    reply: { type: '200' },
    async prepare() {
      const user = await subscribed('key-reader');
      return () => typeOf(respondToPush(user, { method: 'GET', body: '' }));
    },
  },
  {
    frame: '`POST /api/push` of an 11th subscription, which another user had',
    entry: 'POST /api/push',
    reply: { type: '201' },
    async prepare() {
      const user = await subscribed('subscriber');
      await subscribe({ id: 'former', name: 'Former' }, 'shared');
      const body = JSON.stringify({ endpoint: endpointOf('shared'), keys: KEYS });
      return () => typeOf(respondToPush(user, { method: 'POST', body }));
    },
  },
  {
    frame: '`DELETE /api/push/{subscription}`',
    entry: 'DELETE /api/push/{subscription}',
    reply: { type: '204' },
    async prepare() {
      const user = await subscribed('leaver');
      const subscription = hashOf(endpointOf('leaver-1'));
      return () => typeOf(respondToPush(user, { method: 'DELETE', subscription, body: '' }));
    },
  },
  {
    frame: '`GET /api/rooms/{room}/push`',
    entry: 'GET /api/rooms/{room}/push',
    reply: { type: '200' },
    async prepare() {
      const user = await subscribed('settings-reader', ['followed']);
      return () => request('GET /api/rooms/{room}/push', user, { room: 'followed' });
    },
  },
  {
    frame: `\`POST /api/rooms/{room}/push\` of a user beside ${MAX_WATCHERS} who are notified of all messages`,
    entry: 'POST /api/rooms/{room}/push',
    reply: { code: 'tooMany' },
    async prepare() {
      await watch('followed', MAX_WATCHERS);
      const user = await subscribed('late-watcher', ['followed']);
      return () => request('POST /api/rooms/{room}/push', user, { room: 'followed' });
    },
  },
  {
    frame: `\`noticeMessages\`: a message of the longest text in a room where ${MAX_WATCHERS} are notified of all`,
    entry: 'noticeMessages',
    reply: { type: 'noticed' },
    async prepare() {
      await watch('noticed', MAX_WATCHERS);
      await fillLog('noticed', 1, 1);
      const { log, clock, metrics } = container();
      const notices = createQueuedNotices(async () => void spent.calls++);
      const { notifications, watchers } = opened.stores;
      const context = { log, clock, metrics, notices, notifications, watchers, notifyAfterMs: 15_000 };
      return async () => {
        await noticeMessages(context, 'noticed', [1]);
        return { type: 'noticed' };
      };
    },
  },
  {
    frame: '`notifyUsers`: to 10 subscriptions, of a room with the longest messages',
    entry: 'notifyUsers',
    reply: { type: 'sent 10' },
    async prepare() {
      const { id } = await subscribed('notified', ['busy']);
      await fillLog('busy', 1, 120);
      await opened.stores.gone.raise('busy', 100);
      await opened.stores.notifications.set(hashOf(id), 'busy', { level: 'all' }, NOW);
      let sent = 0;
      const context = {
        ...{ ...container(), ...opened.stores },
        log: container().log,
        notices: { enqueue: async () => {} },
        sender: { send: async () => (++sent ? ('delivered' as const) : 'failed') },
        hasTexts: true,
      };
      return async () => {
        await notifyUser(context, { userHash: hashOf(id), room: 'busy', seq: 120, isMention: false });
        return { type: `sent ${sent}` };
      };
    },
  },
];
