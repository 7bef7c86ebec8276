import type { Requester } from '../../lib/auth/requester';
import { announceJoined, announceLeft } from '../../lib/connections/announcements';
import { listUsers, type PresenceSnapshot, readPresence } from '../../lib/connections/presence';
import { removeClosedConnection } from '../../lib/connections/removeClosedConnections';
import type { ActiveConnection } from '../../lib/ports/connectionStore';
import { byteLength } from '../../lib/protocol/byteLength';
import { ann, bob, connect, createHarness, finish, type Harness, HOUR, NOW, range } from './harness';

const crowd = async (harness: Harness, size: number, expiresAt = NOW + HOUR) => {
  for (const i of range(1, size))
    await connect(harness, `crowd-${i}`, { id: `user-${i}`, name: 'Someone' }, ['den'], expiresAt);
};

const connection = (i: number, user = { id: `user-${i}`, name: `User ${i}` }): ActiveConnection => ({
  id: `c${i}`,
  user,
  firstLease: NOW,
});

const company = (active: ActiveConnection[]): PresenceSnapshot => ({ active, lapsed: [] });

const idsIn = async (harness: Harness) => (await readPresence(harness, 'den')).active.map(({ id }) => id);

describe('who is present', () => {
  it.each([
    ['in a small room, whose lease runs', 100, 89_999, 100, undefined],
    ['in a small room, nobody whose lease is over', 100, 90_000, 0, undefined],
    ['in a large room, a number, without looking', 101, 90_000, 0, 101],
  ])('%s', async (_name, size, later, named, number) => {
    const harness = createHarness();
    await crowd(harness, size);
    await harness.clock.runUntil(NOW + later);

    const found = await readPresence(harness, 'den');

    expect(found.active).toHaveLength(named);
    expect(found.connectionCount).toBe(number);
  });

  it('is nobody whose token has expired, whatever the lease', async () => {
    const harness = createHarness();
    await crowd(harness, 3, NOW);
    await connect(harness, 'ann-1', ann, ['den'], NOW + 1);

    expect(await idsIn(harness)).toEqual(['ann-1']);
  });

  it('is nobody whose connection is closed', async () => {
    const harness = createHarness();
    await crowd(harness, 2);
    await harness.connections.close('crowd-1');

    expect(await idsIn(harness)).toEqual(['crowd-2']);
  });

  it('looks at no more than five hundred', async () => {
    const harness = createHarness();
    await crowd(harness, 600);

    expect(await readPresence(harness, 'den')).toEqual({ active: [], lapsed: [], connectionCount: 500 });
  });

  it('is nobody in an empty room', async () => {
    expect(await readPresence(createHarness(), 'den')).toEqual(company([]));
  });
});

describe('the users behind connections', () => {
  it('are told once each', () => {
    const here = [connection(1), connection(2), connection(3, { id: 'user-1', name: 'User 1' })];

    expect(listUsers(company(here))).toEqual({
      members: [
        { id: 'user-1', name: 'User 1' },
        { id: 'user-2', name: 'User 2' },
      ],
      memberCount: 2,
    });
  });

  it.each([0, 1, 99, 100])('are named and counted: %s', (count) => {
    const users = listUsers(company(range(1, count).map((i) => connection(i))));

    expect(users.memberCount).toBe(count);
    expect(users.members).toHaveLength(count);
  });

  it('are nobody in a large room, whose number is that of its connections', () => {
    expect(listUsers({ active: [], lapsed: [], connectionCount: 101 })).toEqual({
      members: [],
      memberCount: 101,
    });
  });

  it('are listed as far as 8 KB go', () => {
    const long = range(1, 100).map((i) => connection(i, { id: `${i}`, name: '🦄'.repeat(64) }));

    const { members, memberCount } = listUsers(company(long));

    expect(byteLength(JSON.stringify(members))).toBeLessThanOrEqual(8 * 1024 + 1);
    expect(byteLength(JSON.stringify(members))).toBeGreaterThan(7.5 * 1024);
    expect(memberCount).toBe(100);
  });
});

it('tells who has left of several users at once, each once', async () => {
  const harness = createHarness();
  await connect(harness, 'bob-1', bob, ['den']);
  await connect(harness, 'cara-1', { id: 'cara', name: 'Cara' }, ['den']);

  const left = [ann, { id: 'dan', name: 'Dan' }, ann, bob];
  await finish(harness, announceLeft(harness, 'den', left));

  const frames = harness.posts.map(({ to, frame }) => `${to}: ${'member' in frame && frame.member.id}`);
  expect(frames.sort()).toEqual(['bob-1: ann', 'bob-1: dan', 'cara-1: ann', 'cara-1: dan']);
});

it('waits no longer than a second for an announcement', async () => {
  const harness = createHarness();
  await connect(harness, 'bob-1', bob, ['den']);
  harness.answers.set('bob-1', 'retry');

  await finish(harness, announceLeft(harness, 'den', [ann]));

  expect(harness.clock.now() - NOW).toBeLessThanOrEqual(1_000);
});

describe('a user who comes on several connections at once', () => {
  type Step = (harness: Harness, who: Requester) => Promise<void>;

  const add: Step = async (harness, { id, expiresAt }) => {
    await harness.members.add({ room: 'den', id, expiresAt });
  };
  const look: Step = async (harness, who) => {
    const { active } = await readPresence(harness, 'den');
    await finish(harness, announceJoined(harness, 'den', active, who));
  };
  const close: Step = (harness, { id }) => finish(harness, removeClosedConnection(harness, id));

  /** Bob is in the room; Ann's connections were opened in this order, and do these steps in theirs. */
  async function play(opened: readonly number[], ways: readonly Step[][], turns: readonly number[]) {
    const harness = createHarness();
    await connect(harness, 'bob-1', bob, ['den']);
    const askers = new Map<number, Requester>();
    for (const i of opened) {
      await harness.clock.runUntil(harness.clock.now() + 1);
      askers.set(i, await connect(harness, `ann-${i}`, ann));
      await harness.connections.join(`ann-${i}`, 'den', syncs, NOW + HOUR, 50);
    }
    const left = ways.map((steps) => [...steps]);
    for (const i of turns) {
      const [step, who] = [left[i]?.shift(), askers.get(i)];
      if (step && who) await step(harness, who);
    }
    const told = harness.posts.filter(({ to }) => to === 'bob-1').map(({ frame }) => frame.type);
    return { told, here: (await idsIn(harness)).filter((id) => id !== 'bob-1') };
  }
  const syncs = { bucket: 'syncs', now: NOW, costMs: 0, burstMs: 1 } as const;

  it('is told of at least once, in every order of openings and steps', async () => {
    const ways = [0, 1, 2].map(() => [add, look]);
    for (const opened of orders([0, 1, 2]))
      for (const turns of interleavings(ways.map((steps) => steps.length)))
        expect({ turns, ...(await play(opened, ways, turns)) }).toMatchObject({
          told: expect.arrayContaining(['memberJoined']),
        });
  });

  it('is told of once when all have entered before one looks', async () => {
    const ways = [0, 1, 2].map(() => [add, look]);
    for (const opened of orders([0, 1, 2]))
      for (const looks of orders([0, 1, 2]))
        expect((await play(opened, ways, [0, 1, 2, ...looks])).told).toEqual(['memberJoined']);
  });

  it.each<[string, Step[]]>([
    ['after it has looked', [add, look, close]],
    ['before it has looked', [add, close, look]],
  ])('is shown as here exactly while here, even if one connection closes %s', async (_name, first) => {
    for (const second of [
      [add, look],
      [add, look, close],
      [add, close, look],
    ])
      for (const opened of orders([0, 1]))
        for (const turns of interleavings([first.length, second.length])) {
          const { told, here } = await play(opened, [first, second], turns);
          const isShown = told.at(-1) === 'memberJoined';
          expect({ opened, turns, told, isShown }).toMatchObject({ isShown: here.length > 0 });
        }
  });
});

/** Every order of some things. */
function orders<T>(things: readonly T[]): T[][] {
  if (things.length === 0) return [[]];
  return things.flatMap((first, i) => orders(things.toSpliced(i, 1)).map((rest) => [first, ...rest]));
}

/** Every way in which processes of so many steps can take turns: whose turn it is, step by step. */
function interleavings(steps: readonly number[]): number[][] {
  if (steps.every((left) => left === 0)) return [[]];
  return steps.flatMap((left, i) =>
    left === 0 ? [] : interleavings(steps.with(i, left - 1)).map((rest) => [i, ...rest]),
  );
}

it('nothing is made ready to be posted where nobody is to be told', async () => {
  const harness = createHarness();
  const prepare = jest.spyOn(harness.poster, 'prepare');
  await crowd(harness, 101);

  await finish(harness, announceLeft(harness, 'den', [ann, bob]));
  expect(prepare).not.toHaveBeenCalled();
});
