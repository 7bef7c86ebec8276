import { createQueuedNotices } from '../../lib/aws/sqs/queuedNotices';
import { createRoomRulesCache } from '../../lib/moderation/roomRules';
import type { Notice } from '../../lib/ports/noticeQueue';
import type { Notification, PushResult } from '../../lib/ports/pushSender';
import { Unavailable } from '../../lib/ports/unavailable';
import { noticeRows } from '../../lib/push/noticeRows';
import { notifyAll } from '../../lib/push/notifyAll';
import type { NotifyContext } from '../../lib/push/notifyContext';
import { NOTIFY_EVERY_MS } from '../../lib/push/notifyUser';
import { parseNoticeRecords, parseRowRecords } from '../../lib/push/parseRecords';
import { createInvocationMetrics } from '../../lib/telemetry/invocationMetrics';
import { hashOf } from '../../lib/util/hashOf';
import { createNotificationStores } from '../simulation/notificationStores';
import { createStores } from '../simulation/stores';
import { range } from './harness';

const START = 1_800_000_000_000;
const WAIT = 15_000;
const AUTHOR = { id: 'cyd', name: 'Cyd' };
const ADA = hashOf('ada');

/** Ada follows rooms with one device; `send` is what its push service does. */
async function createNotifier(
  send: (notification: Notification) => Promise<PushResult> = async () => 'delivered',
  given: Partial<NotifyContext> = {},
) {
  const stores = createStores();
  const metrics = createInvocationMetrics();
  const time = { now: START };
  const queued: [notices: readonly Notice[], delayMs: number][] = [];
  const pushed: Notification[] = [];
  const context = {
    ...{ ...stores, ...createNotificationStores(stores.followRows), metrics, random: Math.random },
    ...{ settings: {}, rulesCache: createRoomRulesCache(), hasTexts: false, notifyAfterMs: WAIT },
    clock: { now: () => time.now, wait: async () => {} },
    notices: {
      enqueue: async (...asked: [readonly Notice[], number]) => void queued.push(asked),
    },
    sender: {
      async send(_subscription: object, notification: Notification) {
        pushed.push(notification);
        return send(notification);
      },
    },
    ...given,
  };
  const follow = async (room: string, level?: 'all'): Promise<void> => {
    await stores.follows.add('ada', { room, since: START }, 99, START);
    if (level) await context.notifications.set(ADA, room, { level }, START);
    if (level) await context.watchers.add(room, { userHash: ADA, since: START });
  };
  const subscribe = (endpoint = 'phone', permissions = '*:rw') =>
    context.subscriptions.add(
      ADA,
      { endpoint, p256dh: 'key', auth: 'secret', user: 'ada', permissions, at: START },
      START + 9 * NOTIFY_EVERY_MS,
    );
  const write = async (room: string, seq: number, mentions?: string[]): Promise<void> => {
    const words = { text: `text ${seq} ${'x'.repeat(200)}`, ...(mentions && { mentions }) };
    await stores.log.put(
      room,
      { type: 'message', seq, id: `m${seq}`, from: AUTHOR, at: START, ...words },
      undefined,
      seq,
    );
  };
  await subscribe();
  return { context, stores, metrics, time, queued, pushed, follow, subscribe, write };
}

const notice = (room: string, seq: number, given: Partial<Notice> = {}): Notice => ({
  ...{ userHash: ADA, room, seq, isMention: false },
  ...given,
});
const record = (...notices: Notice[]) => ({ id: 'record', notices });
const rowsOf = (room: string, seqs: readonly number[]) =>
  seqs.map((seq) => ({ id: `${room} ${seq}`, room, seq }));

describe('new messages', () => {
  it('bring one notice of the newest to those who are told of all, and one of each to those it mentions', async () => {
    const { context, queued, follow, write } = await createNotifier();
    await follow('lobby', 'all');
    await write('lobby', 1, ['bob', 'cyd']);
    await write('lobby', 2, ['bob']);

    expect(await noticeRows(context, rowsOf('lobby', [2, 1, 2]))).toEqual([]);

    const ofBob = (seq: number) => ({ userHash: hashOf('bob'), room: 'lobby', seq, isMention: true });
    expect(queued).toEqual([
      [expect.arrayContaining([ofBob(1), ofBob(2), { ...notice('lobby', 2), watcher: START }]), WAIT],
    ]);
    expect(queued[0]?.[0]).toHaveLength(3);
  });

  it('in a direct room bring a notice to the other user', async () => {
    const { context, stores, queued, write } = await createNotifier();
    await stores.follows.add('cyd', { room: 'dm.two', since: START, with: 'ada' }, 99, START);
    await write('dm.two', 1);
    await noticeRows(context, rowsOf('dm.two', [1]));

    expect(queued).toEqual([[[notice('dm.two', 1)], WAIT]]);
  });

  it('wait for what is left of their time', async () => {
    const { context, queued, time, follow, write } = await createNotifier();
    await follow('lobby', 'all');
    await write('lobby', 1);
    time.now += WAIT - 1_000;
    await noticeRows(context, rowsOf('lobby', [1]));
    time.now += WAIT;
    await noticeRows(context, rowsOf('lobby', [1]));

    expect(queued.map(([, delay]) => delay)).toEqual([1_000, 0]);
  });

  it('are served in ten rooms at a time, and a failure in one room is the failure of its records', async () => {
    const { context, metrics, queued, follow, write } = await createNotifier();
    const rooms = range(1, 25).map((i) => `room-${i}`);
    let open = 0;
    let most = 0;
    const { list } = context.watchers;
    context.watchers.list = async (room) => {
      most = Math.max(most, ++open);
      await new Promise(setImmediate);
      open--;
      if (room === 'room-3') throw new Unavailable('Throttled.');
      return list(room);
    };
    for (const room of rooms) {
      await follow(room, 'all');
      await write(room, 1);
    }

    const failed = await noticeRows(
      context,
      rooms.flatMap((room) => rowsOf(room, [1])),
    );

    expect(failed).toEqual(rowsOf('room-3', [1]));
    expect([most, queued.length]).toEqual([10, 24]);
    expect(metrics.fields).toEqual({ room: 'room-3', outcome: 'Unavailable', failure: 'Throttled.' });
    expect(metrics.counts).toEqual({ NotificationsFailed: 1 });
  });
});

describe('a notice', () => {
  it('tells how many messages are unread, and no word of them', async () => {
    const { context, metrics, pushed, follow, write } = await createNotifier();
    await follow('lobby');
    for (const seq of [1, 2, 3]) await write('lobby', seq, ['ada']);

    expect(await notifyAll(context, [record(notice('lobby', 1, { isMention: true }))])).toEqual([]);

    expect(pushed).toEqual([{ room: 'lobby', seq: 3, unread: 3, mention: true }]);
    expect(metrics.counts).toEqual({ Notifications: 1 });
  });

  it('has the beginning of the message where the operator sends texts', async () => {
    const { context, pushed, follow, write } = await createNotifier(undefined, { hasTexts: true });
    await follow('lobby', 'all');
    await write('lobby', 1);
    await notifyAll(context, [record(notice('lobby', 1))]);

    expect(pushed).toMatchObject([{ from: 'Cyd', text: `text 1 ${'x'.repeat(93)}` }]);
  });

  it('of a lower level takes its watcher from the list, and no later one', async () => {
    const { context, pushed, follow, write } = await createNotifier();
    await follow('lobby', 'all');
    await write('lobby', 1);
    await context.notifications.set(ADA, 'lobby', {}, START);

    await notifyAll(context, [record(notice('lobby', 1, { watcher: START - 1 }))]);
    expect(await context.watchers.list('lobby')).toHaveLength(1);
    await notifyAll(context, [record(notice('lobby', 1, { watcher: START }))]);
    expect(await context.watchers.list('lobby')).toEqual([]);
    expect(pushed).toEqual([]);
  });

  it.each<[string, (world: Awaited<ReturnType<typeof createNotifier>>) => unknown]>([
    [
      'has muted the room',
      ({ context }) =>
        context.notifications.set(ADA, 'lobby', { level: 'all', mutedUntil: START + 1 }, START),
    ],
    ['does not follow the room', ({ stores }) => stores.follows.remove('ada', 'lobby')],
    ['has no device', ({ context }) => context.subscriptions.remove(ADA, hashOf('phone'))],
    [
      'was told of it',
      async ({ context }) => {
        await context.notifications.claim(ADA, 'lobby', { run: 'x', seq: 1, now: START, nextAt: START });
        await context.notifications.confirm(ADA, 'lobby', 'x', 1);
      },
    ],
    [
      'may not read by the token',
      async ({ context, subscribe }) => {
        await context.subscriptions.remove(ADA, hashOf('phone'));
        await subscribe('phone', 'news:rw');
      },
    ],
    [
      'may read as a member only, and is none',
      async ({ context, subscribe }) => {
        await context.subscriptions.remove(ADA, hashOf('phone'));
        await subscribe('phone', '*:@rw');
      },
    ],
    [
      'is no member of the private room',
      ({ stores }) => stores.roomSettings.change('lobby', { private: true }),
    ],
  ])('tells no user who %s', async (_what, change) => {
    const world = await createNotifier();
    await world.follow('lobby', 'all');
    await world.write('lobby', 1);
    await change(world);

    expect(await notifyAll(world.context, [record(notice('lobby', 1))])).toEqual([]);

    expect([world.pushed, world.queued]).toEqual([[], []]);
  });

  it('waits for the end of the minute of the last notification', async () => {
    const { context, pushed, queued, time, follow, write } = await createNotifier();
    await follow('lobby', 'all');
    await write('lobby', 1);
    await notifyAll(context, [record(notice('lobby', 1))]);
    await write('lobby', 2);
    time.now += 20_000;
    await notifyAll(context, [record(notice('lobby', 2))]);

    expect(pushed).toHaveLength(1);
    expect(queued).toEqual([[[notice('lobby', 2)], NOTIFY_EVERY_MS - 20_000]]);
  });

  it('forgets a device that is gone', async () => {
    const { context, follow, write } = await createNotifier(async () => 'gone');
    await follow('lobby', 'all');
    await write('lobby', 1);

    expect(await notifyAll(context, [record(notice('lobby', 1))])).toEqual([]);
    expect(await context.subscriptions.read(ADA, START)).toEqual([]);
  });

  it('comes again if no push service takes it, and counts a service that fails beside another', async () => {
    const results: PushResult[] = ['failed', 'delivered', 'failed'];
    const { context, metrics, time, follow, subscribe, write } = await createNotifier(
      async () => results.shift() ?? 'gone',
    );
    await follow('lobby', 'all');
    await write('lobby', 1);
    const asked = record(notice('lobby', 1));
    expect(await notifyAll(context, [asked])).toEqual([asked]);

    await subscribe('laptop');
    time.now += NOTIFY_EVERY_MS;
    expect(await notifyAll(context, [asked])).toEqual([]);
    expect(metrics.counts).toEqual({ Notifications: 1, NotificationsFailed: 2 });
  });

  it('is served beside nine others, and a record comes again if one of its notices failed', async () => {
    let open = 0;
    let most = 0;
    const { context, follow, write } = await createNotifier(async ({ room }) => {
      most = Math.max(most, ++open);
      await new Promise(setImmediate);
      open--;
      return room === 'room-3' ? 'failed' : 'delivered';
    });
    const rooms = range(1, 25).map((i) => `room-${i}`);
    for (const room of rooms) {
      await follow(room, 'all');
      await write(room, 1);
    }
    const records = rooms.map((room) => ({ id: room, notices: [notice(room, 1)] }));

    expect(await notifyAll(context, records)).toEqual([records[2]]);
    expect(most).toBe(10);
  });
});

it('notices are queued ten in a message, ten messages at a time', async () => {
  let open = 0;
  let most = 0;
  const sizes: number[] = [];
  const queue = createQueuedNotices(async (body, options) => {
    most = Math.max(most, ++open);
    await new Promise(setImmediate);
    open--;
    sizes.push((body as Notice[]).length);
    expect(options).toEqual({ DelaySeconds: 2 });
  });

  await queue.enqueue(
    range(1, 125).map((seq) => notice('lobby', seq)),
    1_500,
  );

  expect(most).toBe(10);
  expect(sizes.sort((a, b) => a - b)).toEqual([5, ...Array(12).fill(10)]);
});

describe('what wakes the functions', () => {
  it('is read from records of the stream: rows that are no entry of a room are left out', () => {
    const row = (room: unknown, seq: unknown) => ({ dynamodb: { Keys: { room, seq }, SequenceNumber: '7' } });
    const event = {
      Records: [
        row({ S: 'lobby' }, { N: '3' }),
        row({ S: 'lobby#3' }, { N: '1' }),
        row({ S: 'lobby' }, { N: '0' }),
        row({ S: 'lobby' }, { N: '1.5' }),
        row(undefined, undefined),
        ...[{}, null, 7],
      ],
    };

    expect(parseRowRecords(event)).toEqual([{ id: '7', room: 'lobby', seq: 3 }]);
    for (const broken of [undefined, null, {}, { Records: {} }]) expect(parseRowRecords(broken)).toEqual([]);
  });

  it('is read from messages of the queue: what is no notice is left out', () => {
    const full = notice('lobby', 3, { isMention: true, watcher: START });
    const body = JSON.stringify([full, notice('lobby', 4), notice('Lobby!', 4), { room: 'lobby' }, null]);

    expect(
      parseNoticeRecords({
        Records: [
          { messageId: 'a', body },
          { messageId: 'b', body: '{' },
        ],
      }),
    ).toEqual([
      { id: 'a', notices: [full, notice('lobby', 4)] },
      { id: 'b', notices: [] },
    ]);
  });
});
