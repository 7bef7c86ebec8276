import type { Requester } from '../../lib/auth/requester';
import { closeConnection } from '../../lib/connections/closeConnections';
import {
  announceJoined,
  announceLeft,
  listUsers,
  type PresenceSnapshot,
  readPresence,
} from '../../lib/connections/presence';
import type { ActiveConnection } from '../../lib/ports/connectionStore';
import { byteLength } from '../../lib/protocol/byteLength';
import { ann, bob, connect, finish, HOUR, NOW, range, type Stage, setStage } from './stage';

const crowd = async (stage: Stage, size: number, expiresAt = NOW + HOUR) => {
  for (const i of range(1, size))
    await connect(stage, `crowd-${i}`, { id: `user-${i}`, name: 'Someone' }, ['den'], expiresAt);
};

const connection = (i: number, user = { id: `user-${i}`, name: `User ${i}` }): ActiveConnection => ({
  id: `c${i}`,
  user,
  firstLease: NOW,
});

const company = (active: ActiveConnection[]): PresenceSnapshot => ({ active });

const idsIn = async (stage: Stage) => (await readPresence(stage, 'den')).active.map(({ id }) => id);

describe('who is present', () => {
  it.each([
    ['in a small room, whose lease runs', 100, 89_999, 100, undefined],
    ['in a small room, nobody whose lease is over', 100, 90_000, 0, undefined],
    ['in a large room, a number, without looking', 101, 90_000, 0, 101],
  ])('%s', async (_name, size, later, named, number) => {
    const stage = setStage();
    await crowd(stage, size);
    await stage.clock.runUntil(NOW + later);

    const found = await readPresence(stage, 'den');

    expect(found.active).toHaveLength(named);
    expect(found.connectionCount).toBe(number);
  });

  it('is nobody whose token has expired, whatever the lease', async () => {
    const stage = setStage();
    await crowd(stage, 3, NOW);
    await connect(stage, 'ann-1', ann, ['den'], NOW + 1);

    expect(await idsIn(stage)).toEqual(['ann-1']);
  });

  it('is nobody whose connection is closed', async () => {
    const stage = setStage();
    await crowd(stage, 2);
    await stage.connections.close('crowd-1');

    expect(await idsIn(stage)).toEqual(['crowd-2']);
  });

  it('looks at no more than five hundred', async () => {
    const stage = setStage();
    await crowd(stage, 600);

    expect(await readPresence(stage, 'den')).toEqual({ active: [], connectionCount: 500 });
  });

  it('is nobody in an empty room', async () => {
    expect(await readPresence(setStage(), 'den')).toEqual(company([]));
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
    expect(listUsers({ active: [], connectionCount: 101 })).toEqual({ members: [], memberCount: 101 });
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
  const stage = setStage();
  await connect(stage, 'bob-1', bob, ['den']);
  await connect(stage, 'cara-1', { id: 'cara', name: 'Cara' }, ['den']);

  const left = [ann, { id: 'dan', name: 'Dan' }, ann, bob];
  await finish(stage, announceLeft(stage, 'den', left));

  const frames = stage.posts.map(({ to, frame }) => `${to}: ${'member' in frame && frame.member.id}`);
  expect(frames.sort()).toEqual(['bob-1: ann', 'bob-1: dan', 'cara-1: ann', 'cara-1: dan']);
});

it('waits no longer than a second for an announcement', async () => {
  const stage = setStage();
  await connect(stage, 'bob-1', bob, ['den']);
  stage.answers.set('bob-1', 'retry');

  await finish(stage, announceLeft(stage, 'den', [ann]));

  expect(stage.clock.now() - NOW).toBeLessThanOrEqual(1_000);
});

describe('a user who comes on several connections at once', () => {
  type Step = (stage: Stage, who: Requester) => Promise<void>;

  const add: Step = async (stage, { id, expiresAt }) => {
    await stage.members.add({ room: 'den', id, expiresAt });
  };
  const look: Step = async (stage, who) => {
    const { active } = await readPresence(stage, 'den');
    await finish(stage, announceJoined(stage, 'den', active, who));
  };
  const close: Step = (stage, { id }) => finish(stage, closeConnection(stage, id));

  /** Bob is in the room; Ann's connections were opened in this order, and do these steps in theirs. */
  async function play(opened: readonly number[], ways: readonly Step[][], turns: readonly number[]) {
    const stage = setStage();
    await connect(stage, 'bob-1', bob, ['den']);
    const askers = new Map<number, Requester>();
    for (const i of opened) {
      await stage.clock.runUntil(stage.clock.now() + 1);
      askers.set(i, await connect(stage, `ann-${i}`, ann));
      await stage.connections.join(`ann-${i}`, 'den', syncs, NOW + HOUR, 50);
    }
    const left = ways.map((steps) => [...steps]);
    for (const i of turns) {
      const [step, who] = [left[i]?.shift(), askers.get(i)];
      if (step && who) await step(stage, who);
    }
    const told = stage.posts.filter(({ to }) => to === 'bob-1').map(({ frame }) => frame.type);
    return { told, here: (await idsIn(stage)).filter((id) => id !== 'bob-1') };
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
  const stage = setStage();
  const prepare = jest.spyOn(stage.poster, 'prepare');
  await crowd(stage, 101);

  await finish(stage, announceLeft(stage, 'den', [ann, bob]));
  expect(prepare).not.toHaveBeenCalled();
});
