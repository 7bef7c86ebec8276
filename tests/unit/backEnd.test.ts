import { publishFor, publishWithin } from '../../lib/delivery/publishForBackEnd';
import { createMemory } from '../../lib/log/recentLogCache';
import { keepOut } from '../../lib/moderation/removeUser';
import { type BackEnd, type Guarded, Unavailable } from '../../lib/ports/ports';
import type { Ack, Failure, Publication, User } from '../../lib/protocol';
import { between, type Random, seeded, whole } from '../simulation/random';
import { ann, bob, connect, expire, fill, finish, HOUR, idsIn, NOW, range, setStage } from './stage';

const bot: User = { id: 'bot|alerts', name: 'Alerts' };
const post = (given: Partial<Publication> = {}): Publication => ({
  room: 'den',
  id: 'message-1',
  text: 'Disk full',
  ...given,
});
/** As another container, or the same one a minute later, would see it. */
const elsewhere = <W extends BackEnd>(world: W): W => ({ ...world, memory: createMemory() });

it('writes a message in the name of its author, and gives it to everybody in the room', async () => {
  const world = setStage();
  await connect(world, 'ann-1', ann, ['den']);
  await connect(world, 'bot-1', bot, ['den']);

  const reply = await finish(world, publishWithin(world, bot, post()));

  expect(reply).toEqual({ type: 'ack', room: 'den', id: 'message-1', seq: 1, at: NOW });
  expect(world.posts.map(({ to }) => to).sort()).toEqual(['ann-1', 'bot-1']);
  expect(world.posts[0]?.frame).toMatchObject({ type: 'message', text: 'Disk full', from: bot });
});

it.each([0, 3, 499, 500, 501, 2_300])(
  'knows a message again by its id alone when %d more have come',
  async (more) => {
    const world = setStage();
    fill(world, 'den', range(1, 7));
    await finish(world, publishWithin(world, bot, post()));
    fill(world, 'den', range(9, 8 + more));

    const repeat = await finish(world, publishWithin(elsewhere(world), bot, post()));

    expect(repeat).toMatchObject({ type: 'ack', seq: 8, duplicate: true });
    expect(idsIn(world, 'den').filter((id) => id === 'message-1')).toHaveLength(1);
  },
);

it.each([400, 700, 1_200])('knows a message that got in %d messages after its first try', async (later) => {
  const world = setStage();
  fill(world, 'den', range(1, 7));
  const lost = withPut(world, () => Promise.reject(new Unavailable('The request was lost.')));
  await finish(world, publishWithin(lost, bot, post()));
  fill(world, 'den', range(8, 7 + later));
  await finish(world, publishWithin(elsewhere(world), bot, post()));

  const repeat = await finish(world, publishWithin(elsewhere(world), bot, post()));

  expect(repeat).toMatchObject({ type: 'ack', seq: 8 + later, duplicate: true });
  expect(idsIn(world, 'den').filter((id) => id === 'message-1')).toHaveLength(1);
});

it('takes the same id of another author, and in another room, for another message', async () => {
  const world = setStage();

  const replies = [
    await finish(world, publishWithin(world, bot, post())),
    await finish(world, publishWithin(world, bob, post())),
    await finish(world, publishWithin(world, bot, post({ room: 'attic' }))),
  ];

  expect(replies.map((reply) => [reply.type, 'seq' in reply && reply.seq])).toEqual([
    ['ack', 1],
    ['ack', 2],
    ['ack', 1],
  ]);
});

it('compares from the `after` it is given', async () => {
  const world = setStage();
  fill(world, 'den', [...range(1, 3), { seq: 4, id: 'message-1', from: bot }]);

  expect(await finish(world, publishWithin(world, bot, post({ after: 3 })))).toMatchObject({
    seq: 4,
    duplicate: true,
  });
  expect(await finish(world, publishWithin(world, bot, post({ after: 9 })))).toMatchObject({
    code: 'behind',
  });
});

it('does not guess when a part of the log since the first try has expired', async () => {
  const world = setStage();
  fill(world, 'den', range(1, 3));
  const first = withPut(world, async () => {
    throw new Unavailable('The reply was lost.');
  });
  expect(await finish(world, publishWithin(first, bot, post()))).toMatchObject({ code: 'unavailable' });
  fill(world, 'den', range(4, 900));
  expire(world, 'den', range(1, 600), 'removed');

  const repeat = await finish(world, publishWithin(elsewhere(world), bot, post()));

  expect(repeat).toMatchObject({ type: 'error', code: 'behind', room: 'den', id: 'message-1' });
  expect(idsIn(world, 'den')).not.toContain('message-1');
});

it('keeps an author within the pace of a user, and tells when to come again', async () => {
  const world = setStage({ userSendsPerSecond: 5 });
  const replies: (Ack | Failure)[] = [];
  for (const i of range(1, 21))
    replies.push(await finish(world, publishWithin(world, bot, post({ id: `message-${i}` }))));

  expect(replies.filter(({ type }) => type === 'ack')).toHaveLength(20);
  expect(replies[20]).toMatchObject({ code: 'rateLimited', retryAfterMs: expect.any(Number) });
  expect(await finish(world, publishFor(world, bot, post({ id: 'message-21' })))).toMatchObject({
    type: 'ack',
  });
});

it('acknowledges a repeat over the limit, without giving it to the room again', async () => {
  const world = setStage({ userSendsPerSecond: 5 });
  await connect(world, 'ann-1', ann, ['den']);
  for (const i of range(1, 20)) await finish(world, publishWithin(world, bot, post({ id: `message-${i}` })));
  const posts = world.posts.length;

  expect(await finish(world, publishWithin(world, bot, post({ id: 'message-21' })))).toMatchObject({
    code: 'rateLimited',
  });
  expect(await finish(world, publishWithin(world, bot, post({ id: 'message-3' })))).toMatchObject({
    seq: 3,
    duplicate: true,
  });
  expect(world.posts).toHaveLength(posts);
});

it('who was told to wait is told again without being charged', async () => {
  const world = setStage({ userSendsPerSecond: 5 });
  const charge = jest.spyOn(world.authors, 'charge');
  for (const i of range(1, 21)) await finish(world, publishWithin(world, bot, post({ id: `message-${i}` })));
  expect(charge).toHaveBeenCalledTimes(21);

  const again = await finish(world, publishWithin(world, bot, post({ id: 'message-21' })));

  expect(again).toMatchObject({ code: 'rateLimited' });
  expect(charge).toHaveBeenCalledTimes(21);
});

/**
 * Back ends that remember nothing but the id of what they post, in many processes at once, against stores that
 * lose requests and replies, while others fill the room.
 */
describe.each([1, 2, 3, 4, 5, 6])('under faults, with seed %d', (seed) => {
  it('every message is in the log once, and every answer says where', async () => {
    const random = seeded(seed);
    const world = setStage();
    const acks = new Map<string, Set<number>>();
    let running = 0;

    const tryOnce = async (id: string): Promise<boolean> => {
      const reply = await publishFor(faulty(elsewhere(world), random), bot, post({ id, room: 'den' }));
      if (reply.type !== 'ack') return false;
      acks.set(id, (acks.get(id) ?? new Set()).add(reply.seq));
      return true;
    };
    /** One try starts before the one before it has ended, now and then. */
    const persist = async (id: string): Promise<void> => {
      running++;
      const zombies: Promise<unknown>[] = [];
      for (let isDone = false; !isDone; ) {
        if (random() < 0.3) zombies.push(tryOnce(id));
        await world.clock.wait(between(random, 0, 200));
        isDone = await tryOnce(id);
      }
      // And once more when it is long done.
      await world.clock.wait(between(random, 0, 3_000));
      for (let isDone = false; !isDone; ) isDone = await tryOnce(id);
      await Promise.all(zombies);
      running--;
    };
    const others = async (): Promise<void> => {
      for (let i = 0; running > 0; i++) {
        await publishFor(elsewhere(world), bob, post({ id: `filler-${i}`, room: 'den' }));
        if (i % 150 === 149) await world.clock.wait(between(random, 300, 600));
      }
    };

    const ids = range(1, 12).map((i) => `message-${i}`);
    await finish(world, Promise.all([...ids.map(persist), others()]));

    const written = idsIn(world, 'den');
    expect(written.length).toBeGreaterThan(500);
    for (const id of ids) {
      expect(written.filter((other) => other === id)).toHaveLength(1);
      expect([...(acks.get(id) ?? [])]).toEqual([written.indexOf(id) + 1]);
    }
  });
});

function withPut(world: BackEnd & Guarded, put: BackEnd['log']['put']): BackEnd & Guarded {
  return { ...world, log: { ...world.log, put } };
}

/** Each call takes a while; some are lost on the way there, some on the way back. */
function faulty(world: BackEnd & Guarded, random: Random): BackEnd & Guarded {
  const lossy =
    <A extends unknown[], T>(call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      await world.clock.wait(whole(random, 1, 5));
      if (random() < 0.1) throw new Unavailable('The request was lost.');
      const result = await call(...args);
      await world.clock.wait(whole(random, 1, 5));
      if (random() < 0.15) throw new Unavailable('The reply was lost.');
      return result;
    };
  const { log, authors } = world;
  return {
    ...world,
    log: { ...log, put: lossy(log.put), slots: lossy(log.slots), down: lossy(log.down) },
    authors: { ...authors, keepAfter: lossy(authors.keepAfter) },
  };
}

it('refuses an author who is kept out of the room, even after the message was let through', async () => {
  const world = setStage();
  const put = () => keepOut(world, 'den', { user: bot.id, until: NOW + HOUR });
  const racing: typeof world = {
    ...world,
    log: {
      ...world.log,
      async put(...asked) {
        if (asked[1].type === 'message') await put();
        return world.log.put(...asked);
      },
    },
  };

  expect(await finish(world, publishWithin(racing, bot, post()))).toMatchObject({ type: 'error' });
  expect(await finish(world, publishWithin(world, bot, post({ id: 'message-2' })))).toMatchObject({
    code: 'forbidden',
  });

  expect(world.rows.get('den')?.map((row) => row?.entry.type)).toEqual([undefined, 'system']);
  expect(await finish(world, publishWithin(world, bot, post({ room: 'attic' })))).toMatchObject({ seq: 1 });
});

it('who is kept out of one room is not silenced in the others by posting there', async () => {
  const world = setStage({ userSendsPerSecond: 5 });
  await finish(world, keepOut(world, 'den', { user: bot.id, until: NOW + HOUR }));

  for (const i of range(1, 40))
    expect(await finish(world, publishWithin(world, bot, post({ id: `message-${i}` })))).toMatchObject({
      code: 'forbidden',
    });

  expect(await finish(world, publishWithin(world, bot, post({ room: 'attic' })))).toMatchObject({ seq: 1 });
});
