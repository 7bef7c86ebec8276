import { getHistory } from '../../lib/actions/getHistory';
import { joinRoom } from '../../lib/actions/joinRoom';
import { leaveRoom } from '../../lib/actions/leaveRoom';
import { signal } from '../../lib/actions/signal';
import { typing } from '../../lib/actions/typing';
import type { Requester } from '../../lib/auth/requester';
import { removeClosedConnection } from '../../lib/connections/removeClosedConnections';
import { Unavailable } from '../../lib/ports/unavailable';
import { type ClientMessage, type Joined, LIMITS } from '../../lib/protocol';
import { byteLength } from '../../lib/protocol/byteLength';
import { createCharge, SYNCS } from '../../lib/rateLimiting/tokenBucket';
import {
  ann,
  bob,
  connect,
  createHarness,
  expire,
  fill,
  finish,
  type Harness,
  HOUR,
  membersIn,
  NOW,
  range,
  unavailable,
  withCalls,
} from './harness';

type Ask<A extends ClientMessage['action']> = Omit<Extract<ClientMessage, { action: A }>, 'action'>;

const join = (harness: Harness, who: Requester, given: Partial<Ask<'joinRoom'>> = {}) =>
  finish(harness, joinRoom(harness, who, { action: 'joinRoom', room: 'den', ...given }));

const leave = (harness: Harness, who: Requester, room = 'den') =>
  finish(harness, leaveRoom(harness, who, { action: 'leaveRoom', room }));

const read = (harness: Harness, who: Requester, given: Partial<Ask<'getHistory'>> = {}) =>
  finish(harness, getHistory(harness, who, { action: 'getHistory', room: 'den', ...given }));

/** The announcements of joins and leaves. */
const told = (harness: Harness) =>
  harness.posts
    .map(({ to, frame }) =>
      frame.type === 'memberJoined' || frame.type === 'memberLeft'
        ? `${to}: ${frame.member.id} ${frame.type === 'memberJoined' ? 'joined' : 'left'} ${frame.room}`
        : `${to}: ${frame.type}`,
    )
    .sort();

const charge = createCharge(SYNCS, NOW);

const roomsOf = async (harness: Harness, id: string) => {
  const renewed = await harness.connections.renewLease(id, charge, NOW + HOUR);
  if ('kind' in renewed) return renewed;
  return ['attic', 'den'].filter((room) => renewed.rooms.has(room));
};

/** Fills a room with one connection each of so many users. */
const crowd = async (harness: Harness, size: number, name = 'Someone') => {
  for (const i of range(1, size)) await connect(harness, `crowd-${i}`, { id: `user-${i}`, name }, ['den']);
};

describe('joining', () => {
  it('an empty room shows oneself and nothing else', async () => {
    const harness = createHarness();
    const who = await connect(harness, 'ann-1', ann);

    expect(await join(harness, who)).toEqual({
      type: 'joined',
      room: 'den',
      log: 'log-1',
      can: ['send', 'edit', 'delete', 'react', 'moderate'],
      head: 0,
      messages: [],
      more: false,
      members: [ann],
      memberCount: 1,
    });
    expect(await membersIn(harness, 'den')).toEqual(['ann-1']);
    expect(await roomsOf(harness, 'ann-1')).toEqual(['den']);
  });

  it.each<[string, number, number[], number | undefined, number[], Partial<Joined>]>([
    ['all of a short log', 3, [], undefined, [1, 2, 3], { head: 3, more: false }],
    ['the newest of a long one', 150, [], undefined, range(51, 150), { head: 150, more: true }],
    ['what was missed', 8, [], 5, [6, 7, 8], { head: 8, more: false }],
    ['nothing, when nothing was missed', 8, [], 8, [], { head: 8, more: false }],
    ['everything, from the start', 8, [], 0, range(1, 8), { head: 8, more: false }],
    ['the oldest of much that was missed', 200, [], 20, range(21, 120), { head: 200, more: true }],
    ['what is left', 8, [6, 7], 5, [8], { head: 8, more: false, truncated: true }],
    ['up to a hole', 8, [7], 5, [6], { head: 8, more: true }],
    ['another log than was known', 8, [], 9, range(1, 8), { head: 8, more: false, reset: true }],
    ['a log that was emptied', 0, [], 9, [], { head: 0, more: false, reset: true }],
    ['what is left of a log', 8, [1, 2], undefined, range(3, 8), { head: 8, more: false, truncated: true }],
  ])('gives %s', async (_name, head, expired, after, seqs, expected) => {
    const harness = createHarness();
    fill(harness, 'den', range(1, head));
    expire(harness, 'den', expired, 'expired');
    const who = await connect(harness, 'ann-1', ann);

    const joined = await join(harness, who, after === undefined ? {} : { after });

    const { messages, ...rest } = joined as Joined;
    expect(messages.map(({ seq }) => seq)).toEqual(seqs);
    expect(rest).toEqual({
      type: 'joined',
      room: 'den',
      log: 'log-1',
      can: ['send', 'edit', 'delete', 'react', 'moderate'],
      members: [ann],
      memberCount: 1,
      ...expected,
    });
  });

  it('comes before the log is read, so that no message falls between', async () => {
    const harness = createHarness();
    const who = await connect(harness, 'ann-1', ann);
    const steps: string[] = [];
    const observed: Harness = {
      ...harness,
      members: {
        ...harness.members,
        async add(member) {
          await harness.clock.wait(200);
          const isNew = await harness.members.add(member);
          steps.push('is a member');
          return isNew;
        },
      },
      log: {
        ...harness.log,
        readBackward(...asked) {
          steps.push('reads the log');
          return harness.log.readBackward(...asked);
        },
      },
    };

    await join(observed, who);

    expect(steps).toEqual(['is a member', 'reads the log']);
  });

  it('tells the others, once for a user', async () => {
    const harness = createHarness();
    await connect(harness, 'bob-1', bob, ['den']);
    await connect(harness, 'cara-1', { id: 'cara', name: 'Cara' }, ['attic']);

    await join(harness, await connect(harness, 'ann-1', ann));
    await join(harness, await connect(harness, 'ann-2', ann));

    expect(told(harness)).toEqual(['bob-1: ann joined den']);
  });

  it.each([
    ['the same connection', 'ann-5'],
    ['a second one that sorts before it', 'ann-1'],
    ['a second one that sorts behind it', 'ann-9'],
  ])('again on %s tells nobody', async (_name, second) => {
    const harness = createHarness();
    await connect(harness, 'bob-1', bob, ['den']);
    await join(harness, await connect(harness, 'ann-5', ann));
    await harness.clock.runUntil(NOW + 1_000);

    await join(harness, await connect(harness, second, ann));

    expect(told(harness)).toEqual(['bob-1: ann joined den']);
  });

  it('tells the others again when nothing but a dead connection was left', async () => {
    const harness = createHarness();
    await connect(harness, 'ann-0', ann, ['den']);
    await harness.clock.runUntil(NOW + 90_000);
    await connect(harness, 'bob-1', bob, ['den']);

    await join(harness, await connect(harness, 'ann-1', ann));

    expect(told(harness)).toEqual(['bob-1: ann joined den']);
  });

  it('at once on two connections is told once', async () => {
    const harness = createHarness();
    await connect(harness, 'bob-1', bob, ['den']);
    const both = [await connect(harness, 'ann-1', ann), await connect(harness, 'ann-2', ann)];

    await Promise.all(both.map((who) => join(harness, who)));

    expect(told(harness).filter((each) => each.startsWith('bob'))).toEqual(['bob-1: ann joined den']);
  });

  it.each([
    [99, 99, 100],
    [100, 0, 0],
  ])('a room of %s others tells %s of them, and names %s', async (others, expected, named) => {
    const harness = createHarness();
    await crowd(harness, others);

    const joined = await join(harness, await connect(harness, 'ann-1', ann));

    expect(harness.posts).toHaveLength(expected);
    expect(joined).toMatchObject({ memberCount: others + 1 });
    expect((joined as Joined).members).toHaveLength(named);
  });

  it('keeps to one frame with a hundred long names and long texts', async () => {
    const harness = createHarness();
    const room = 'r'.repeat(64);
    for (const i of range(1, 99))
      await connect(
        harness,
        `crowd-${i}`,
        { id: `${i}`.padEnd(128, 'u'), name: '🦄'.repeat(64), role: '"'.repeat(32) },
        [room],
      );
    fill(
      harness,
      room,
      range(1, 20).map((seq) => ({ seq, text: '🦄'.repeat(4000) })),
    );

    const joined = (await join(harness, await connect(harness, 'ann-1', ann), { room })) as Joined;

    expect(byteLength(JSON.stringify({ ...joined, ref: '"'.repeat(32) }))).toBeLessThanOrEqual(
      LIMITS.serverFrameBytes,
    );
    expect(joined.messages.map(({ seq }) => seq)).toEqual([20]);
    expect(joined.members.length).toBeGreaterThan(10);
    expect(joined.memberCount).toBe(100);
  });

  it.each<[string, (harness: Harness) => Promise<unknown>, string]>([
    [
      'to one who is in fifty rooms',
      (harness) =>
        connect(
          harness,
          'ann-1',
          ann,
          range(1, 50).map((i) => `room-${i}`),
        ),
      'tooManyRooms',
    ],
    ['to one whose row is gone', (harness) => harness.connections.close('ann-1'), 'expired'],
    ['to one whose token is over', (harness) => harness.clock.runUntil(NOW + HOUR), 'expired'],
    [
      'to one in a hurry',
      (harness) =>
        harness.connections.join(
          'ann-1',
          'attic',
          { bucket: 'syncs', now: NOW, costMs: 10_000, burstMs: 10_000 },
          NOW + HOUR,
          50,
        ),
      'rateLimited',
    ],
  ])('is refused %s', async (_name, prepare, code) => {
    const harness = createHarness();
    const who = await connect(harness, 'ann-1', ann);
    await prepare(harness);

    expect(await join(harness, who)).toMatchObject({ type: 'error', code, action: 'joinRoom', room: 'den' });

    expect(await membersIn(harness, 'den')).toEqual([]);
  });

  it('shows no dead connection', async () => {
    const harness = createHarness();
    await connect(harness, 'bob-1', bob, ['den']);
    await harness.clock.runUntil(NOW + 90_000);
    await connect(harness, 'old-1', { id: 'cara', name: 'Cara' }, ['den'], NOW + 90_000);

    expect(await join(harness, await connect(harness, 'ann-1', ann))).toMatchObject({
      members: [ann],
      memberCount: 1,
    });
  });
});

describe('leaving', () => {
  it('takes one out of the room and tells the others', async () => {
    const harness = createHarness();
    const who = await connect(harness, 'ann-1', ann, ['den', 'attic']);
    await connect(harness, 'bob-1', bob, ['den', 'attic']);

    expect(await leave(harness, who)).toEqual({ type: 'ok', action: 'leaveRoom', room: 'den' });

    expect(await membersIn(harness, 'den')).toEqual(['bob-1']);
    expect(await roomsOf(harness, 'ann-1')).toEqual(['attic']);
    expect(told(harness)).toEqual(['bob-1: ann left den']);
  });

  it('on one of two connections tells nobody', async () => {
    const harness = createHarness();
    const who = await connect(harness, 'ann-1', ann, ['den']);
    await connect(harness, 'ann-2', ann, ['den']);
    await connect(harness, 'bob-1', bob, ['den']);

    await leave(harness, who);

    expect(told(harness)).toEqual([]);
  });

  it('with a dead connection left behind tells the others', async () => {
    const harness = createHarness();
    await connect(harness, 'ann-0', ann, ['den']);
    await harness.clock.runUntil(NOW + 90_000);
    const who = await connect(harness, 'ann-1', ann, ['den']);
    await connect(harness, 'bob-1', bob, ['den']);

    await leave(harness, who);

    expect(told(harness)).toEqual(['bob-1: ann left den']);
  });

  it('a room one is not in is fine, and nobody there hears of it', async () => {
    const harness = createHarness();
    const who = await connect(harness, 'ann-1', ann);
    await connect(harness, 'bob-1', bob, ['den']);

    expect(await leave(harness, who)).toEqual({ type: 'ok', action: 'leaveRoom', room: 'den' });

    expect(told(harness)).toEqual([]);
    expect(await membersIn(harness, 'den')).toEqual(['bob-1']);
  });

  it('a second time ends what broke off the first time', async () => {
    const harness = createHarness();
    const who = await connect(harness, 'ann-1', ann, ['den']);
    await harness.connections.leave('ann-1', 'den', charge, NOW);

    await leave(harness, who);

    expect(await membersIn(harness, 'den')).toEqual([]);
  });
});

describe('reading history', () => {
  it.each<[string, Partial<Ask<'getHistory'>>, number[], object]>([
    ['the newest', {}, range(51, 150), { more: true }],
    ['as many as asked for', { limit: 3 }, [148, 149, 150], { more: true }],
    ['one', { limit: 1 }, [150], { more: true }],
    ['what precedes', { before: 4 }, [1, 2, 3], { more: false }],
    ['what follows', { after: 147 }, [148, 149, 150], { more: false }],
    ['what follows, as many as asked for', { after: 147, limit: 2 }, [148, 149], { more: true }],
    ['nothing above another log’s cursor', { after: 151 }, [], { more: false, reset: true }],
  ])('gives %s', async (_name, asked, seqs, expected) => {
    const harness = createHarness();
    fill(harness, 'den', range(1, 150));
    const who = await connect(harness, 'ann-1', ann, ['den']);

    const history = await read(harness, who, asked);

    expect(history).toMatchObject({ type: 'history', room: 'den', ...expected });
    expect('messages' in history && history.messages.map(({ seq }) => seq)).toEqual(seqs);
  });

  it('gives nothing to one who is not in the room', async () => {
    const harness = createHarness();
    fill(harness, 'den', [1]);
    const who = await connect(harness, 'ann-1', ann, ['attic']);

    const refused = await read(harness, who);

    expect(refused).toMatchObject({ type: 'error', code: 'notMember', action: 'getHistory', room: 'den' });
    expect(JSON.stringify(refused)).not.toContain('text 1');
  });
});

type Tell = (harness: Harness, who: Requester) => Promise<unknown>;

const wave: Tell = (harness, who) =>
  finish(harness, signal(harness, who, { action: 'signal', room: 'den', name: 'wave', data: { to: 'all' } }));
const type: Tell = (harness, who) => finish(harness, typing(harness, who, { action: 'typing', room: 'den' }));

describe.each<[string, Tell, object]>([
  ['signal', wave, { name: 'wave', data: { to: 'all' } }],
  ['typing', type, {}],
])('%s', (action, tell, fields) => {
  it('is told to all others in the room and kept nowhere', async () => {
    const harness = createHarness();
    const who = await connect(harness, 'ann-1', ann, ['den']);
    await connect(harness, 'ann-2', ann, ['den']);
    await connect(harness, 'bob-1', bob, ['den']);

    expect(await tell(harness, who)).toEqual({ type: 'ok', action, room: 'den' });

    const frame = { type: action, room: 'den', from: ann, ...fields };
    expect(harness.posts.map(({ to, frame }) => ({ to, frame }))).toEqual([
      { to: 'ann-2', frame },
      { to: 'bob-1', frame },
    ]);
    expect(harness.rows.get('den') ?? []).toEqual([]);
  });

  it('is told to nobody in a large room', async () => {
    const harness = createHarness();
    const who = await connect(harness, 'ann-1', ann, ['den']);
    await crowd(harness, 100);

    await tell(harness, who);

    expect(harness.posts).toEqual([]);
  });

  it('is refused to one who is not in the room', async () => {
    const harness = createHarness();
    await connect(harness, 'bob-1', bob, ['den']);

    expect(await tell(harness, await connect(harness, 'ann-1', ann))).toMatchObject({ code: 'notMember' });

    expect(harness.posts).toEqual([]);
  });
});

it('signal has a bucket of its own: ten at once', async () => {
  const harness = createHarness();
  const who = await connect(harness, 'ann-1', ann, ['den']);
  await connect(harness, 'bob-1', bob, ['den']);

  for (const _ of range(1, 12)) await wave(harness, who);
  const refused = await wave(harness, who);

  expect(harness.posts.filter(({ frame }) => frame.type === 'signal')).toHaveLength(10);
  expect(refused).toMatchObject({ code: 'rateLimited', action: 'signal' });
  expect(await type(harness, who)).toMatchObject({ type: 'ok' });
});

describe('typing', () => {
  it('is told four times at once, and then once in two seconds', async () => {
    const harness = createHarness();
    const who = await connect(harness, 'ann-1', ann, ['den']);
    await connect(harness, 'bob-1', bob, ['den']);

    for (const _ of range(1, 10)) await type(harness, who);
    const atOnce = harness.posts.length;
    const refused = await type(harness, who);
    await harness.clock.runUntil(NOW + 2_000);
    await type(harness, who);
    await type(harness, who);

    expect(atOnce).toBe(4);
    expect(refused).toMatchObject({
      code: 'rateLimited',
      action: 'typing',
      retryAfterMs: expect.any(Number),
    });
    expect(harness.posts).toHaveLength(5);
  });

  it('that cannot be told in a second is dropped', async () => {
    const harness = createHarness();
    const who = await connect(harness, 'ann-1', ann, ['den']);
    await connect(harness, 'bob-1', bob, ['den']);
    harness.answers.set('bob-1', 'retry');

    expect(await type(harness, who)).toMatchObject({ type: 'ok' });

    expect(harness.clock.now() - NOW).toBeLessThanOrEqual(1_000);
    expect(harness.handedOver).toEqual([]);
  });
});

it('a join that its connection did not outlive leaves no member behind', async () => {
  const harness = createHarness();
  const who = await connect(harness, 'ann-1', ann);
  const overtaken = withCalls(harness, 'members', {
    async add(...asked) {
      await removeClosedConnection(harness, who.id);
      return harness.members.add(...asked);
    },
  });

  expect(await join(overtaken, who)).toMatchObject({ code: 'notMember' });

  expect(await membersIn(harness, 'den')).toEqual([]);
  await connect(harness, who.id, ann);
  overtaken.members.remove = unavailable;
  await expect(join(overtaken, who)).rejects.toThrow(Unavailable);
});

it('a leave that comes late takes nothing from a later join', async () => {
  const harness = createHarness();
  const who = await connect(harness, 'ann-1', ann, ['den']);
  const frozen = withCalls(harness, 'members', {
    async remove(...asked) {
      await harness.clock.wait(30_000);
      await harness.members.remove(...asked);
    },
  });

  const leaving = leaveRoom(frozen, who, { action: 'leaveRoom', room: 'den' });
  await finish(harness, harness.clock.wait(1_000));
  const joined = await join(harness, who);
  await finish(harness, leaving);

  expect(joined.type).toBe('joined');
  expect(await membersIn(harness, 'den')).toEqual(['ann-1']);
});

describe('forgetting a connection', () => {
  it('takes it out of all its rooms and tells those there', async () => {
    const harness = createHarness();
    const gone = await connect(harness, 'ann-1', ann, ['den', 'attic']);
    await connect(harness, 'bob-1', bob, ['den']);
    await connect(harness, 'ann-2', ann, ['attic']);

    await finish(harness, removeClosedConnection(harness, gone.id));

    expect(await membersIn(harness, 'den')).toEqual(['bob-1']);
    expect(await membersIn(harness, 'attic')).toEqual(['ann-2']);
    expect(told(harness)).toEqual(['bob-1: ann left den']);
  });

  it.each<[string, (forget: () => Promise<void>) => Promise<unknown>]>([
    ['a second time does nothing', async (forget) => [await forget(), await forget()]],
    ['by two at once is told once', (forget) => Promise.all([forget(), forget()])],
  ])('%s', async (_name, forgetTwice) => {
    const harness = createHarness();
    const gone = await connect(harness, 'ann-1', ann, ['den']);
    await connect(harness, 'bob-1', bob, ['den']);

    await finish(
      harness,
      forgetTwice(() => removeClosedConnection(harness, gone.id)),
    );

    expect(told(harness)).toEqual(['bob-1: ann left den']);
  });

  it('that was never known does nothing', async () => {
    const harness = createHarness();

    await finish(harness, removeClosedConnection(harness, 'nobody'));

    expect(harness.posts).toEqual([]);
  });

  it('goes on in the other rooms when one cannot be reached, says so, and a repeat finds what is left', async () => {
    const harness = createHarness();
    const gone = await connect(harness, 'ann-1', ann, ['den', 'attic', 'yard']);
    const broken = withCalls(harness, 'members', {
      async remove(...asked) {
        if (asked[0] === 'attic') throw new Unavailable('no reply');
        await harness.clock.wait(100);
        await harness.members.remove(...asked);
      },
    });

    await expect(finish(harness, removeClosedConnection(broken, gone.id))).rejects.toBeInstanceOf(
      Unavailable,
    );

    expect(await membersIn(harness, 'den')).toEqual([]);
    expect(await membersIn(harness, 'yard')).toEqual([]);
    expect(await membersIn(harness, 'attic')).toEqual(['ann-1']);
    await finish(harness, removeClosedConnection(harness, gone.id));
    expect(await membersIn(harness, 'attic')).toEqual([]);
  });
});

it('a join looks three times for a ban of a connection that is removed from rooms all the time', async () => {
  const harness = createHarness();
  const who = await connect(harness, 'ann-1', ann);
  await harness.connections.requireBanCheck(who.id, ['den']);
  let looks = 0;
  const busy = withCalls(harness, 'users', {
    async findBan(...asked) {
      looks++;
      await harness.connections.removeFromRoom(who.id, 'attic');
      return harness.users.findBan(...asked);
    },
  });

  expect(await join(busy, who)).toMatchObject({ code: 'forbidden' });

  expect(looks).toBe(3);
});
