import { sendMessage } from '../../lib/actions/sendMessage';
import { runFanOutJob } from '../../lib/delivery/runFanOutJob';
import { prefetch } from '../../lib/fanOut/prefetch';
import type { DeliveryResult } from '../../lib/ports/poster';
import {
  ann,
  anotherContainer,
  connect,
  createHarness,
  finish,
  type Harness,
  MINUTE,
  range,
} from './harness';

/** Ann is in a room with so many others; every listing of its members is counted. */
async function joinedRoom(size: number) {
  const harness = createHarness();
  const sender = await connect(harness, 'ann-1', ann, ['den']);
  for (const i of range(2, size)) await connect(harness, `c${i}`, { id: `u${i}`, name: 'Somebody' }, ['den']);
  let lists = 0;
  const counted = {
    ...harness.members,
    list(...asked: Parameters<typeof harness.members.list>) {
      lists++;
      return harness.members.list(...asked);
    },
  };
  let sent = 0;
  const say = (context: Harness = harness) =>
    finish(
      harness,
      sendMessage({ ...context, members: counted }, sender, {
        action: 'sendMessage',
        room: 'den',
        id: `message-${++sent}`,
        text: 'hello',
        after: sent - 1,
      }),
    );
  return { harness, say, lists: () => lists };
}

it('a room that was found to be large goes to the worker without another look', async () => {
  const { harness, say, lists } = await joinedRoom(501);

  expect(await say()).toMatchObject({ type: 'ack', seq: 1 });
  expect(await say()).toMatchObject({ type: 'ack', seq: 2 });

  expect(harness.handedOver.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(lists()).toBe(1);
});

it('is looked at again after a minute, and by another container', async () => {
  const { harness, say, lists } = await joinedRoom(501);
  await say();
  await say(anotherContainer(harness));
  expect(lists()).toBe(2);

  await finish(harness, harness.clock.wait(MINUTE));
  await say();

  expect(lists()).toBe(3);
  expect(harness.handedOver).toHaveLength(3);
});

it('a small room is looked at for every message', async () => {
  const { harness, say, lists } = await joinedRoom(3);

  await say();
  await say();

  expect(lists()).toBe(2);
  expect(harness.handedOver).toEqual([]);
});

describe('reading ahead', () => {
  /** Items that tell when they were asked for. */
  function tellingItems(count: number) {
    const asked: number[] = [];
    async function* items(): AsyncIterable<number> {
      for (let i = 0; i < count; i++) {
        asked.push(i);
        yield i;
      }
    }
    return { asked, items: items() };
  }

  it('asks for the first item at once', () => {
    const { asked, items } = tellingItems(3);

    prefetch(items);

    expect(asked).toEqual([0]);
  });

  it('is one item ahead and no more, and gives all in order', async () => {
    const { asked, items } = tellingItems(4);
    const given: [number, number[]][] = [];

    for await (const item of prefetch(items)) {
      await Promise.resolve();
      given.push([item, [...asked]]);
    }

    expect(given).toEqual([
      [0, [0, 1]],
      [1, [0, 1, 2]],
      [2, [0, 1, 2, 3]],
      [3, [0, 1, 2, 3]],
    ]);
  });

  it('throws a failure to its reader, after the items before it', async () => {
    async function* broken(): AsyncIterable<number> {
      yield 1;
      throw new Error('no more');
    }
    const given: number[] = [];
    const reading = (async () => {
      for await (const item of prefetch(broken())) given.push(item);
    })();

    await expect(reading).rejects.toThrow('no more');
    expect(given).toEqual([1]);
  });

  it('lets a failure pass that nobody waits for', async () => {
    // biome-ignore lint/correctness/useYield: it fails before it has anything to give
    async function* broken(): AsyncIterable<number> {
      throw new Error('unheard');
    }

    prefetch(broken());

    await new Promise(setImmediate);
  });
});

/** The mean time of an acknowledgement, with posts of 10 ms, while a member's posts end like this. */
async function meanAck(answer: DeliveryResult, everyMs: number) {
  const { harness, say } = await joinedRoom(50);
  const { prepare } = harness.poster;
  harness.poster.prepare = (frame) => {
    const post = prepare(frame);
    return (to) => harness.clock.wait(10).then(() => post(to));
  };
  harness.answers.set('c3', answer);
  const messages = 100;
  let totalMs = 0;
  for (let i = 0; i < messages; i++) {
    const began = harness.clock.now();
    expect(await say()).toMatchObject({ type: 'ack' });
    totalMs += harness.clock.now() - began;
    await harness.clock.runUntil(harness.clock.now() + everyMs);
  }
  return { meanMs: totalMs / messages, harness, messages };
}

it.each([
  ['a second', 1_000],
  ['fifteen seconds', 15_000],
])(
  'a member that never reads costs an acknowledgement every %s at most a tenth, and starts two workers',
  async (_name, everyMs) => {
    const calm = await meanAck('delivered', everyMs);
    const slow = await meanAck('throttled', everyMs);

    console.log(`mean acknowledgement ${slow.meanMs} ms, without the slow reader ${calm.meanMs} ms`);
    expect(slow.meanMs).toBeLessThanOrEqual(1.1 * calm.meanMs);
    expect(slow.harness.handedOver).toHaveLength(2);
    expect(slow.harness.posts.filter(({ to }) => to === 'c4')).toHaveLength(slow.messages);
  },
);

it.each<[DeliveryResult]>([['throttled'], ['retry']])(
  'a member of a large room whose posts are always answered %s keeps the worker for two seconds at most',
  async (answer) => {
    const { harness, say } = await joinedRoom(501);
    await say();
    harness.answers.set('c3', answer);
    const began = harness.clock.now();

    await finish(harness, runFanOutJob(harness, { room: 'den', seq: 1 }, began + 110_000));

    expect(harness.clock.now() - began).toBeLessThanOrEqual(2_000);
    expect(harness.handedOver).toHaveLength(1);
  },
);

it('a worker ends what a reply left within two seconds, and starts no other', async () => {
  const { harness, say } = await joinedRoom(5);
  await say();
  harness.answers.set('c3', 'retry');
  const began = harness.clock.now();

  await finish(harness, runFanOutJob(harness, { room: 'den', seq: 1, only: ['c3'] }, began + 110_000));

  expect(harness.clock.now() - began).toBeLessThanOrEqual(2_000);
  expect(harness.handedOver).toEqual([]);
});
