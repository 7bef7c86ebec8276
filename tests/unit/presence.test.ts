import type { Member } from '../../lib/ports';
import { announceLeft, present, usersOf } from '../../lib/presence';
import { byteLength } from '../../lib/protocol';
import { ann, bob, connect, finish, HOUR, NOW, range, type Stage, setStage } from './stage';

const crowd = async (stage: Stage, size: number, expiresAt = NOW + HOUR) => {
  for (const i of range(1, size))
    await connect(stage, `crowd-${i}`, { id: `user-${i}`, name: 'Someone' }, ['den'], expiresAt);
};

const member = (i: number, given: Partial<Member> = {}): Member => ({
  room: 'den',
  id: `c${i}`,
  user: { id: `user-${i}`, name: `User ${i}` },
  expiresAt: NOW + HOUR,
  ...given,
});

describe('who is present', () => {
  it.each([
    ['in a small room, whose lease runs', 100, 89_999, 100],
    ['in a small room, nobody whose lease is over', 100, 90_000, 0],
    ['in a large room, everybody, without looking', 101, 90_000, 101],
  ])('%s', async (_name, size, later, expected) => {
    const stage = setStage();
    await crowd(stage, size);
    await stage.clock.runUntil(NOW + later);

    expect(await present(stage, 'den')).toHaveLength(expected);
  });

  it('is nobody whose token has expired, whatever the lease', async () => {
    const stage = setStage();
    await crowd(stage, 3, NOW);
    await connect(stage, 'ann-1', ann, ['den'], NOW + 1);

    expect((await present(stage, 'den')).map(({ id }) => id)).toEqual(['ann-1']);
  });

  it('is nobody whose connection is closed', async () => {
    const stage = setStage();
    await crowd(stage, 2);
    await stage.connections.close('crowd-1');

    expect((await present(stage, 'den')).map(({ id }) => id)).toEqual(['crowd-2']);
  });

  it('looks at no more than five hundred', async () => {
    const stage = setStage();
    await crowd(stage, 600);

    expect(await present(stage, 'den')).toHaveLength(500);
  });

  it('is nobody in an empty room', async () => {
    expect(await present(setStage(), 'den')).toEqual([]);
  });
});

describe('the users behind connections', () => {
  it('are told once each', () => {
    const members = [member(1), member(2), member(3, { user: { id: 'user-1', name: 'User 1' } })];

    expect(usersOf(members)).toEqual({
      members: [
        { id: 'user-1', name: 'User 1' },
        { id: 'user-2', name: 'User 2' },
      ],
      memberCount: 2,
    });
  });

  it.each([
    [0, 0],
    [99, 99],
    [100, 100],
    [101, 0],
    [400, 0],
  ])('are counted, and up to a hundred are named: %s', (count, listed) => {
    const users = usersOf(range(1, count).map((i) => member(i)));

    expect(users.memberCount).toBe(count);
    expect(users.members).toHaveLength(listed);
  });

  it('are listed as far as 8 KB go', () => {
    const long = range(1, 100).map((i) => member(i, { user: { id: `${i}`, name: '🦄'.repeat(64) } }));

    const { members, memberCount } = usersOf(long);

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
