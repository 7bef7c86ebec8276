import { publishAsOperator } from '../../lib/actions/publishForBackEnd';
import { createRecentLogCache } from '../../lib/log/recentLogCache';
import { removeUserEverywhere, removeUserFromRoom } from '../../lib/moderation/removeUser';
import type { BackEndContext, ListedMemberContext, UserContext } from '../../lib/ports/contexts';
import { Unavailable } from '../../lib/ports/unavailable';
import type { Ack, ErrorFrame, Publication, User } from '../../lib/protocol';
import { between, type Random, seeded, whole } from '../simulation/random';
import { publishAsWriter } from '../support/publishAsWriter';
import { ann, bob, connect, createHarness, expire, fill, finish, HOUR, idsIn, NOW, range } from './harness';

const bot: User = { id: 'bot|alerts', name: 'Alerts' };
type Message = Extract<Publication, { action: 'sendMessage' }>;
const post = (given: Partial<Message> = {}): Message => ({
  action: 'sendMessage',
  room: 'den',
  id: 'message-1',
  text: 'Disk full',
  ...given,
});
/** As another container, or the same one a minute later, would see it. */
const elsewhere = <W extends BackEndContext>(context: W): W => ({
  ...context,
  recentLogs: createRecentLogCache(),
});

it('writes a message in the name of its author, and gives it to everybody in the room', async () => {
  const context = createHarness();
  await connect(context, 'ann-1', ann, ['den']);
  await connect(context, 'bot-1', bot, ['den']);

  const reply = await finish(context, publishAsWriter(context, bot, post()));

  expect(reply).toEqual({ type: 'ack', room: 'den', log: 'log-1', id: 'message-1', seq: 1, at: NOW });
  expect(context.posts.map(({ to }) => to).sort()).toEqual(['ann-1', 'bot-1']);
  expect(context.posts[0]?.frame).toMatchObject({ type: 'message', text: 'Disk full', from: bot });
});

it.each([0, 3, 499, 500, 501, 2_300])(
  'knows a message again by its id alone when %d more have come',
  async (more) => {
    const context = createHarness();
    fill(context, 'den', range(1, 7));
    await finish(context, publishAsWriter(context, bot, post()));
    fill(context, 'den', range(9, 8 + more));

    const repeat = await finish(context, publishAsWriter(elsewhere(context), bot, post()));

    expect(repeat).toMatchObject({ type: 'ack', seq: 8, duplicate: true });
    expect(idsIn(context, 'den').filter((id) => id === 'message-1')).toHaveLength(1);
  },
);

it.each([400, 700, 1_200])('knows a message that got in %d messages after its first try', async (later) => {
  const context = createHarness();
  fill(context, 'den', range(1, 7));
  const lost = withPut(context, () => Promise.reject(new Unavailable('The request was lost.')));
  await finish(context, publishAsWriter(lost, bot, post()));
  fill(context, 'den', range(8, 7 + later));
  await finish(context, publishAsWriter(elsewhere(context), bot, post()));

  const repeat = await finish(context, publishAsWriter(elsewhere(context), bot, post()));

  expect(repeat).toMatchObject({ type: 'ack', seq: 8 + later, duplicate: true });
  expect(idsIn(context, 'den').filter((id) => id === 'message-1')).toHaveLength(1);
});

it('writes nothing of an author banned everywhere but what was under way, in whatever room', async () => {
  const context = createHarness();
  const slow = withPut(context, async (...asked) => {
    await context.clock.wait(1_000);
    return context.log.put(...asked);
  });
  const underWay = publishAsWriter(slow, bot, post());
  await new Promise(setImmediate);

  await finish(context, removeUserEverywhere(context, { user: bot.id, until: NOW + HOUR }));
  const later = publishAsWriter(elsewhere(context), bot, post({ id: 'message-2' }));

  expect(await finish(context, later)).toMatchObject({ code: 'forbidden' });
  expect(await finish(context, underWay)).toMatchObject({ type: 'ack', seq: 1 });
  expect(idsIn(context, 'den')).toEqual(['message-1']);
});

it('takes the same id of another author, and in another room, for another message', async () => {
  const context = createHarness();

  const replies = [
    await finish(context, publishAsWriter(context, bot, post())),
    await finish(context, publishAsWriter(context, bob, post())),
    await finish(context, publishAsWriter(context, bot, post({ room: 'attic' }))),
  ];

  expect(replies.map((reply) => [reply.type, 'seq' in reply && reply.seq])).toEqual([
    ['ack', 1],
    ['ack', 2],
    ['ack', 1],
  ]);
});

it('compares from the `after` it is given', async () => {
  const context = createHarness();
  fill(context, 'den', [...range(1, 3), { seq: 4, id: 'message-1', from: bot }]);

  expect(await finish(context, publishAsWriter(context, bot, post({ after: 3 })))).toMatchObject({
    seq: 4,
    duplicate: true,
  });
  expect(await finish(context, publishAsWriter(context, bot, post({ after: 9 })))).toMatchObject({
    code: 'behind',
  });
});

it('does not guess when a part of the log since the first try has expired', async () => {
  const context = createHarness();
  fill(context, 'den', range(1, 3));
  const first = withPut(context, async () => {
    throw new Unavailable('The reply was lost.');
  });
  expect(await finish(context, publishAsWriter(first, bot, post()))).toMatchObject({ code: 'unavailable' });
  fill(context, 'den', range(4, 900));
  expire(context, 'den', range(1, 600), 'removed');

  const repeat = await finish(context, publishAsWriter(elsewhere(context), bot, post()));

  expect(repeat).toMatchObject({ type: 'error', code: 'behind', room: 'den', id: 'message-1' });
  expect(idsIn(context, 'den')).not.toContain('message-1');
});

it('keeps an author within the pace of a user, and tells when to come again', async () => {
  const context = createHarness({ userSendsPerSecond: 5 });
  const replies: (Ack | ErrorFrame)[] = [];
  for (const i of range(1, 21))
    replies.push(await finish(context, publishAsWriter(context, bot, post({ id: `message-${i}` }))));

  expect(replies.filter(({ type }) => type === 'ack')).toHaveLength(20);
  expect(replies[20]).toMatchObject({ code: 'rateLimited', retryAfterMs: expect.any(Number) });
  expect(await finish(context, publishAsOperator(context, bot, post({ id: 'message-21' })))).toMatchObject({
    type: 'ack',
  });
});

it('who was told to wait is told again, also at a repeat, without any call', async () => {
  const context = createHarness({ userSendsPerSecond: 5 });
  await connect(context, 'ann-1', ann, ['den']);
  const charge = jest.spyOn(context.sendQuotas, 'charge');
  for (const i of range(1, 21))
    await finish(context, publishAsWriter(context, bot, post({ id: `message-${i}` })));
  expect(charge).toHaveBeenCalledTimes(21);
  const posts = context.posts.length;
  const calls = [
    charge.mockClear(),
    jest.spyOn(context.users, 'findBan'),
    jest.spyOn(context.log, 'readBackward'),
    jest.spyOn(context.idempotency, 'getOrSetBaseSeq'),
  ];

  for (const id of ['message-21', 'message-3'])
    expect(await finish(context, publishAsWriter(context, bot, post({ id })))).toMatchObject({
      code: 'rateLimited',
    });

  for (const call of calls) expect(call).not.toHaveBeenCalled();
  expect(context.posts).toHaveLength(posts);
});

it('writes nothing above a kick that came between its look for a ban and its read of the head', async () => {
  const context = createHarness();
  await connect(context, 'bot-1', bot, ['den']);
  let isKicked = false;
  const raced = {
    ...context,
    users: {
      ...context.users,
      async findBan(...asked: Parameters<typeof context.users.findBan>) {
        const until = await context.users.findBan(...asked);
        if (!isKicked) {
          isKicked = true;
          await removeUserFromRoom(context, 'den', { user: bot.id, until: NOW + 60_000 });
        }
        return until;
      },
    },
  };

  const reply = await finish(context, publishAsWriter(raced, bot, post()));

  expect(reply).toMatchObject({ code: 'forbidden' });
  expect(idsIn(context, 'den')).toHaveLength(1);
});

/**
 * Back ends that know nothing but the id of their post, in many processes at once. The stores lose requests and
 * replies, and others fill the room.
 */
describe.each([1, 2, 3, 4, 5, 6])('under faults, with seed %d', (seed) => {
  it('every message is in the log once, and every answer says where', async () => {
    const random = seeded(seed);
    const context = createHarness();
    const acks = new Map<string, Set<number>>();
    let running = 0;

    const tryOnce = async (id: string): Promise<boolean> => {
      const reply = await publishAsOperator(
        faulty(elsewhere(context), random),
        bot,
        post({ id, room: 'den' }),
      );
      if (reply.type !== 'ack') return false;
      acks.set(id, (acks.get(id) ?? new Set()).add(reply.seq));
      return true;
    };
    /** Sometimes an attempt starts before the previous one has ended. */
    const persist = async (id: string): Promise<void> => {
      running++;
      const zombies: Promise<unknown>[] = [];
      for (let isDone = false; !isDone; ) {
        if (random() < 0.3) zombies.push(tryOnce(id));
        await context.clock.wait(between(random, 0, 200));
        isDone = await tryOnce(id);
      }
      // And once more when it is long done.
      await context.clock.wait(between(random, 0, 3_000));
      for (let isDone = false; !isDone; ) isDone = await tryOnce(id);
      await Promise.all(zombies);
      running--;
    };
    const others = async (): Promise<void> => {
      for (let i = 0; running > 0; i++) {
        await publishAsOperator(elsewhere(context), bob, post({ id: `filler-${i}`, room: 'den' }));
        if (i % 150 === 149) await context.clock.wait(between(random, 300, 600));
      }
    };

    const ids = range(1, 12).map((i) => `message-${i}`);
    await finish(context, Promise.all([...ids.map(persist), others()]));

    const written = idsIn(context, 'den');
    expect(written.length).toBeGreaterThan(500);
    for (const id of ids) {
      expect(written.filter((other) => other === id)).toHaveLength(1);
      expect([...(acks.get(id) ?? [])]).toEqual([written.indexOf(id) + 1]);
    }
  });
});

type PublisherContext = BackEndContext & UserContext & ListedMemberContext;

function withPut(context: PublisherContext, put: BackEndContext['log']['put']): PublisherContext {
  return { ...context, log: { ...context.log, put } };
}

/** Each call takes a while; some are lost on the way there, some on the way back. */
function faulty(context: PublisherContext, random: Random): PublisherContext {
  const lossy =
    <A extends unknown[], T>(call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      await context.clock.wait(whole(random, 1, 5));
      if (random() < 0.1) throw new Unavailable('The request was lost.');
      const result = await call(...args);
      await context.clock.wait(whole(random, 1, 5));
      if (random() < 0.15) throw new Unavailable('The reply was lost.');
      return result;
    };
  const { log, idempotency } = context;
  return {
    ...context,
    log: {
      ...log,
      put: lossy(log.put),
      readIdentities: lossy(log.readIdentities),
      readBackward: lossy(log.readBackward),
    },
    idempotency: { getOrSetBaseSeq: lossy(idempotency.getOrSetBaseSeq) },
  };
}

it('refuses an author who is kept out of the room, even after the message was let through', async () => {
  const context = createHarness();
  const put = () => removeUserFromRoom(context, 'den', { user: bot.id, until: NOW + HOUR });
  const racing: typeof context = {
    ...context,
    log: {
      ...context.log,
      async put(...asked) {
        if (asked[1].type === 'message') await put();
        return context.log.put(...asked);
      },
    },
  };

  expect(await finish(context, publishAsWriter(racing, bot, post()))).toMatchObject({ type: 'error' });
  expect(await finish(context, publishAsWriter(context, bot, post({ id: 'message-2' })))).toMatchObject({
    code: 'forbidden',
  });

  expect(context.rows.get('den')?.map((row) => row?.entry.type)).toEqual([undefined, 'system']);
  expect(await finish(context, publishAsWriter(context, bot, post({ room: 'attic' })))).toMatchObject({
    seq: 1,
  });
});

it('publishes for the operator above the removal of the author', async () => {
  const context = createHarness();
  await finish(context, removeUserFromRoom(context, 'den', { user: bot.id, until: NOW + HOUR }));

  const reply = await finish(context, publishAsOperator(context, bot, post({ after: 0 })));

  expect(reply).toMatchObject({ type: 'ack', seq: 2 });
});

it('who is kept out of one room is not silenced in the others by posting there', async () => {
  const context = createHarness({ userSendsPerSecond: 5 });
  await finish(context, removeUserFromRoom(context, 'den', { user: bot.id, until: NOW + HOUR }));

  for (const i of range(1, 40))
    expect(await finish(context, publishAsWriter(context, bot, post({ id: `message-${i}` })))).toMatchObject({
      code: 'forbidden',
    });

  expect(await finish(context, publishAsWriter(context, bot, post({ room: 'attic' })))).toMatchObject({
    seq: 1,
  });
});
