import { sendMessage } from '../../lib/actions/sendMessage';
import type { Requester } from '../../lib/auth/requester';
import { runFanOutJob } from '../../lib/delivery/runFanOutJob';
import { fileKey } from '../../lib/files/fileKey';
import { logWithFiles } from '../../lib/files/logWithFiles';
import type { PublishContext, SendQuotaContext } from '../../lib/ports/contexts';
import type { FanOutJob } from '../../lib/ports/fanOutQueue';
import type { FileStore } from '../../lib/ports/fileStore';
import { Unavailable } from '../../lib/ports/unavailable';
import type { ClientMessage } from '../../lib/protocol';
import { createCharge, SYNCS, sendRate } from '../../lib/rateLimiting/tokenBucket';
import {
  ann,
  anotherContainer,
  bob,
  connect,
  createHarness,
  entry,
  expire,
  fill,
  finish,
  type Harness,
  HOUR,
  idsIn,
  membersIn,
  NOW,
  range,
  unavailable,
  withCalls,
} from './harness';

type SendMessage = Extract<ClientMessage, { action: 'sendMessage' }>;

const message = (given: Partial<SendMessage> = {}): SendMessage => ({
  action: 'sendMessage',
  room: 'den',
  id: 'my-own-id',
  text: 'hello',
  after: 0,
  ...given,
});

const refusedWith = (code: string) => ({
  type: 'error',
  code,
  action: 'sendMessage',
  room: 'den',
  id: 'my-own-id',
});

const cara = { id: 'cara', name: 'Cara' };

/** Ann and Bob are in the den, Ann twice, and Cara is elsewhere. */
async function joinedRoom(settings = {}) {
  const harness = createHarness(settings);
  const sender = await connect(harness, 'ann-1', ann, ['den']);
  await connect(harness, 'ann-2', ann, ['den']);
  await connect(harness, 'bob-1', bob, ['den']);
  await connect(harness, 'cara-1', cara, ['attic']);
  const say = (
    given: Partial<SendMessage> = {},
    context: PublishContext & SendQuotaContext = harness,
    who: Requester = sender,
  ) => finish(harness, sendMessage(context, who, message(given)));
  return { harness, sender, say };
}

const sentTo = (harness: Harness) => harness.posts.map(({ to }) => to).sort();

/** Takes all that the sender's bucket holds. */
async function spend(harness: Harness, sender: Requester) {
  const charge = () =>
    harness.connections.charge(sender.id, 'den', createCharge(sendRate(5), harness.clock.now()), NOW + HOUR);
  while ((await charge()) === 'ok');
}

/** Takes all that the bucket of the sender's user holds. */
async function spendUsers(harness: Harness, { user }: Requester) {
  const charge = createCharge(sendRate(10), harness.clock.now());
  while ((await harness.sendQuotas.charge(user.id, charge)) === 'ok');
}

describe('a message', () => {
  it('is acknowledged to the connection that sent it, and posted to all others in the room', async () => {
    const { harness, say } = await joinedRoom();

    expect(await say()).toEqual({ type: 'ack', room: 'den', log: 'log-1', id: 'my-own-id', seq: 1, at: NOW });

    const frame = { ...entry(1, { id: 'my-own-id', text: 'hello', from: ann }), room: 'den', log: 'log-1' };
    expect(harness.posts).toEqual([
      { to: 'ann-2', frame, at: NOW },
      { to: 'bob-1', frame, at: NOW },
    ]);
    expect(await harness.log.readForward('den', 0, 10, NOW)).toEqual([
      entry(1, { id: 'my-own-id', text: 'hello', from: ann }),
    ]);
  });

  it('is posted to nobody whose token has expired', async () => {
    const { harness, say } = await joinedRoom();
    await connect(harness, 'old-1', cara, ['den'], NOW);

    await say();

    expect(sentTo(harness)).toEqual(['ann-2', 'bob-1']);
  });

  it('keeps its files', async () => {
    const { harness, say } = await joinedRoom();
    const kept: string[] = [];
    const files: FileStore = {
      find: async () => ({
        name: 'plan.pdf',
        type: 'application/pdf',
        bytes: 3,
        isPending: true,
        hasTile: false,
      }),
      keep: async (key) => void kept.push(key),
      remove: async () => {},
      list: async () => [],
    };
    const id = 'f'.repeat(22);

    const reply = await say({ files: [id] }, { ...harness, files, log: logWithFiles(harness.log, files) });

    expect(reply).toMatchObject({ type: 'ack' });
    expect(kept).toEqual([fileKey(ann.id, 'den', id)]);
  });

  it.each<[string, (harness: Harness) => Partial<Harness>]>([
    [
      'the look has ended',
      (harness) =>
        withCalls(harness, 'log', {
          async readIdentities(...asked) {
            await harness.clock.wait(300);
            return harness.log.readIdentities(...asked);
          },
        }),
    ],
    [
      'the sender is known to be in the room',
      (harness) =>
        withCalls(harness, 'connections', {
          async charge(...asked) {
            await harness.clock.wait(300);
            return harness.connections.charge(...asked);
          },
        }),
    ],
    [
      'the user is known to keep within the pace',
      (harness) =>
        withCalls(harness, 'sendQuotas', {
          async charge(...asked) {
            await harness.clock.wait(300);
            return harness.sendQuotas.charge(...asked);
          },
        }),
    ],
  ])('is not written before %s', async (_name, slow) => {
    const { harness, say } = await joinedRoom();
    let writtenAt = 0;
    const context = { ...harness, ...slow(harness) };
    context.log = {
      ...context.log,
      put(...asked) {
        writtenAt = harness.clock.now();
        return harness.log.put(...asked);
      },
    };

    await say({}, context);

    expect(writtenAt).toBe(NOW + 300);
  });
});

describe('a repeat', () => {
  it('is acknowledged as what is stored, which is posted again', async () => {
    const { harness, say } = await joinedRoom();
    await say();
    await harness.clock.runUntil(NOW + 2_000);
    harness.posts.length = 0;

    const reply = await say();

    expect(reply).toEqual({
      type: 'ack',
      room: 'den',
      log: 'log-1',
      id: 'my-own-id',
      seq: 1,
      at: NOW,
      duplicate: true,
    });
    expect(harness.posts.map(({ frame }) => frame)).toEqual(
      Array(2).fill({
        ...entry(1, { id: 'my-own-id', text: 'hello', from: ann }),
        room: 'den',
        log: 'log-1',
      }),
    );
    expect(idsIn(harness, 'den')).toEqual(['my-own-id']);
  });

  it('with another text is told the text that is stored', async () => {
    const { harness, say } = await joinedRoom();
    await say();
    harness.posts.length = 0;

    expect(await say({ text: 'something else' })).toMatchObject({
      duplicate: true,
      seq: 1,
      entry: { type: 'message', seq: 1, text: 'hello' },
    });

    expect(harness.posts).toMatchObject([{ frame: { text: 'hello' } }, { frame: { text: 'hello' } }]);
  });

  it.each([
    ['the connection’s', spend],
    ['the user’s', spendUsers],
  ])('is acknowledged whatever %s bucket says, and then not posted', async (_name, spendAll) => {
    const { harness, sender, say } = await joinedRoom();
    await say();
    harness.posts.length = 0;
    await spendAll(harness, sender);

    expect(await say()).toMatchObject({ type: 'ack', seq: 1, duplicate: true });

    expect(harness.posts).toEqual([]);
  });

  it('of a message that has expired meanwhile is sent to look for itself', async () => {
    const { harness, say } = await joinedRoom();
    await say();
    fill(harness, 'den', [2]);
    expire(harness, 'den', [1], 'expired');

    expect(await say({}, anotherContainer(harness))).toMatchObject(refusedWith('behind'));
  });
});

describe('a message is refused', () => {
  it.each<[string, (harness: Harness, sender: Requester) => unknown, object]>([
    [
      'to one who is not in the room',
      (harness) => harness.connections.leave('ann-1', 'den', createCharge(SYNCS, NOW), NOW),
      refusedWith('notMember'),
    ],
    ['to one whose row is gone', (harness) => harness.connections.close('ann-1'), refusedWith('expired')],
    ['to one whose token is over', (harness) => harness.clock.runUntil(NOW + HOUR), refusedWith('expired')],
    [
      'to one in a hurry, who is told when to come again',
      spend,
      { ...refusedWith('rateLimited'), retryAfterMs: 200 },
    ],
    [
      'to one whose other connections are in a hurry',
      spendUsers,
      { ...refusedWith('rateLimited'), retryAfterMs: 100 },
    ],
    [
      'to one who knows too little',
      (harness) => {
        fill(harness, 'den', range(1, 10));
        expire(harness, 'den', [3], 'removed');
      },
      refusedWith('behind'),
    ],
  ])('%s', async (_name, prepare, expected) => {
    const { harness, sender, say } = await joinedRoom();
    await prepare(harness, sender);
    const before = idsIn(harness, 'den');

    expect(await say()).toMatchObject(expected);

    expect(idsIn(harness, 'den')).toEqual(before);
    expect(harness.posts).toEqual([]);
  });

  it('when the log cannot be written for twenty seconds', async () => {
    const { harness, say } = await joinedRoom();
    const dead = withCalls(harness, 'log', { put: unavailable });

    expect(await say({}, dead)).toMatchObject({ ...refusedWith('unavailable'), retryAfterMs: 1000 });

    expect(harness.posts).toEqual([]);
    expect(harness.clock.now() - NOW).toBeLessThan(21_000);
  });

  it.each<[string, (harness: Harness) => Partial<Harness>]>([
    ['the log cannot be read', (harness) => withCalls(harness, 'log', { readIdentities: unavailable })],
    ['the sender cannot be checked', (harness) => withCalls(harness, 'connections', { charge: unavailable })],
    ['the user cannot be charged', (harness) => withCalls(harness, 'sendQuotas', { charge: unavailable })],
  ])('by its caller when %s, and nothing is written', async (_name, broken) => {
    const { harness, say } = await joinedRoom();

    await expect(say({}, { ...harness, ...broken(harness) })).rejects.toBeInstanceOf(Unavailable);

    expect(idsIn(harness, 'den')).toEqual([]);
  });
});

describe('connections that were gone', () => {
  it('are forgotten in every room they were in, and those there are told', async () => {
    const { harness, say } = await joinedRoom();
    await connect(harness, 'dan-1', { id: 'dan', name: 'Dan' }, ['den', 'attic']);
    harness.answers.set('dan-1', 'gone');

    expect(await say()).toMatchObject({ type: 'ack', seq: 1 });

    expect(await membersIn(harness, 'den')).toEqual(['ann-1', 'ann-2', 'bob-1']);
    expect(await membersIn(harness, 'attic')).toEqual(['cara-1']);
    expect(await harness.connections.close('dan-1')).toBeUndefined();
    const told = harness.posts.filter(({ frame }) => frame.type === 'memberLeft');
    expect(told.map(({ to, frame }) => [to, 'room' in frame && frame.room]).sort()).toEqual([
      ['ann-1', 'den'],
      ['ann-2', 'den'],
      ['bob-1', 'den'],
      ['cara-1', 'attic'],
    ]);
  });

  it('are forgotten here even when their own row was gone before', async () => {
    const { harness, say } = await joinedRoom();
    await harness.connections.close('bob-1');
    harness.answers.set('bob-1', 'gone');

    await say();

    expect(await membersIn(harness, 'den')).toEqual(['ann-1', 'ann-2']);
  });

  it('are nobody whose post failed in any other way', async () => {
    const { harness, say } = await joinedRoom();
    harness.answers.set('ann-2', 'failed');
    harness.answers.set('bob-1', 'retry');

    await say();

    expect(await membersIn(harness, 'den')).toEqual(['ann-1', 'ann-2', 'bob-1']);
  });
});

describe('a fan-out is left to the worker', () => {
  it('as far as it has not ended in the time a reply may wait', async () => {
    const { harness, say } = await joinedRoom();
    harness.answers.set('bob-1', 'retry');

    expect(await say()).toMatchObject({ type: 'ack', seq: 1 });

    expect(harness.handedOver).toEqual([{ room: 'den', seq: 1, except: 'ann-1', only: ['bob-1'] }]);
    expect(harness.clock.now() - NOW).toBeLessThanOrEqual(1_500);
  });

  it.each([
    [500, false],
    [501, true],
  ])('in a room of %s connections: %s', async (size, expected) => {
    const { harness, say } = await joinedRoom();
    for (const i of range(4, size)) await connect(harness, `more-${i}`, cara, ['den']);

    expect(await say()).toMatchObject({ type: 'ack', seq: 1 });

    expect(harness.posts).toHaveLength(expected ? 0 : size - 1);
    expect(harness.handedOver).toEqual(expected ? [{ room: 'den', seq: 1, except: 'ann-1' }] : []);
  });

  it.each<[string, (harness: Harness) => Partial<PublishContext>]>([
    [
      'the worker cannot be reached',
      () => ({
        fanOutQueue: { enqueue: unavailable },
      }),
    ],
    [
      'the members cannot be read',
      (harness) =>
        withCalls(harness, 'members', {
          // biome-ignore lint/correctness/useYield: it fails before it has anything to give
          async *list() {
            throw new Unavailable('no reply');
          },
        }),
    ],
  ])('or to pings, when %s: the message is acknowledged', async (_name, broken) => {
    const { harness, say } = await joinedRoom();
    harness.answers.set('bob-1', 'retry');

    expect(await say({}, { ...harness, ...broken(harness) })).toMatchObject({ type: 'ack', seq: 1 });
  });

  it('but an error that is nobody’s unavailability is not hidden', async () => {
    const { harness, say } = await joinedRoom();
    harness.answers.set('bob-1', 'retry');
    const broken = {
      ...harness,
      fanOutQueue: {
        enqueue: async () => {
          throw new TypeError('a bug');
        },
      },
    };

    await expect(say({}, broken)).rejects.toThrow('a bug');
  });
});

describe('the worker', () => {
  const carry = async (harness: Harness, given: Partial<FanOutJob> = {}) =>
    finish(harness, runFanOutJob(harness, { room: 'den', seq: 1, ...given }, harness.clock.now() + 50_000));

  it.each<[string, Partial<FanOutJob>, string[]]>([
    ['everyone', {}, ['ann-1', 'ann-2', 'bob-1']],
    ['everyone but one', { except: 'ann-1' }, ['ann-2', 'bob-1']],
    ['those still owed a post', { only: ['bob-1', 'stranger'] }, ['bob-1']],
    ['those still owed a post, but one', { only: ['bob-1', 'ann-1'], except: 'ann-1' }, ['bob-1']],
    ['nobody, for an entry that is not there', { seq: 2 }, []],
  ])('posts to %s', async (_name, given, expected) => {
    const { harness } = await joinedRoom();
    fill(harness, 'den', [1]);

    await carry(harness, given);

    expect(sentTo(harness)).toEqual(expected);
  });

  it('posts nothing of an entry that has expired', async () => {
    const { harness } = await joinedRoom();
    fill(harness, 'den', [1, 2]);
    expire(harness, 'den', [1], 'expired');

    await carry(harness);

    expect(harness.posts).toEqual([]);
  });

  it('posts to a room of any size', async () => {
    const { harness } = await joinedRoom();
    fill(harness, 'den', [1]);
    for (const i of range(4, 1_200)) await connect(harness, `more-${i}`, cara, ['den']);

    await carry(harness);

    expect(new Set(sentTo(harness)).size).toBe(1_200);
    expect(harness.posts).toHaveLength(1_200);
    expect(harness.handedOver).toEqual([]);
  });
});

describe('with a retention', () => {
  const retentionMs = 2 * HOUR;

  const expiries = (harness: Harness) =>
    (harness.rows.get('den') ?? []).slice(1).map((row) => row?.expiresAt && row.expiresAt - NOW);

  it.each<[string, number | undefined, (number | undefined)[]]>([
    ['a message expires that long after it was sent, once another follows', 2 * HOUR, [2 * HOUR, undefined]],
    ['of an hour, as well', HOUR, [HOUR + 60_000, undefined]],
    ['of none, nothing ever expires', undefined, [undefined, undefined]],
  ])('%s', async (_name, given, expected) => {
    const { harness, say } = await joinedRoom(given === undefined ? {} : { retentionMs: given });

    await say({ id: 'first-id' });
    await harness.clock.runUntil(NOW + 60_000);
    await say({ id: 'second-id', after: 1 });

    expect(expiries(harness)).toEqual(expected);
  });

  it('a message stays another hour when it was the newest for long', async () => {
    const { harness, say } = await joinedRoom({ retentionMs });
    fill(harness, 'den', [{ seq: 1, at: NOW - 100 * HOUR }]);

    await say({ after: 1 });

    expect(expiries(harness)).toEqual([HOUR, undefined]);
  });

  it('what an earlier send missed is given its expiry by one that reads it', async () => {
    const { harness, say } = await joinedRoom({ retentionMs });
    fill(harness, 'den', [1, 2, 3]);

    await say({ after: 0 });

    expect(expiries(harness)).toEqual([2 * HOUR, 2 * HOUR, 2 * HOUR, undefined]);
  });

  it('every sixteenth message looks for rows without an expiry anywhere in the log', async () => {
    const { harness, say } = await joinedRoom({ retentionMs });
    fill(harness, 'den', range(1, 1_007));
    harness.random = () => 0.5;

    await say({ after: 1_007 });

    const expiring = expiries(harness).flatMap((expiry, i) => (expiry === undefined ? [] : [i + 1]));
    expect(expiring).toEqual([...range(504, 519), ...range(960, 1_007)]);
  });

  it('what a crash left is given its expiry within the next messages, and so are rows from before the retention', async () => {
    const { harness, say } = await joinedRoom();
    const later = withCalls(harness, 'settings', {
      retentionMs,
      sendsPerSecond: 1_000,
      userSendsPerSecond: 1_000,
    });
    for (let i = 0; i < 40; i++)
      await say(
        { id: `before-${i}`, after: i },
        { ...later, settings: { ...later.settings, retentionMs: undefined } as never },
      );

    for (let i = 40; i < 140; i++) await say({ id: `after-${i}-x`, after: i }, later);

    expect(expiries(harness).filter((expiry) => expiry === undefined)).toHaveLength(1);
  });

  it('a send that walks past others’ rows gives them their expiry', async () => {
    const { harness, say } = await joinedRoom({ retentionMs });
    await say({ id: 'first-id' });
    fill(harness, 'den', [2, 3]);

    await say({ id: 'second-id', after: 1 });

    expect(expiries(harness)).toEqual([2 * HOUR, 2 * HOUR, 2 * HOUR, undefined]);
  });

  it('a repeat gives the rows below its own their expiry, and none to its own or those above', async () => {
    const { harness, say } = await joinedRoom({ retentionMs });
    fill(harness, 'den', [1, { seq: 2, id: 'my-own-id', from: ann }, 3]);

    expect(await say()).toMatchObject({ seq: 2, duplicate: true });

    expect(expiries(harness)).toEqual([2 * HOUR, undefined, undefined]);
  });

  it('a message is acknowledged when the one below could not be given its expiry', async () => {
    const { harness, say } = await joinedRoom({ retentionMs });
    fill(harness, 'den', [1]);
    const flaky = withCalls(harness, 'log', { expire: unavailable });

    expect(await say({ after: 1 }, flaky)).toMatchObject({ type: 'ack', seq: 2 });
  });
});
