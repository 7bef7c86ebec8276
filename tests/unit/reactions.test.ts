import { joinRoom } from '../../lib/actions/joinRoom';
import { handleRoomAction } from '../../lib/actions/routes';
import type { Requester } from '../../lib/auth/requester';
import { removeUserFromRoom } from '../../lib/moderation/removeUser';
import { eraseRoom, eraseUser } from '../../lib/operator/eraseCommand';
import { readExportPage } from '../../lib/operator/exportCommand';
import { Unavailable } from '../../lib/ports/unavailable';
import { LIMITS, type Reply } from '../../lib/protocol';
import { summarise } from '../../lib/reactions/summarise';
import { createRecords } from '../simulation/changes/records';
import { ann, bob, connect, createHarness, expire, fill, finish, type Harness, HOUR, NOW } from './harness';
import { ask, page, roomOfTwo } from './roomOfTwo';

const CLAP = { action: 'react', room: 'den', of: 1, name: '👏', on: true, v: 1 };

const start = (harness: Harness, who: Requester, frame: object): Promise<Reply> =>
  handleRoomAction(harness, who, JSON.stringify(frame));

const list = (harness: Harness, who: Requester): Promise<Reply> =>
  ask(harness, who, { action: 'getReactions', room: 'den', of: 1 });

/** The harness with some calls of its store for reactions changed. */
const withReactions = (harness: Harness, changes: Partial<Harness['reactions']>): Harness => ({
  ...harness,
  reactions: { ...harness.reactions, ...changes },
});

const summary = (count: number, users: readonly object[]) => ({
  counts: { '👏': count },
  users: { '👏': users },
});

describe('a reaction', () => {
  it('is in an entry at once, for everybody, and in the page with the name as one of the own', async () => {
    const { harness, ann: author, bob: reader } = await roomOfTwo();

    const reply = await ask(harness, reader, CLAP);

    expect(reply).toEqual({ type: 'ok', action: 'react', room: 'den', of: 1, name: '👏', k: 1 });
    const entry = { type: 'reacted', seq: 2, of: 1, at: NOW, k: 1, ...summary(1, [bob]) };
    const frame = { ...entry, room: 'den', log: 'log-1' };
    expect(harness.posts).toEqual([
      { to: 'ann-1', frame, at: NOW },
      { to: 'bob-1', frame, at: NOW },
    ]);
    const message = { type: 'message', seq: 1, id: 'message-1', text: 'old words', from: ann, at: NOW };
    const reactions = { k: 1, seq: 2, ...summary(1, [bob]) };
    expect(await page(harness, reader)).toEqual([
      { ...message, reactions: { ...reactions, mine: ['👏'] } },
      entry,
    ]);
    expect(await page(harness, author)).toMatchObject([{ reactions: { mine: [] } }, {}]);
    const joined = await finish(harness, joinRoom(harness, reader, { action: 'joinRoom', room: 'den' }));
    expect(joined).toMatchObject({
      can: expect.arrayContaining(['react']),
      messages: [{ reactions }, entry],
    });
  });

  it('goes with its message, and its entry then has no counts', async () => {
    const { harness, ann: author, bob: reader } = await roomOfTwo();
    await ask(harness, reader, CLAP);

    await ask(harness, author, { action: 'deleteMessage', room: 'den', of: 1, id: 'deletion-1', after: 2 });

    expect(await page(harness, reader)).toMatchObject([
      { type: 'tombstone', seq: 1 },
      { type: 'reacted', seq: 2, counts: {}, users: {} },
      { type: 'deleted', seq: 3 },
    ]);
    expect(await ask(harness, reader, { ...CLAP, v: 2 })).toMatchObject({ code: 'gone' });
    expect(await list(harness, reader)).toMatchObject({ code: 'gone' });
    expect(JSON.stringify([...harness.rows])).not.toContain('👏');
  });

  it('outlives an edit of its message', async () => {
    const { harness, ann: author, bob: reader } = await roomOfTwo();
    await ask(harness, reader, CLAP);
    const edit = { action: 'editMessage', room: 'den', of: 1, id: 'edit-0001', text: 'new', after: 2 };

    await ask(harness, author, edit);

    expect(await page(harness, reader)).toMatchObject([
      { text: 'new', reactions: summary(1, [bob]) },
      {},
      {},
    ]);
  });

  it('that was taken off does not come back with a late frame that put it on', async () => {
    const { harness, bob: reader } = await roomOfTwo();
    await ask(harness, reader, { ...CLAP, v: 5 });
    await ask(harness, reader, { ...CLAP, v: 7, on: false });

    expect(await ask(harness, reader, { ...CLAP, v: 6 })).toMatchObject({ type: 'ok', v: 7 });

    await harness.clock.runUntil(NOW + 60_000);
    expect(await list(harness, reader)).toMatchObject({ counts: {}, users: {}, mine: [] });
  });

  it.each<[string, object, object, string]>([
    ['without the right to write', { permissions: '*:r' }, {}, 'forbidden'],
    ['to what was never there', {}, { of: 7 }, 'gone'],
    ['with no name', {}, { name: ' ' }, 'badField'],
    ['with a name too long', {}, { name: 'x'.repeat(33) }, 'badField'],
    ['with a name of two lines', {}, { name: 'a\nb' }, 'badField'],
    ["with the name of an object's prototype", {}, { name: '__proto__' }, 'badField'],
    ['without a version', {}, { v: 0 }, 'badField'],
    ['neither on nor off', {}, { on: 1 }, 'badField'],
  ])('%s is refused', async (_name, given, frame, code) => {
    const { harness, bob: reader } = await roomOfTwo();

    expect(await ask(harness, { ...reader, ...given }, { ...CLAP, ...frame })).toMatchObject({ code });

    expect(harness.rows.get('den')).toHaveLength(2);
  });

  it('to an edit, or to a message that expired, is refused', async () => {
    const { harness, ann: author, bob: reader } = await roomOfTwo();
    await ask(harness, author, {
      ...{ action: 'editMessage', room: 'den', of: 1, id: 'edit-0001', text: 'new', after: 1 },
    });
    expire(harness, 'den', [1], 'expired');

    expect(await ask(harness, reader, { ...CLAP, of: 2 })).toMatchObject({ code: 'gone' });
    expect(await ask(harness, reader, CLAP)).toMatchObject({ code: 'gone' });
  });

  it('of a removed user is refused, and written nowhere', async () => {
    const { harness, bob: reader } = await roomOfTwo();
    await finish(harness, removeUserFromRoom(harness, 'den', { user: bob.id, until: NOW + HOUR }));

    expect(await ask(harness, reader, CLAP)).toMatchObject({ code: 'notMember' });

    expect(harness.reacted.size).toBe(0);
  });

  it('needs a place: a user has ten on at a message, and a message takes twenty names', async () => {
    const {
      harness,
      ann: author,
      bob: reader,
    } = await roomOfTwo({ sendsPerSecond: 50, userSendsPerSecond: 50 });
    const name = (i: number) => ({ ...CLAP, name: `name-${i}` });
    for (let i = 0; i < LIMITS.reactionsPerUser; i++) await ask(harness, reader, name(i));

    expect(await ask(harness, reader, name(10))).toMatchObject({ code: 'tooMany' });
    await ask(harness, reader, { ...name(0), on: false, v: 2 });
    expect(await ask(harness, reader, name(10))).toMatchObject({ type: 'ok' });
    for (let i = 11; i < LIMITS.reactionNames; i++) await ask(harness, author, name(i));
    expect(await ask(harness, author, name(20))).toMatchObject({ code: 'tooMany' });
    expect(await ask(harness, author, name(1))).toMatchObject({ type: 'ok' });
  });

  it('needs a place among the ten thousand users of a message', async () => {
    const { harness, ann: author, bob: reader } = await roomOfTwo();
    await ask(harness, author, CLAP);
    await harness.reactions.finish('den', 1, 99, 10_000);

    expect(await ask(harness, reader, CLAP)).toMatchObject({ code: 'tooMany' });
  });
});

describe('many reactions', () => {
  it('within a second are two entries: the first at once, the others when it is over', async () => {
    const { harness, ann: author, bob: reader } = await roomOfTwo();
    await ask(harness, reader, CLAP);

    const waits = start(harness, author, CLAP);
    await new Promise(setImmediate);
    const returns = await start(harness, author, { ...CLAP, name: '🎉' });

    expect(returns).toMatchObject({ k: 3 });
    expect(harness.rows.get('den')).toHaveLength(3);
    expect(await finish(harness, waits)).toMatchObject({ k: 2 });
    expect(harness.clock.now()).toBe(NOW + 1_000);
    expect(harness.rows.get('den')).toHaveLength(4);
    expect(await page(harness, reader)).toMatchObject([
      { reactions: { k: 3, seq: 3, counts: { '👏': 2, '🎉': 1 } } },
      { k: 3, counts: { '👏': 2, '🎉': 1 } },
      { k: 3 },
    ]);
  });

  it('of 500 users in ten seconds are at most 15 entries with exact counts', async () => {
    const harness = createHarness();
    fill(harness, 'den', [{ seq: 1, from: ann }]);
    const users = Array.from({ length: 500 }, (_, i) => ({ id: `user-${i}`, name: `User ${i}` }));
    const people = await Promise.all(users.map((user) => connect(harness, `c-${user.id}`, user, ['den'])));
    const acks: number[] = [];
    people.forEach((who, i) => {
      harness.clock.after(harness.random() * 10_000, async () => {
        const began = harness.clock.now();
        const reply = await start(harness, who, { ...CLAP, name: i % 2 === 0 ? '👏' : '🎉' });
        if (reply.type === 'ok') acks.push(harness.clock.now() - began);
      });
    });

    for (let at = NOW; at <= NOW + 12_000; at += 50) {
      await harness.clock.runUntil(at);
      await new Promise(setImmediate);
    }

    expect(acks).toHaveLength(500);
    expect(Math.max(...acks)).toBeLessThanOrEqual(1_100);
    const entries = (harness.rows.get('den') ?? []).filter((row) => row?.entry.type === 'reacted');
    expect(entries.length).toBeLessThanOrEqual(15);
    const reader = await connect(harness, 'late-1', ann, ['den']);
    expect(await list(harness, reader)).toMatchObject({ k: 500, counts: { '👏': 250, '🎉': 250 } });
    const last = new Map(harness.posts.map(({ to, frame }) => [to, frame]));
    expect(last.size).toBe(500);
    for (const frame of last.values()) expect(frame).toMatchObject({ counts: { '👏': 250, '🎉': 250 } });
  });
});

describe('a change that was left without an entry', () => {
  /** Bob's reaction is counted, and its writer ends before it claims. */
  const left = async () => {
    const { harness, ...people } = await roomOfTwo();
    const dying = withReactions(harness, { claim: () => Promise.reject(new Unavailable('gone')) });
    expect(await ask(dying, people.bob, CLAP)).toMatchObject({ code: 'unavailable' });
    return { harness, ...people };
  };

  it('is in the entry that its repeat writes', async () => {
    const { harness, bob: reader } = await left();

    expect(await ask(harness, reader, CLAP)).toMatchObject({ type: 'ok', k: 2 });

    expect(harness.posts.at(-1)?.frame).toMatchObject({ k: 2, ...summary(1, [bob]) });
  });

  it('gets one from a page two seconds later, and no second one', async () => {
    const { harness, ann: author } = await left();
    expect(await page(harness, author)).toMatchObject([{ reactions: { k: 0, counts: {} } }]);
    await harness.clock.runUntil(NOW + 2_000);

    expect(await page(harness, author)).toMatchObject([
      { reactions: { k: 1, seq: 2, ...summary(1, [bob]) } },
    ]);

    await harness.clock.runUntil(NOW + 60_000);
    expect(await page(harness, author)).toHaveLength(2);
    expect(harness.rows.get('den')).toHaveLength(3);
  });

  it('is in the entry after it where the first one was written and not applied', async () => {
    const { harness, ann: author, bob: reader } = await roomOfTwo();
    const dying = {
      ...harness,
      log: { ...harness.log, applyChange: () => Promise.reject(new Unavailable('')) },
    };
    await ask(dying, reader, CLAP);

    const entries = await page(harness, author);

    expect(entries).toMatchObject([{ reactions: summary(1, [bob]) }, { k: 1, ...summary(1, [bob]) }]);
    const { messages } = await readExportPage({ log: harness.log, clock: harness.clock }, 'den');
    expect(messages).toMatchObject([{ reactions: summary(1, [bob]) }, {}]);
  });
});

describe('an erasure', () => {
  it('takes a user from the reactions and counts them once more', async () => {
    const { harness, ann: author, bob: reader } = await roomOfTwo();
    await ask(harness, reader, CLAP);
    await harness.clock.runUntil(NOW + 1_000);
    await ask(harness, author, CLAP);
    const context = { ...harness, erasures: createRecords(harness, 20) };

    expect(await finish(harness, eraseUser(context, bob.id))).toMatchObject({ erased: 1 });

    expect(await page(harness, author)).toMatchObject([{ reactions: summary(1, [ann]) }, {}, {}, {}]);
    expect(JSON.stringify([...harness.rows])).not.toContain('"bob"');
    expect(JSON.stringify([...harness.reacted].map(([, { sets }]) => [...sets.keys()]))).not.toContain('bob');
  });

  it('of a room takes who reacted', async () => {
    const { harness, bob: reader } = await roomOfTwo();
    await ask(harness, reader, CLAP);
    const context = { ...harness, erasures: createRecords(harness, 20) };

    await finish(harness, eraseRoom(context, 'den'));

    expect(harness.reacted.size).toBe(0);
    expect(JSON.stringify([...harness.rows])).not.toContain('👏');
  });
});

describe('the list of who reacted', () => {
  it('has users of each name, the counts, and the own names', async () => {
    const { harness, ann: author, bob: reader } = await roomOfTwo();
    await ask(harness, reader, CLAP);
    await harness.clock.runUntil(NOW + 1_000);
    await ask(harness, author, CLAP);

    expect(await list(harness, reader)).toEqual({
      ...{ type: 'reactions', room: 'den', of: 1, k: 2, mine: ['👏'] },
      ...summary(2, [bob, ann]),
    });
  });

  it('is refused to a connection that is not in the room', async () => {
    const { harness } = await roomOfTwo();
    const stranger = await connect(harness, 'eve-1', { id: 'eve', name: 'Eve' });

    expect(await list(harness, stranger)).toMatchObject({ code: 'notMember' });
  });
});

it('counts the ten reactions each of as many users as an entry reads, in linear time', () => {
  const on = Array.from({ length: LIMITS.reactionsPerUser }, (_, i) => `name-${i}`);
  const sets = Array.from({ length: 2 * LIMITS.reactorsPerMessage }, (_, i) => ({
    user: { id: `user-${i}`, name: 'User' },
    on,
  }));
  const began = process.cpuUsage();

  const { counts } = summarise(sets, { usersPerName: 5, bytes: 2048 });

  expect(counts).toEqual(Object.fromEntries(on.map((name) => [name, sets.length])));
  // Quadratic time is five seconds.
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(1_000);
});
