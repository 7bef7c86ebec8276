import type { MessageView, Room } from '../../client';
import { createReactions, listReactions, type Reactions } from '../../client/reactions';
import { request } from '../../client/requests';
import type { ServerMessage } from '../../lib/protocol';
import { createHarness, type Harness, lose, received, refuse, tokenFor } from './kit/harness';

const ANN = { id: 'ann', name: 'ann' };
const CLAP = '👏';

jest.setTimeout(10_000);

/** Ann and Bob in a room with one message. */
async function twoUsers() {
  const harness = createHarness();
  harness.gateway.post('lobby', 'hello');
  const join = async (user: string) => {
    const { room } = await harness.joined(user);
    return { room, reactions: createReactions(room, { clock: harness.clock }) };
  };
  return { ...harness, ann: await join('ann'), bob: await join('bob') };
}

interface Visitor {
  room: Room;
  reactions: Reactions;
}

/** What a user sees at the message: the count of each reaction, and a star at the own ones. */
function seen({ room, reactions }: Visitor, me = 'ann'): string {
  const [message] = room.snapshot.messages;
  const list = message ? listReactions(message, reactions.snapshot.get(1), me) : [];
  return list.map(({ name, count, isMine }) => `${name}${count}${isMine ? '*' : ''}`).join(' ');
}

async function outcome({ clock }: Pick<Harness, 'clock'>, promise: Promise<unknown>): Promise<unknown> {
  const known = promise.then(
    () => 'done',
    (error) => error.code,
  );
  await clock.pass(30_000);
  return known;
}

describe('a reaction', () => {
  it('is shown at once, and to others once it is in the log', async () => {
    const at = await twoUsers();

    const added = at.ann.reactions.add(1, CLAP);

    expect(seen(at.ann)).toBe('👏1*');
    expect(seen(at.bob, 'bob')).toBe('');
    expect(await outcome(at, added)).toBe('done');
    expect(seen(at.ann)).toBe('👏1*');
    expect(seen(at.bob, 'bob')).toBe('👏1');
    expect(at.ann.room.snapshot.messages[0]?.reactions?.users).toEqual({ [CLAP]: [ANN] });
  });

  it('is not sent for another user who signs in while it waits', async () => {
    const harness = createHarness();
    harness.gateway.post('lobby', 'hello');
    let user = 'ann';
    const token = () => tokenFor(user, harness.clock.now(), 60_000);
    const { chat, room } = await harness.joined('ann', 'lobby', { token });
    const reactions = createReactions(room, { clock: harness.clock });
    await outcome(harness, reactions.add(1, '🎉'));
    chat.close();
    const added = reactions.add(1, CLAP);
    user = 'bob';
    chat.connect();
    room.join().catch(() => {});

    expect(await outcome(harness, added)).toBe('takenOver');
    expect(chat.user?.id).toBe('bob');
    expect(received(harness, 'react')).toHaveLength(1);
    expect(reactions.snapshot.size).toBe(0);
  });

  it('is taken back', async () => {
    const at = await twoUsers();
    await outcome(at, at.ann.reactions.add(1, CLAP));
    await outcome(at, at.bob.reactions.add(1, CLAP));

    const removed = at.ann.reactions.remove(1, CLAP);

    expect(seen(at.ann)).toBe('👏1');
    expect(await outcome(at, removed)).toBe('done');
    expect(seen(at.ann)).toBe('👏1');
    expect(seen(at.bob, 'bob')).toBe('👏1*');
  });

  it('is not settled by its reply, but by an entry', async () => {
    const at = await twoUsers();
    lose(at, 'push', ({ type }) => type === 'reacted');

    void at.ann.reactions.add(1, CLAP);
    await at.clock.pass(1_000);

    expect(at.ann.reactions.snapshot.get(1)?.get(CLAP)).toMatchObject({ state: 'pending', k: 1 });
  });

  it('is settled by an entry that comes before its reply', async () => {
    const at = await twoUsers();
    at.gateway.faults.reply = (reply) => (reply.type === 'ok' ? { delayMs: 600 } : undefined);

    const added = at.ann.reactions.add(1, CLAP);
    await at.clock.pass(300);
    expect(seen(at.ann)).toBe('👏1*');

    expect(await outcome(at, added)).toBe('done');
    expect(received(at, 'react')).toHaveLength(1);
  });

  it('is settled by a page that holds it', async () => {
    const at = await twoUsers();
    lose(at, 'push', ({ type }) => type === 'reacted');
    const added = at.ann.reactions.add(1, CLAP);
    await at.clock.pass(500);

    void request(at.ann.room, { action: 'getHistory', around: 1 });

    expect(await outcome(at, added)).toBe('done');
    expect(received(at, 'react')).toHaveLength(1);
  });

  it('is sent again with its version 1.5 s after a reply without an entry', async () => {
    const at = await twoUsers();
    at.gateway.faults.request = (message) =>
      message.action === 'react' && received(at, 'react').length === 0
        ? { answer: { type: 'ok', action: 'react', room: 'lobby', of: 1, name: CLAP, k: 1 } }
        : undefined;

    const added = at.ann.reactions.add(1, CLAP);
    await at.clock.pass(1_400);
    expect(received(at, 'react')).toHaveLength(1);
    await at.clock.pass(500);

    const [first, second] = received(at, 'react');
    expect(second).toMatchObject({ of: 1, name: CLAP, on: true, v: first?.v });
    expect(await outcome(at, added)).toBe('done');
  });

  it('is not settled by what counted it before another device changed it later', async () => {
    const at = await twoUsers();
    const about = { action: 'react', room: 'lobby' } as const;
    const counted = { ...about, type: 'ok', of: 1, name: CLAP, k: 1 } as const;
    const answers: ServerMessage[] = [
      counted,
      { ...counted, v: Date.now() * 2 },
      { ...about, type: 'error', code: 'unavailable', message: 'Again.', retryAfterMs: 1_000 },
    ];
    at.gateway.faults.request = ({ action }) => {
      const answer = action === 'react' ? answers.shift() : undefined;
      return answer && { answer };
    };
    const added = at.ann.reactions.add(1, CLAP);
    await at.clock.pass(1_700);
    expect(answers).toEqual([]);

    await Promise.all([at.bob.reactions.add(1, CLAP), outcome(at, added)]);

    expect(at.ann.room.snapshot.messages[0]?.reactions?.counts).toEqual({ [CLAP]: 2 });
  });

  it('survives a rate limit, a lost reply and a lost connection', async () => {
    const at = await twoUsers();
    refuse(at, 'react', { code: 'rateLimited', retryAfterMs: 300 }, 2);
    let lost = 0;
    lose(at, 'reply', ({ type }) => type === 'ok' && lost++ === 0);

    const added = at.ann.reactions.add(1, CLAP);
    await at.clock.pass(100);
    for (const socket of at.gateway.live()) at.gateway.cut(socket);

    expect(await outcome(at, added)).toBe('done');
    expect(seen(at.bob, 'bob')).toBe('👏1');
  });

  it('that the server refuses is gone, and tells why until it is dismissed', async () => {
    const at = await twoUsers();
    refuse(at, 'react', { code: 'tooMany' }, 100);

    expect(await outcome(at, at.ann.reactions.add(1, CLAP))).toBe('tooMany');

    expect(seen(at.ann)).toBe('');
    expect(at.ann.reactions.snapshot.get(1)?.get(CLAP)).toMatchObject({
      state: 'failed',
      error: { code: 'tooMany' },
    });
    expect(received(at, 'react')).toHaveLength(1);
    at.ann.reactions.dismiss(1);
    expect(at.ann.reactions.snapshot.size).toBe(0);
  });

  it('is given up after eight attempts', async () => {
    const at = await twoUsers();
    refuse(at, 'react', { code: 'unavailable' }, 100);

    expect(await outcome(at, at.ann.reactions.add(1, CLAP))).toBe('unavailable');
    expect(received(at, 'react')).toHaveLength(8);
  });

  it('that is switched twice ends as it was switched last, in whatever order the frames arrive', async () => {
    const at = await twoUsers();
    at.gateway.faults.request = (message) =>
      message.action === 'react' && message.on ? { delayMs: 400 } : undefined;

    const added = at.ann.reactions.add(1, CLAP);
    const removed = at.ann.reactions.remove(1, CLAP);

    expect(await outcome(at, added)).toBe('discarded');
    expect(await outcome(at, removed)).toBe('done');
    const [on, off] = received(at, 'react').sort((a, b) => a.v - b.v);
    expect([on?.on, off?.on]).toEqual([true, false]);
    expect(seen(at.ann)).toBe('');
    expect(seen(at.bob, 'bob')).toBe('');
  });

  it('of a device whose clock is behind gets a version above the one that holds', async () => {
    const at = await twoUsers();
    const v = Math.floor(at.clock.now()) + 3_600_000;
    void request(at.bob.room, { action: 'react', of: 1, name: CLAP, on: true, v });

    await at.clock.pass(500);

    expect(await outcome(at, at.bob.reactions.remove(1, CLAP))).toBe('done');

    expect(seen(at.ann)).toBe('');
    expect(received(at, 'react').at(-1)?.v).toBe(v + 1);
  });

  it('is sent once while the same is under way', async () => {
    const at = await twoUsers();

    expect(at.ann.reactions.add(1, CLAP)).toBe(at.ann.reactions.add(1, CLAP));
    await at.clock.pass(1_000);

    expect(received(at, 'react')).toHaveLength(1);
  });

  it('is refused while fifty are under way', async () => {
    const at = await twoUsers();
    lose(at, 'request', ({ action }) => action === 'react');
    for (let i = 0; i < 50; i++) at.ann.reactions.add(1, `r${i}`).catch(() => {});

    await expect(at.ann.reactions.add(1, 'one more')).rejects.toMatchObject({ code: 'outboxFull' });
  });

  it('goes with the log that it was a part of', async () => {
    const at = await twoUsers();
    lose(at, 'request', ({ action }) => action === 'react');
    const added = at.ann.reactions.add(1, CLAP);
    at.gateway.logId = 'log-2';
    at.gateway.restore('lobby', []);

    expect(await outcome(at, added)).toBe('outcomeUnknown');
    expect(at.ann.reactions.snapshot.size).toBe(0);
  });

  it('is not followed after the end', async () => {
    const at = await twoUsers();
    lose(at, 'request', ({ action }) => action === 'react');
    const added = at.ann.reactions.add(1, CLAP);

    at.ann.reactions.stop();

    expect(await outcome(at, added)).toBe('outcomeUnknown');
  });
});

it('tells who reacted, and which are the own', async () => {
  const at = await twoUsers();
  await outcome(at, at.ann.reactions.add(1, CLAP));
  await outcome(at, at.bob.reactions.add(1, CLAP));

  const list = at.ann.reactions.who(1);
  await at.clock.pass(500);

  expect(await list).toMatchObject({
    counts: { [CLAP]: 2 },
    users: { [CLAP]: [ANN, { id: 'bob' }] },
    mine: [CLAP],
  });
});

describe('the list of a message', () => {
  const others = ['b', 'c', 'd', 'e', 'f'].map((id) => ({ id, name: id }));
  const message = (count: number, more: object = {}): MessageView => ({
    type: 'message',
    seq: 1,
    id: 'message-1',
    from: ANN,
    at: 0,
    text: 'hello',
    reactions: { k: 9, seq: 20, counts: { [CLAP]: count }, users: { [CLAP]: others }, ...more },
  });
  const own = (on: boolean, k?: number, state: 'pending' | 'settled' = 'settled') =>
    new Map([[CLAP, { on, state, k }]]);

  it.each([
    ['of more users than it names, with the server’s word', message(7, { mine: [CLAP] }), undefined, 7, true],
    ['of more users than it names, without it', message(7), undefined, 7, false],
    [
      'of users that it all names, whatever was said before',
      message(5, { mine: [CLAP] }),
      undefined,
      5,
      false,
    ],
    ['with an own reaction that it does not hold yet', message(7), own(true, 10), 8, true],
    ['with an own reaction that it holds', message(7), own(true, 9), 7, true],
    ['with one taken back that it still holds', message(7, { mine: [CLAP] }), own(false, 10), 6, false],
    [
      'with one taken back that it does not hold any more',
      message(7, { mine: [CLAP] }),
      own(false, 8),
      7,
      false,
    ],
    ['with one on its way', message(7), own(true, undefined, 'pending'), 8, true],
  ])('%s', (_name, shown, toggles, count, isMine) => {
    expect(listReactions(shown, toggles, 'ann')).toEqual([{ name: CLAP, count, isMine, users: others }]);
  });

  it('is empty once the message is deleted', () => {
    expect(listReactions({ ...message(5), deleted: { seq: 9, by: 'author' } }, own(true), 'ann')).toEqual([]);
  });
});
