import { EVERYWHERE } from '../../lib/ports/banStore';
import { activeOf, type Connection, FINAL_FENCE } from '../../lib/ports/connectionStore';
import type { NewPart } from '../../lib/ports/draftStore';
import type { Follow, ReadMark } from '../../lib/ports/followStore';
import type { Change, Reaction, StoredEntry } from '../../lib/ports/logStore';
import type { Member } from '../../lib/ports/memberStore';
import type { Turn } from '../../lib/ports/restrictionStore';
import type { OwnSubscription } from '../../lib/ports/subscriptionStore';
import type { Charge, ChargeResult } from '../../lib/ports/tokenBucketCharge';
import { MAX_WATCHERS } from '../../lib/ports/watcherStore';
import type { Content, MessageEntry, RoomBan } from '../../lib/protocol';
import { judged } from '../../lib/protocol/errorReplies';
import { createCharge, sendRate } from '../../lib/rateLimiting/tokenBucket';
import { hashOf } from '../../lib/util/hashOf';
import { PATIENCE_MS, type Stores } from './engines';

jest.setTimeout(PATIENCE_MS);

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const LEASE = NOW + 90_000;
const MAX_ROOMS = 50;

/** A bucket that gives way to nothing a test does on its way to what it is about. */
const ample: Charge = { bucket: 'syncs', now: NOW, costMs: 1, burstMs: 1_000_000 };

/** Twenty at once, then five a second. */
const sends = (now = NOW): Charge => ({ bucket: 'sends', now, costMs: 200, burstMs: 4_000 });

let made = 0;
const fresh = (what: string) => `${what}-${made++}z`;

/** The most rooms of a connection, in order. */
const LONG_NAMES = Array.from({ length: 50 }, (_, i) => `room-${i}`.padEnd(64, 'x')).sort();

/** What every implementation of the store ports must do: the database's adapters and the simulation's stores alike. */
export function describeStores(open: () => Promise<{ stores: Stores; close(): Promise<void> }>): void {
  let stores: Stores;
  let close = async () => {};

  beforeAll(async () => {
    ({ stores, close } = await open());
  });
  afterAll(() => close());

  /** A room whose log holds the entries from 1 up to `head`. */
  const roomWith = async (head: number, text = 'hello'): Promise<string> => {
    const room = fresh('room');
    const seqs = Array.from({ length: head }, (_, i) => i + 1);
    await Promise.all(seqs.map((seq) => stores.log.put(room, entry(seq, text))));
    return room;
  };

  const isBanned = async (user: string, room: string, now: number): Promise<boolean> =>
    (await stores.users.findBan(user, [room, EVERYWHERE], now)) !== undefined;

  const expire = (room: string, seqs: readonly number[], at = NOW - HOUR) =>
    Promise.all(seqs.map((seq) => stores.log.expire(room, seq, at)));

  /** An open connection, in these rooms. */
  const connected = async (given: Partial<Connection> = {}, rooms: readonly string[] = []) => {
    const connection = {
      id: fresh('connection'),
      user: { id: 'ann', name: 'Ann' },
      expiresAt: NOW + HOUR,
      ...given,
    };
    await stores.connections.open(connection, LEASE);
    for (const room of rooms) await enter(connection.id, room);
    return connection.id;
  };

  const enter = async (id: string, room: string, charge = ample): Promise<ChargeResult> => {
    const entered = await stores.connections.join(id, room, charge, LEASE, MAX_ROOMS);
    return 'kind' in entered ? entered : 'ok';
  };

  /** Tells whether the connection was in the room. */
  const leave = async (id: string, room: string): Promise<boolean | undefined> => {
    const left = await stores.connections.leave(id, room, ample, LEASE);
    await stores.connections.finishLeave(id, room);
    return 'kind' in left ? undefined : left.wasMember;
  };

  /** The rooms of a connection that is open and unexpired, of those that tests use. */
  const renew = async (id: string, now = NOW, leaseUntil = LEASE): Promise<string[] | undefined> => {
    const renewed = await stores.connections.renewLease(id, { ...ample, now }, leaseUntil);
    if ('kind' in renewed) return undefined;
    return ['attic', 'cellar', 'den', ...LONG_NAMES].filter((room) => renewed.rooms.has(room));
  };

  /** The rooms that were not told of a connection. */
  const untoldBy = async (id: string): Promise<string[]> => {
    const renewed = await stores.connections.renewLease(id, ample, LEASE);
    const untold = (await stores.connections.listUntold(id)).sort();
    expect(renewed).toMatchObject({ hasUntold: untold.length > 0 });
    return untold;
  };

  /** The ids of those that are present, in order. */
  const present = async (ids: readonly string[], now: number): Promise<string[]> =>
    activeOf(await stores.connections.find(ids), now)
      .map(({ id }) => id)
      .sort();

  const membersOf = async (room: string, pageSize = 100, laterPageSize?: number): Promise<Member[][]> => {
    const pages: Member[][] = [];
    for await (const page of stores.members.list(room, pageSize, laterPageSize)) pages.push(page);
    return pages;
  };

  describe('the log', () => {
    it('gives back an entry as it was written', async () => {
      const room = fresh('room');
      const written = entry(1, 'tab\tnewline\n"quotes" \\ 日本 🦄 \u2028');

      expect(await stores.log.put(room, written)).toBe('written');

      expect(await stores.log.readForward(room, 1, 1, NOW)).toEqual([written]);
      expect(await stores.log.readBackward(room, undefined, 1, NOW)).toEqual([written]);
      const { seq, id, from, at } = written;
      expect(await stores.log.readIdentities(room, 1, 1)).toMatchObject([{ seq, id, user: from.id, at }]);
    });

    it('tells how many messages there were up to a row, and what the newest row is', async () => {
      const room = fresh('room');
      expect(await stores.messageCounts.readNewest(room)).toBeUndefined();
      await stores.log.put(room, entry(1), undefined, 1);
      await stores.log.put(room, deletion(2), undefined, 1);
      await stores.log.put(room, entry(3), undefined, 2);
      await stores.log.applyChange(room, { ...deletion(4), of: 3 });

      const slots = await stores.log.readIdentities(room, 1, 9);
      expect(slots.map(({ n }) => n)).toEqual([1, 1, 2]);
      expect(await stores.messageCounts.readNewest(room)).toMatchObject({
        entry: { type: 'tombstone', seq: 3 },
        n: 2,
      });
    });

    it('counts the messages of a range that have their words', async () => {
      const room = await roomWith(40);
      await stores.log.put(room, edit(41, 4));
      await stores.log.applyChange(room, { ...deletion(42), of: 5 });
      await expire(room, [6]);
      const count = async (above: number, upTo: number, messages = 99) =>
        (await stores.messageCounts.countMessages(room, { above, upTo }, NOW, { messages, kilobytes: 99 }))
          .messages;

      expect([await count(3, 8), await count(0, 41), await count(8, 8)]).toEqual([3, 38, 0]);
      expect(await count(0, 41, 5)).toBeGreaterThan(5);
    });

    it.each([
      ['by somebody', { by: { id: 'bob', name: 'Bob' } }],
      ['by the operator', {}],
    ])('tells who was put out %s, and marks the row', async (_name, by) => {
      const room = fresh('room');
      const told = {
        type: 'system',
        seq: 1,
        what: 'kicked',
        user: { id: 'ann', name: 'Ann' },
        at: NOW,
        ...by,
      } as const;

      expect(await stores.log.put(room, { ...told, id: 'made-by-server' })).toBe('written');

      expect(await stores.log.readForward(room, 1, 1, NOW)).toEqual([told]);
      expect(await stores.log.readBackward(room, undefined, 1, NOW)).toEqual([told]);
      expect(await stores.log.readIdentities(room, 1, 1)).toMatchObject([
        { seq: 1, id: 'made-by-server', user: 'ann', at: NOW, removes: true },
      ]);
    });

    it('never rewrites a slot', async () => {
      const room = await roomWith(1);

      expect(await stores.log.put(room, { ...entry(1, 'another'), id: 'another-id' })).toBe('taken');

      expect(await stores.log.readForward(room, 1, 10, NOW)).toEqual([entry(1)]);
    });

    it('lets exactly one of twenty writers have a slot', async () => {
      const room = await roomWith(1);
      const rivals = Array.from({ length: 20 }, (_, i) => ({ ...entry(2), id: `rival-id-${i}` }));

      const outcomes = await Promise.all(rivals.map((rival) => stores.log.put(room, rival)));

      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
      expect(await stores.log.readForward(room, 2, 10, NOW)).toEqual([rivals[outcomes.indexOf('written')]]);
    });

    it.each<[string, number, number, number[]]>([
      ['from the first', 1, 10, [1, 2, 3, 4, 5]],
      ['from zero', 0, 10, [1, 2, 3, 4, 5]],
      ['from the middle', 3, 10, [3, 4, 5]],
      ['as many as asked for', 2, 2, [2, 3]],
      ['the head', 5, 1, [5]],
      ['nothing above the head', 6, 10, []],
    ])('reads up: %s', async (_name, seq, limit, expected) => {
      const room = await roomWith(5);

      expect(seqsOf(await stores.log.readForward(room, seq, limit, NOW))).toEqual(expected);
      expect(seqsOf(await stores.log.readIdentities(room, seq, limit))).toEqual(expected);
    });

    it.each<[string, number | undefined, number, number[]]>([
      ['from the head', undefined, 10, [5, 4, 3, 2, 1]],
      ['the head alone', undefined, 1, [5]],
      ['from the middle', 3, 10, [3, 2, 1]],
      ['as many as asked for', 4, 2, [4, 3]],
      ['from beyond the head', 99, 2, [5, 4]],
      ['nothing below the first', 0, 10, []],
    ])('reads down: %s', async (_name, seq, limit, expected) => {
      const room = await roomWith(5);

      expect(seqsOf(await stores.log.readBackward(room, seq, limit, NOW))).toEqual(expected);
    });

    it('keeps rooms apart', async () => {
      const room = await roomWith(2);
      const neighbours = [`${room}.a`, `${room}z`, room.slice(0, -1)];

      await Promise.all(neighbours.map((other) => stores.log.put(other, entry(3))));

      expect(seqsOf(await stores.log.readForward(room, 0, 10, NOW))).toEqual([1, 2]);
    });

    it('reads an empty room as empty', async () => {
      const room = fresh('room');

      expect(await stores.log.readForward(room, 0, 10, NOW)).toEqual([]);
      expect(await stores.log.readBackward(room, undefined, 10, NOW)).toEqual([]);
      expect(await stores.log.readIdentities(room, 0, 10)).toEqual([]);
    });

    it('reads beyond what the database gives at a time (1 MB)', async () => {
      const room = await roomWith(90, '🦄'.repeat(4000));
      const seqs = Array.from({ length: 90 }, (_, i) => i + 1);

      expect(seqsOf(await stores.log.readForward(room, 1, 100, NOW))).toEqual(seqs);
      expect(seqsOf(await stores.log.readIdentities(room, 1, 100))).toEqual(seqs);
      expect(seqsOf(await stores.log.readForward(room, 1, 80, NOW))).toEqual(seqs.slice(0, 80));
      expect(seqsOf(await stores.log.readBackward(room, undefined, 100, NOW))).toEqual(seqs.reverse());
    });

    it('passes over expired rows, except where slots are compared', async () => {
      const room = await roomWith(6);
      await expire(room, [1, 2, 4]);

      expect(seqsOf(await stores.log.readForward(room, 1, 10, NOW))).toEqual([3, 5, 6]);
      expect(seqsOf(await stores.log.readForward(room, 1, 2, NOW))).toEqual([3, 5]);
      expect(seqsOf(await stores.log.readBackward(room, 5, 2, NOW))).toEqual([5, 3]);
      const slots = await stores.log.readIdentities(room, 1, 10);
      expect(slots.map(({ seq, expiresAt }) => [seq, expiresAt])).toEqual([
        [1, NOW - HOUR],
        [2, NOW - HOUR],
        [3, undefined],
        [4, NOW - HOUR],
        [5, undefined],
        [6, undefined],
      ]);
    });

    it('finds the live rows beyond many expired ones', async () => {
      const room = await roomWith(150);
      await expire(
        room,
        Array.from({ length: 148 }, (_, i) => i + 2),
      );

      expect(seqsOf(await stores.log.readForward(room, 2, 1, NOW))).toEqual([150]);
      expect(seqsOf(await stores.log.readForward(room, 1, 100, NOW))).toEqual([1, 150]);
      expect(seqsOf(await stores.log.readBackward(room, 149, 1, NOW))).toEqual([1]);
      expect(await stores.log.readIdentities(room, 1, 500)).toHaveLength(150);
    });

    it.each([
      ['a millisecond before', -1, [1]],
      ['at that very time', 0, []],
      ['a millisecond after', 1, []],
    ])('counts a row up to its expiry: %s', async (_name, offset, expected) => {
      const room = await roomWith(1);
      await expire(room, [1], NOW);

      expect(seqsOf(await stores.log.readForward(room, 1, 1, NOW + offset))).toEqual(expected);
    });

    it('rounds an expiry up to a whole second, as the database keeps it', async () => {
      const room = await roomWith(1);

      await stores.log.expire(room, 1, NOW + 1);

      expect(await stores.log.readIdentities(room, 1, 1)).toMatchObject([{ expiresAt: NOW + 1_000 }]);
    });

    it('creates nothing by giving a missing row an expiry', async () => {
      const room = await roomWith(1);

      await stores.log.expire(room, 2, NOW + HOUR);

      expect(seqsOf(await stores.log.readIdentities(room, 0, 10))).toEqual([1]);
      expect(await stores.log.put(room, entry(2))).toBe('written');
      expect(await stores.log.readIdentities(room, 2, 1)).not.toHaveProperty('0.expiresAt');
    });

    it('keeps an expired row’s slot taken', async () => {
      const room = await roomWith(1);
      await expire(room, [1]);

      expect(await stores.log.put(room, entry(1))).toBe('taken');
    });

    const bob = { id: 'bob', name: 'Bob' };
    const words = { text: 'new', data: { a: [1, { b: null }] }, mentions: ['bob', 'ann'] };
    const edit = (seq: number, of = 1, given: Content = words) =>
      ({ type: 'edited', seq, id: `edit-of-${seq}`, of, from: bob, at: NOW, ...given }) as const;
    const deletion = (seq: number, by: 'author' | 'moderator' = 'author') =>
      ({ type: 'deleted', seq, id: `deletion-${seq}`, of: 1, from: bob, at: NOW, by }) as const;
    const rows = async (room: string, ...seqs: number[]) => stores.log.readRows(room, seqs, NOW);

    it('keeps the structure of a message, and its hash', async () => {
      const room = fresh('room');
      const written = { ...entry(1), ...words, kind: 'poll', replyTo: 1 };

      await stores.log.put(room, written, 'hash-1');
      // Its mentions have to be noted.
      expect(await stores.log.readForward(room, 1, 1, NOW)).toEqual([
        { type: 'pending', seq: 1, change: written },
      ]);
      await stores.log.clearPending(room, written);

      expect(await stores.log.readForward(room, 1, 1, NOW)).toEqual([written]);
      expect(await stores.log.readIdentities(room, 1, 1)).toMatchObject([{ hash: 'hash-1' }]);
    });

    it('keeps a change pending until that is cleared, and then without its words', async () => {
      const room = await roomWith(1);
      await stores.log.put(room, edit(2), 'hash-2');
      await stores.log.put(room, deletion(3, 'moderator'));

      expect(await stores.log.readForward(room, 2, 2, NOW)).toEqual([
        { type: 'pending', seq: 2, change: edit(2) },
        { type: 'pending', seq: 3, change: deletion(3, 'moderator') },
      ]);
      const pending = { isChange: true, isPending: true };
      expect(await stores.log.readIdentities(room, 2, 2)).toMatchObject([
        { hash: 'hash-2', ...pending },
        pending,
      ]);
      for (const seq of [2, 3, 3, 9]) await stores.log.clearPending(room, { type: 'edited', seq });

      const { text: _, data: __, mentions: ___, ...told } = edit(2);
      expect(await stores.log.readForward(room, 1, 9, NOW)).toEqual([
        entry(1),
        told,
        deletion(3, 'moderator'),
      ]);
      expect(await stores.log.readIdentities(room, 2, 1)).not.toHaveProperty('0.isPending');
    });

    const short = { text: 'new' };
    const tombstone = { type: 'tombstone', seq: 1, id: entry(1).id, from: entry(1).from, at: entry(1).at };
    it.each<[string, Change[], boolean[], object]>([
      ['an edit', [edit(2)], [true], { ...entry(1), ...words, rev: 2, editedAt: NOW }],
      [
        'the same edit twice',
        [edit(2), edit(2)],
        [true, false],
        { ...entry(1), ...words, rev: 2, editedAt: NOW },
      ],
      [
        'an older edit later',
        [edit(3), edit(2, 1, short)],
        [true, false],
        { ...entry(1), ...words, rev: 3, editedAt: NOW },
      ],
      [
        'an edit without data',
        [edit(2), edit(3, 1, short)],
        [true, true],
        { ...entry(1), ...short, rev: 3, editedAt: NOW },
      ],
      ['a deletion', [deletion(2)], [true], { ...tombstone, deleted: 2, by: 'author' }],
      [
        'a deletion and a later edit',
        [deletion(2), edit(3)],
        [true, false],
        { ...tombstone, deleted: 2, by: 'author' },
      ],
      [
        'an edit and an earlier deletion',
        [edit(3), deletion(2)],
        [true, true],
        { ...tombstone, deleted: 2, by: 'author' },
      ],
      [
        'the first of two deletions',
        [deletion(3, 'moderator'), deletion(2)],
        [true, true],
        { ...tombstone, deleted: 2, by: 'author' },
      ],
      [
        'not the second deletion',
        [deletion(2, 'moderator'), deletion(3)],
        [true, false],
        { ...tombstone, deleted: 2, by: 'moderator' },
      ],
    ])('carries out %s', async (_name, changes, expected, state) => {
      const room = await roomWith(1);

      const outcomes: boolean[] = [];
      for (const change of changes) outcomes.push(await stores.log.applyChange(room, change));

      expect(outcomes).toEqual(expected);
      expect(await rows(room, 1)).toEqual([state]);
    });

    it('brings nothing back by a change of what is not there', async () => {
      const room = await roomWith(1);

      expect(await stores.log.applyChange(room, edit(3, 2))).toBe(false);
      expect(await stores.log.applyChange(room, { ...deletion(3), of: 2 })).toBe(false);

      expect(seqsOf(await stores.log.readIdentities(room, 0, 10))).toEqual([1]);
    });

    it('tells what the right to change a message depends on', async () => {
      const room = await roomWith(3);
      await stores.log.put(room, edit(4, 3));
      await expire(room, [2]);
      const target = (seq: number) => stores.log.readTarget(room, seq, NOW);

      expect(await target(1)).toEqual({ user: entry(1).from.id, at: entry(1).at, edits: 0, isGone: false });
      await stores.log.applyChange(room, edit(5));
      await stores.log.applyChange(room, edit(5));
      expect(await target(1)).toMatchObject({ edits: 1 });
      await stores.log.applyChange(room, deletion(6));
      expect(await target(1)).toMatchObject({ isGone: true });
      expect([await target(2), await target(4), await target(9)]).toEqual([undefined, undefined, undefined]);
    });

    it('tells which of a hundred rooms have reached a seq', async () => {
      const room = await roomWith(3);
      const others = Array.from({ length: 97 }, () => fresh('room'));
      const asked = new Map<string, number>([
        [room, 3],
        [await roomWith(2), 3],
        [await roomWith(2), Number.MAX_SAFE_INTEGER],
        ...others.map((other): [string, number] => [other, 1]),
      ]);

      expect(await stores.log.roomsBeyond(asked)).toEqual([room]);
      expect(await stores.log.roomsBeyond(new Map())).toEqual([]);
    });
  });

  describe('charges', () => {
    const charge = (id: string, room: string, charged: Charge): Promise<ChargeResult> =>
      stores.connections.charge(id, room, charged, LEASE);

    const chargeTimes = async (times: number, id: string, room: string, charged: Charge) => {
      const outcomes: ChargeResult[] = [];
      for (let i = 0; i < times; i++) outcomes.push(await charge(id, room, charged));
      return outcomes;
    };

    it('lets a burst through and then says truthfully how long to wait', async () => {
      const id = await connected({}, ['den']);

      expect(await chargeTimes(20, id, 'den', sends())).toEqual(Array(20).fill('ok'));

      expect(await charge(id, 'den', sends())).toEqual({ kind: 'rateLimited', retryAfterMs: 200 });
      expect(await charge(id, 'den', sends(NOW + 50))).toEqual({ kind: 'rateLimited', retryAfterMs: 150 });
      expect(await charge(id, 'den', sends(NOW + 199))).toEqual({ kind: 'rateLimited', retryAfterMs: 1 });
      expect(await charge(id, 'den', sends(NOW + 200))).toBe('ok');
      expect(await charge(id, 'den', sends(NOW + 200))).toEqual({ kind: 'rateLimited', retryAfterMs: 200 });
    });

    it.each<[string, boolean, number]>([
      ['which takes its token', false, 18],
      ['which takes none of a bucket that is not full', true, 19],
    ])('asks once what else refuses a frame, %s', async (_name, isFree, left) => {
      const id = await connected({}, ['den']);
      let asked = 0;
      const judge = async () => {
        asked++;
        return judged({ code: 'readOnly', message: 'No.' }, isFree || undefined);
      };
      const refuse = () => stores.connections.charge(id, 'den', sends(), LEASE, judge);

      expect([await refuse(), await refuse()]).toMatchObject([{ kind: 'judged' }, { kind: 'judged' }]);

      expect(asked).toBe(2);
      expect(await chargeTimes(left, id, 'den', sends())).toEqual(Array(left).fill('ok'));
      expect(await charge(id, 'den', sends())).toMatchObject({ kind: 'rateLimited' });
    });

    it('asks nobody about a frame that the connection refuses, and takes a token where nobody objects', async () => {
      const id = await connected({}, ['den']);
      let asked = 0;
      const judge = async () => {
        asked++;
        return undefined;
      };
      const act = (room: string) => stores.connections.charge(id, room, sends(), LEASE, judge);

      expect(await act('attic')).toEqual({ kind: 'notMember' });
      expect([await act('den'), await act('den')]).toEqual(['ok', 'ok']);
      await chargeTimes(18, id, 'den', sends());

      expect(await act('den')).toMatchObject({ kind: 'rateLimited' });
      expect(asked).toBe(2);
    });

    it('foresees how a join and a leave will move the bucket, and what refuses them', async () => {
      const id = await connected({}, ['den']);
      const { connections } = stores;
      const join = (room: string, charged: Charge, maxRooms = MAX_ROOMS) =>
        connections.foreseeJoin(id, room, charged, maxRooms);

      expect(await join('attic', sends())).toEqual({
        way: 'restart',
        isMember: false,
        isLeaving: false,
        isBarred: false,
        fence: 0,
      });
      await charge(id, 'den', sends());
      expect(await join('den', sends(), 1)).toMatchObject({
        way: 'advance',
        isMember: true,
        isLeaving: false,
      });
      expect(await connections.foreseeLeave(id, sends())).toMatchObject({ way: 'advance' });
      expect(await join('attic', sends(), 1)).toEqual({ kind: 'tooManyRooms' });

      await connections.requireBanCheck(id, ['attic']);
      expect(await join('attic', sends())).toMatchObject({ isMember: false, isBarred: true, fence: 0 });
      await chargeTimes(19, id, 'den', sends());
      expect(await join('attic', sends())).toEqual({ kind: 'rateLimited', retryAfterMs: 200 });
      expect(await connections.foreseeLeave(id, sends())).toMatchObject({ kind: 'rateLimited' });
      expect(await connections.foreseeJoin('nobody', 'den', sends(), 1)).toEqual({ kind: 'closed' });
      expect(await connections.foreseeLeave('nobody', sends())).toEqual({ kind: 'closed' });
    });

    it('moves a bucket right whatever way it was seen to move', async () => {
      const id = await connected({}, ['den']);
      const asSeen = {
        advance: { ...sends(), way: 'advance' },
        restart: { ...sends(), way: 'restart' },
      } as const;

      for (const way of ['advance', 'advance', 'restart', 'restart'] as const)
        expect(await charge(id, 'den', asSeen[way])).toBe('ok');

      expect(await chargeTimes(16, id, 'den', sends())).toEqual(Array(16).fill('ok'));
      expect(await charge(id, 'den', asSeen.restart)).toMatchObject({ kind: 'rateLimited' });
    });

    it('never refuses the steady rate, and fills up again in silence', async () => {
      const id = await connected({}, ['den']);

      for (let i = 0; i < 60; i++) expect(await charge(id, 'den', sends(NOW + i * 200))).toBe('ok');

      expect(await chargeTimes(20, id, 'den', sends(NOW + HOUR / 2))).toEqual(Array(20).fill('ok'));
    });

    it('never lets parallel frames take more than the bucket holds', async () => {
      const id = await connected({}, ['den']);

      const outcomes = await Promise.all(Array.from({ length: 40 }, () => charge(id, 'den', sends())));

      expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(20);
      expect(await charge(id, 'den', sends())).toMatchObject({ kind: 'rateLimited' });
    });

    it('restarts a bucket that a wrong clock has filled for a long time', async () => {
      const id = await connected({}, ['den']);
      await charge(id, 'den', sends(NOW + HOUR / 2));

      expect(await chargeTimes(20, id, 'den', sends())).toEqual(Array(20).fill('ok'));
      expect(await charge(id, 'den', sends())).toMatchObject({ kind: 'rateLimited' });
    });

    it('does not restart a bucket because of clocks a little apart', async () => {
      const id = await connected({}, ['den']);
      await chargeTimes(20, id, 'den', sends(NOW + 3_000));

      expect(await charge(id, 'den', sends())).toEqual({ kind: 'rateLimited', retryAfterMs: 3_200 });
    });

    it('keeps the two buckets apart', async () => {
      const id = await connected({}, ['den']);
      await chargeTimes(20, id, 'den', sends());

      expect(await charge(id, 'den', sends())).toMatchObject({ kind: 'rateLimited' });
      expect(await charge(id, 'den', { ...sends(), bucket: 'syncs' })).toBe('ok');
    });

    it.each<[string, () => Promise<string>, Charge, ChargeResult]>([
      ['one that never was', async () => 'nobody', sends(), { kind: 'closed' }],
      [
        'one that is closed',
        async () => {
          const id = await connected({}, ['den']);
          await stores.connections.close(id);
          return id;
        },
        sends(),
        { kind: 'closed' },
      ],
      ['one at its expiry', () => connected({}, ['den']), sends(NOW + HOUR), { kind: 'expired' }],
      ['one just before it', () => connected({}, ['den']), sends(NOW + HOUR - 1), 'ok'],
      ['one in another room', () => connected({}, ['attic']), sends(), { kind: 'notMember' }],
      ['one in no room', () => connected(), sends(), { kind: 'notMember' }],
      ['an expired one in no room', () => connected(), sends(NOW + HOUR), { kind: 'expired' }],
      [
        'one that left',
        async () => {
          const id = await connected({}, ['den']);
          await leave(id, 'den');
          return id;
        },
        sends(),
        { kind: 'notMember' },
      ],
    ])('judges %s', async (_name, open, charged, expected) => {
      const id = await open();

      expect(await charge(id, 'den', charged)).toEqual(expected);
    });

    it('takes nothing for a frame that is refused', async () => {
      const id = await connected({}, ['den']);

      await chargeTimes(30, id, 'attic', sends());

      expect(await chargeTimes(20, id, 'den', sends())).toEqual(Array(20).fill('ok'));
    });

    it('creates no connection by refusing one', async () => {
      const id = fresh('connection');
      await charge(id, 'den', sends());
      await enter(id, 'den');
      await leave(id, 'den');
      await renew(id);

      expect(await stores.connections.close(id)).toBeUndefined();
    });
  });

  describe('the rooms of a connection', () => {
    it('has no more than fifty, and any of those again', async () => {
      const rooms = Array.from({ length: 50 }, (_, i) => `room-${i}`);
      const id = await connected({}, rooms);

      expect(await enter(id, 'one-more')).toEqual({ kind: 'tooManyRooms' });
      expect(await enter(id, 'room-7')).toBe('ok');
      await leave(id, 'room-7');
      expect(await enter(id, 'one-more')).toBe('ok');
      expect(await enter(id, 'room-7')).toEqual({ kind: 'tooManyRooms' });
      expect((await stores.connections.close(id))?.rooms).toHaveLength(50);
    });

    it('has no more than fifty when twenty join at once', async () => {
      const id = await connected(
        {},
        Array.from({ length: 40 }, (_, i) => `room-${i}`),
      );

      const outcomes = await Promise.all(Array.from({ length: 20 }, (_, i) => enter(id, `rush-${i}`)));

      expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(10);
      expect(outcomes.filter((outcome) => outcome !== 'ok')).toEqual(
        Array(10).fill({ kind: 'tooManyRooms' }),
      );
      expect((await stores.connections.close(id))?.rooms).toHaveLength(50);
    });

    it('charges for entering, and lets nobody in who cannot pay', async () => {
      const id = await connected();
      const once = { ...sends(), burstMs: 200 };

      expect(await enter(id, 'den', once)).toBe('ok');
      expect(await enter(id, 'attic', once)).toEqual({ kind: 'rateLimited', retryAfterMs: 200 });

      expect(await stores.connections.close(id)).toMatchObject({ rooms: ['den'] });
    });

    it.each<[string, () => Promise<string>, Charge, ChargeResult]>([
      ['one that never was', async () => 'nobody', ample, { kind: 'closed' }],
      ['one at its expiry', () => connected(), { ...ample, now: NOW + HOUR }, { kind: 'expired' }],
    ])('lets %s enter nowhere', async (_name, open, charged, expected) => {
      expect(await enter(await open(), 'den', charged)).toEqual(expected);
    });

    it('leaves a room it is not in, or the last it is in, without complaint', async () => {
      const id = await connected({}, ['den']);

      expect(await leave(id, 'attic')).toBe(false);
      expect(await leave(id, 'den')).toBe(true);
      expect(await leave(id, 'den')).toBe(false);

      expect(await renew(id)).toEqual([]);
      expect(await enter(id, 'den')).toBe('ok');
      expect(await renew(id)).toEqual(['den']);
    });

    it('that is refused answers every frame with the reason, and was never there', async () => {
      for (const refusal of [
        { kind: 'tooManyConnections' } as const,
        { kind: 'bannedEverywhere', until: NOW + HOUR } as const,
      ]) {
        const id = await connected();
        await stores.connections.refuse(id, refusal);

        expect(await stores.connections.renewLease(id, ample, LEASE)).toEqual(refusal);
        expect(await stores.connections.join(id, 'den', ample, LEASE, MAX_ROOMS)).toEqual(refusal);
        expect(await present([id], NOW)).toEqual([]);
        expect(await stores.connections.close(id)).toBeUndefined();
      }
    });

    it('keeps its rooms when its opening is told a second time', async () => {
      const connection = { id: fresh('connection'), user: { id: 'ann', name: 'Ann' }, expiresAt: NOW + HOUR };
      await stores.connections.open(connection, LEASE);
      await enter(connection.id, 'den');

      await stores.connections.open(connection, LEASE);

      expect(await renew(connection.id)).toEqual(['den']);
    });

    it('gives its user and rooms to the first who closes it, and to nobody else', async () => {
      const id = await connected({}, ['den', 'attic']);

      const given = await Promise.all(Array.from({ length: 5 }, () => stores.connections.close(id)));

      const closed = given.filter((each) => each !== undefined);
      expect(closed.map(({ user, rooms }) => ({ user, rooms: rooms.sort() }))).toEqual([
        { user: { id: 'ann', name: 'Ann' }, rooms: ['attic', 'den'] },
      ]);
      expect(await stores.connections.close(id)).toBeUndefined();
    });

    it('closes in no room at all', async () => {
      expect(await stores.connections.close(await connected())).toMatchObject({ rooms: [] });
    });
  });

  describe('rooms with the longest names', () => {
    it('are as many, are told apart, and are given back', async () => {
      const id = await connected({}, LONG_NAMES);
      const [first = '', second = '', ...others] = LONG_NAMES;

      expect(await enter(id, `${first.slice(0, -1)}y`)).toEqual({ kind: 'tooManyRooms' });
      expect(await renew(id)).toEqual(LONG_NAMES);
      for (const room of LONG_NAMES) expect(await stores.connections.isMember(id, room, NOW)).toBe(true);
      expect(await stores.connections.charge(id, first, sends(), LEASE)).toBe('ok');
      expect(await stores.connections.charge(id, `${first.slice(0, -1)}y`, sends(), LEASE)).toEqual({
        kind: 'notMember',
      });
      await stores.connections.removeFromRoom(id, first);
      expect(await stores.connections.charge(id, first, sends(), LEASE)).toEqual({ kind: 'notMember' });
      expect(await enter(id, first)).toMatchObject({ kind: 'banned' });
      await leave(id, second);

      expect((await stores.connections.revoke(id))?.rooms.sort()).toEqual(others);
      expect((await stores.connections.revoke(id))?.rooms.sort()).toEqual(others);
      expect((await stores.connections.close(id))?.rooms.sort()).toEqual(others);
    });

    it('are told when a connection ends while it leaves them', async () => {
      const [room = '', other = ''] = LONG_NAMES;
      const id = await connected({}, ['den', room, other]);
      await stores.connections.leave(id, room, ample, LEASE);

      expect((await stores.connections.revoke(id))?.rooms.sort()).toEqual(['den', room, other]);
      await stores.connections.finishLeave(id, room);
      expect((await stores.connections.close(id))?.rooms.sort()).toEqual(['den', other]);
    });

    it('are told once of a join and a leave, as others are', async () => {
      const [room = '', other = ''] = LONG_NAMES;
      const id = await connected({}, ['den', 'attic', room, other]);
      for (const each of ['attic', other]) await leave(id, each);
      for (const each of ['attic', 'den', other, room]) await stores.connections.noteUntold(id, each);

      expect(await untoldBy(id)).toEqual(['attic', 'den', room, other]);
      await stores.connections.clearUntold(id, ['den', other]);
      expect(await untoldBy(id)).toEqual(['attic', room]);
      await enter(id, 'attic');
      expect((await stores.connections.close(id))?.rooms.sort()).toEqual(['attic', 'den', room]);
    });

    it('lapse once for each', async () => {
      const [room = '', other = ''] = LONG_NAMES;
      const id = await connected({}, [room, other]);

      expect(await stores.connections.markLapsed(id, room, LEASE)).toBe(true);
      expect(await stores.connections.markLapsed(id, room, LEASE)).toBe(false);
      const [found] = await stores.connections.find([id]);
      expect([room, other].map((each) => found?.lapsed.has(each))).toEqual([true, false]);
      expect(await renew(id)).toEqual([other]);
    });
  });

  describe('charging what is about no room', () => {
    it.each<[string, (id: string, charge: Charge) => Promise<object>]>([
      ['a ping', (id, charge) => stores.connections.renewLease(id, charge, LEASE)],
      ['a departure', (id, charge) => stores.connections.leave(id, 'den', charge, LEASE)],
    ])('takes from the bucket for %s', async (_name, act) => {
      const id = await connected({}, ['den']);

      for (let i = 0; i < 20; i++) expect(await act(id, sends())).not.toHaveProperty('kind');

      expect(await act(id, sends())).toEqual({ kind: 'rateLimited', retryAfterMs: 200 });
      expect(await act(id, sends(NOW + 200))).not.toHaveProperty('kind');
    });

    it('leaves nothing undone for who cannot pay', async () => {
      const id = await connected({}, ['den']);
      for (let i = 0; i < 20; i++) await stores.connections.renewLease(id, sends(), LEASE);

      expect(await stores.connections.leave(id, 'den', sends(), LEASE)).toMatchObject({
        kind: 'rateLimited',
      });

      expect(await renew(id)).toEqual(['den']);
    });

    it.each(['closed', 'expired'] as const)('refuses one that is %s', async (why) => {
      const id = await connected({}, ['den']);
      if (why === 'closed') await stores.connections.close(id);
      const late = { ...ample, now: why === 'expired' ? NOW + HOUR : NOW };

      expect(await stores.connections.renewLease(id, late, LEASE)).toEqual({ kind: why });
      expect(await stores.connections.leave(id, 'den', late, LEASE)).toEqual({ kind: why });
    });
  });

  describe('putting a connection out of a room', () => {
    const enterAsIs = (id: string, room: string) =>
      stores.connections.join(id, room, ample, LEASE, MAX_ROOMS);
    const joinCleared = (id: string, room: string, fence: number) =>
      stores.connections.join(id, room, ample, LEASE, MAX_ROOMS, fence);

    it('takes the room and keeps it out, of that room alone', async () => {
      const id = await connected({}, ['den', 'attic']);

      expect(await stores.connections.removeFromRoom(id, 'den')).toEqual({
        user: { id: 'ann', name: 'Ann' },
        fence: 1,
      });

      expect(await renew(id)).toEqual(['attic']);
      expect(await stores.connections.charge(id, 'den', sends(), LEASE)).toEqual({ kind: 'notMember' });
      expect(await enterAsIs(id, 'den')).toEqual({ kind: 'banned', fence: 1 });
      expect(await enterAsIs(id, 'cellar')).toEqual({ fence: 1 });
    });

    it('begins a new fence each time, even where it was not', async () => {
      const id = await connected({}, ['attic']);

      expect(await stores.connections.removeFromRoom(id, 'den')).toMatchObject({ fence: 1 });
      expect(await stores.connections.removeFromRoom(id, 'attic')).toMatchObject({ fence: 2 });
    });

    it('does nothing to one that is closed', async () => {
      const id = fresh('connection');

      expect(await stores.connections.removeFromRoom(id, 'den')).toBeUndefined();
      await stores.connections.requireBanCheck(id, ['den']);

      expect(await stores.connections.close(id)).toBeUndefined();
    });

    it('leaves it nowhere, however joins race with it', async () => {
      const id = await connected();

      const [expelled, ...entered] = await Promise.all([
        stores.connections.removeFromRoom(id, 'den'),
        ...Array.from({ length: 10 }, () => enterAsIs(id, 'den')),
      ]);

      expect(expelled?.fence).toBe(1);
      expect(await renew(id)).toEqual([]);
      expect(await stores.connections.isMember(id, 'den', NOW)).toBe(false);
      for (const each of entered) expect([{ fence: 0 }, { kind: 'banned', fence: 1 }]).toContainEqual(each);
    });

    it('is over for a join that found no ban in the same fence', async () => {
      const id = await connected({}, ['den']);
      await stores.connections.removeFromRoom(id, 'den');

      expect(await joinCleared(id, 'den', 1)).toEqual({ fence: 1 });

      expect(await enterAsIs(id, 'den')).toEqual({ fence: 1 });
    });

    it('is not over for a join that looked for a ban before it', async () => {
      const id = await connected({}, ['den']);
      await stores.connections.removeFromRoom(id, 'den');
      await stores.connections.removeFromRoom(id, 'den');

      for (const fence of [0, 1])
        expect(await joinCleared(id, 'den', fence)).toEqual({ kind: 'banned', fence: 2 });

      expect(await renew(id)).toEqual([]);
    });

    it('keeps the list of rooms short: with too many of them every room is barred', async () => {
      const id = await connected({}, ['den']);

      for (let i = 0; i < 25; i++) await stores.connections.removeFromRoom(id, `room-${i}`);

      expect(await enterAsIs(id, 'den')).toEqual({ kind: 'banned', fence: 25 });
      expect(await joinCleared(id, 'den', 25)).toEqual({ fence: 25 });
      expect(await enterAsIs(id, 'room-3')).toEqual({ kind: 'banned', fence: 25 });
    });

    it('can be for good: no right is left, and the rooms can still be told', async () => {
      const id = await connected({}, ['attic', 'den']);
      const told = { user: { id: 'ann', name: 'Ann' }, rooms: ['attic', 'den'] };
      const sorted = async () => {
        const shut = await stores.connections.revoke(id);
        return shut && { ...shut, rooms: shut.rooms.sort() };
      };

      expect(await sorted()).toEqual(told);
      expect(await sorted()).toEqual(told);

      expect(await stores.connections.charge(id, 'den', sends(), LEASE)).toEqual({ kind: 'expired' });
      expect(await enterAsIs(id, 'cellar')).toEqual({ kind: 'expired' });
      expect(await stores.connections.isMember(id, 'den', NOW)).toBe(false);
      expect((await stores.connections.close(id))?.rooms.sort()).toEqual(['attic', 'den']);
      expect(await stores.connections.revoke(id)).toBeUndefined();
    });

    it('for good tells of a room that is being left, until that is done', async () => {
      const id = await connected({}, ['attic', 'den']);
      await stores.connections.leave(id, 'den', ample, LEASE);

      expect((await stores.connections.revoke(id))?.rooms.sort()).toEqual(['attic', 'den']);
      await stores.connections.finishLeave(id, 'den');
      expect((await stores.connections.revoke(id))?.rooms).toEqual(['attic']);
    });

    it('for good tells of a room that it was put out of, until its member row is removed', async () => {
      const id = await connected({}, ['attic', 'den']);

      expect(await stores.connections.beginLeave(id, 'den')).toEqual({ fence: 0 });
      expect(await stores.connections.isMember(id, 'den', NOW)).toBe(false);
      expect(await stores.connections.beginLeave(id, 'den')).toEqual({ fence: 1 });
      expect(await enterAsIs(id, 'den')).toEqual({ fence: 2 });
      await stores.connections.beginLeave(id, 'den');
      expect(await stores.connections.foreseeJoin(id, 'den', ample, MAX_ROOMS)).toMatchObject({
        isMember: false,
        isLeaving: true,
        fence: 3,
      });
      expect((await stores.connections.revoke(id))?.rooms.sort()).toEqual(['attic', 'den']);
      await stores.connections.finishLeave(id, 'den');
      expect((await stores.connections.revoke(id))?.rooms).toEqual(['attic']);
      expect(await stores.connections.beginLeave('nobody', 'den')).toBeUndefined();
    });

    it('puts out of a room though 16 others are being left', async () => {
      const rooms = Array.from({ length: 17 }, (_, i) => `room-${i}`);
      const id = await connected({}, rooms);
      for (const room of rooms.slice(1)) await stores.connections.beginLeave(id, room);

      expect(await stores.connections.beginLeave(id, 'room-0')).toEqual({ fence: 16 });

      expect(await stores.connections.isMember(id, 'room-0', NOW)).toBe(false);
      expect((await stores.connections.revoke(id))?.rooms).toHaveLength(16);
    });

    it('can come before it has entered, and is over where no ban was found', async () => {
      const id = await connected();
      await stores.connections.requireBanCheck(id, ['den', 'attic']);

      expect(await enterAsIs(id, 'den')).toEqual({ kind: 'banned', fence: 0 });
      expect(await joinCleared(id, 'den', 0)).toEqual({ fence: 0 });

      expect(await enterAsIs(id, 'den')).toEqual({ fence: 0 });
      expect(await enterAsIs(id, 'attic')).toEqual({ kind: 'banned', fence: 0 });
    });

    it('can come before it has entered, for every room', async () => {
      const id = await connected();
      await stores.connections.requireBanCheck(id, ['*']);

      expect(await enterAsIs(id, 'den')).toEqual({ kind: 'banned', fence: 0 });
      expect(await joinCleared(id, 'den', 0)).toEqual({ fence: 0 });

      expect(await enterAsIs(id, 'attic')).toEqual({ kind: 'banned', fence: 0 });
    });
  });

  describe('whether a connection is in a room', () => {
    it.each<[string, () => Promise<string>, number, boolean]>([
      ['one that is', () => connected({}, ['den']), NOW, true],
      ['one that is in another', () => connected({}, ['attic']), NOW, false],
      ['one at its expiry', () => connected({}, ['den']), NOW + HOUR, false],
      ['one that never was', async () => 'nobody', NOW, false],
    ])('is told of %s', async (_name, open, now, expected) => {
      expect(await stores.connections.isMember(await open(), 'den', now)).toBe(expected);
    });
  });

  describe('users', () => {
    const arrive = (user: string, connection: string, most = 5) =>
      stores.users.addConnection(user, connection, most, NOW);

    it('have as many connections as they may, and any of those again', async () => {
      const user = fresh('user');
      for (const id of ['a', 'b'])
        expect(await arrive(user, id, 2)).toEqual({ kind: 'added', banCheckRooms: [] });

      const refused = await arrive(user, 'c', 2);

      expect(refused).toMatchObject({ kind: 'tooMany' });
      expect('connections' in refused && refused.connections.sort()).toEqual(['a', 'b']);
      expect(await arrive(user, 'a', 2)).toMatchObject({ kind: 'added' });
      await stores.users.removeConnections(user, ['a', 'nobody']);
      expect(await arrive(user, 'c', 2)).toMatchObject({ kind: 'added' });
      expect(await arrive(user, 'a', 2)).toMatchObject({ kind: 'tooMany' });
      expect(await arrive(fresh('user'), 'a', 2)).toMatchObject({ kind: 'added' });
    });

    it('give the place of some to another in one step, while their connections are those that were seen', async () => {
      const user = fresh('user');
      for (const id of ['a', 'b', 'c']) await arrive(user, id, 3);
      const replace = (id: string, known: string[], gone: string[], now = NOW) =>
        stores.users.replaceConnections(user, id, { known, gone }, now);

      expect(await replace('d', ['c', 'a', 'b'], ['a', 'b'])).toEqual({ kind: 'added', banCheckRooms: [] });
      const late = await replace('e', ['a', 'b', 'c'], ['a']);
      expect('connections' in late && late.connections.sort()).toEqual(['c', 'd']);
      expect(await replace('e', ['c'], ['c'])).toMatchObject({ kind: 'tooMany' });
      await stores.users.startCooldown(user, NOW + 1);
      expect(await replace('e', ['c', 'd'], ['c'])).toEqual({ kind: 'coolingDown', until: NOW + 1 });
      await ban(user, '*', NOW + 3);
      expect(await replace('e', ['c', 'd'], ['c'], NOW + 2)).toEqual({ kind: 'banned', until: NOW + 3 });
    });

    it('get no more of them while they are held off, and keep those they have', async () => {
      const user = fresh('user');
      await arrive(user, 'a');
      await stores.users.startCooldown(user, NOW + 1);

      expect(await arrive(user, 'b')).toEqual({ kind: 'coolingDown', until: NOW + 1 });
      expect(await stores.users.addBan(user, { room: 'den', until: NOW }, NOW)).toEqual(['a']);
      await stores.users.startCooldown(user, NOW);
      expect(await arrive(user, 'b')).toMatchObject({ kind: 'added' });
    });

    it('who has arrived arrives again though held off, and though there are too many', async () => {
      const user = fresh('user');
      await arrive(user, 'a');
      await stores.users.startCooldown(user, NOW + 1);

      expect(await arrive(user, 'a')).toMatchObject({ kind: 'added' });
      expect(await arrive(user, 'a', 1)).toMatchObject({ kind: 'added' });
    });

    it('have no more than five when twenty connect at once', async () => {
      const user = fresh('user');

      const arrivals = await Promise.all(Array.from({ length: 20 }, (_, i) => arrive(user, `c${i}`)));

      expect(arrivals.filter(({ kind }) => kind === 'added')).toHaveLength(5);
      expect(await stores.users.addBan(user, { room: 'den', until: NOW + HOUR }, NOW)).toHaveLength(5);
    });

    it('are known once they connected or published, and not by a ban', async () => {
      const [came, wrote, neither] = [fresh('user'), fresh('user'), fresh('user')];
      await arrive(came, 'a');
      await stores.users.removeConnections(came, ['a']);
      await stores.sendQuotas.charge(wrote, createCharge(sendRate(5), NOW));
      await stores.users.addBan(neither, { room: EVERYWHERE, until: NOW + HOUR }, NOW);

      expect(await Promise.all([came, wrote, neither].map((user) => stores.users.isKnown(user)))).toEqual([
        true,
        true,
        false,
      ]);
    });

    it('can all go and come again', async () => {
      const user = fresh('user');
      await arrive(user, 'a');

      expect(await stores.users.readConnections(user)).toEqual(['a']);
      await stores.users.removeConnections(user, ['a']);
      await stores.users.removeConnections(user, []);

      expect(await stores.users.readConnections(user)).toEqual([]);
      expect(await stores.users.addBan(user, { room: 'den', until: NOW + HOUR }, NOW)).toEqual([]);
      expect(await arrive(user, 'b')).toMatchObject({ kind: 'added' });
    });

    it('are banned from a room until a time', async () => {
      const user = fresh('user');
      await arrive(user, 'a');

      expect(await ban(user, 'den', NOW + 1)).toEqual(['a']);

      expect(await isBanned(user, 'den', NOW)).toBe(true);
      expect(await isBanned(user, 'attic', NOW)).toBe(false);
      expect(await arrive(user, 'b')).toEqual({ kind: 'added', banCheckRooms: ['den'] });
      expect(await isBanned(user, 'den', NOW + 1)).toBe(false);
      expect(await isBanned(fresh('user'), 'den', NOW)).toBe(false);
    });

    it('are banned from everywhere though nobody ever saw them, until a time', async () => {
      const user = fresh('user');

      expect(await ban(user, '*', NOW + 1)).toEqual([]);

      expect(await isBanned(user, 'den', NOW)).toBe(true);
      expect(await arrive(user, 'a')).toEqual({ kind: 'banned', until: expect.any(Number) });
      expect(await stores.users.addConnection(user, 'b', 5, NOW + 1)).toMatchObject({ kind: 'added' });
    });

    it('are kept out by the longest of several bans, in whatever order they came', async () => {
      const user = fresh('user');
      for (const until of [NOW + 1, NOW + HOUR, NOW + 2]) await ban(user, 'den', until);

      expect(await isBanned(user, 'den', NOW + HOUR - 1)).toBe(true);
      expect(await isBanned(user, 'den', NOW + HOUR)).toBe(false);
    });

    it('are let in again by room, however often they were banned', async () => {
      const user = fresh('user');
      for (const until of [NOW + 1, NOW + HOUR])
        for (const room of ['den', 'de']) await ban(user, room, until);

      await stores.users.removeBan(user, 'den');
      await stores.users.removeBan(user, 'nowhere');

      expect(await isBanned(user, 'den', NOW)).toBe(false);
      expect(await isBanned(user, 'de', NOW)).toBe(true);
      await stores.users.removeBan(user, 'de');
      await ban(user, '*', NOW + HOUR);
      await stores.users.removeBan(user, 'den');
      expect(await isBanned(user, 'den', NOW)).toBe(true);
    });

    it('can be banned by the operator, and by a moderator, however many bans they have', async () => {
      const user = fresh('user');
      await arrive(user, 'a');
      for (let i = 0; i < 30; i++) await ban(user, `room-${i}`, NOW + HOUR);

      expect(await arrive(user, 'b')).toEqual({ kind: 'added', banCheckRooms: ['*'] });
      expect((await ban(user, 'den', NOW + HOUR)).sort()).toEqual(['a', 'b']);
      expect(await isBanned(user, 'den', NOW)).toBe(true);
      expect(await isBanned(user, 'room-29', NOW)).toBe(true);
      expect(await stores.users.findBans(user, ['*', 'attic', 'den', 'room-29'], NOW)).toEqual(
        new Set(['den', 'room-29']),
      );
      expect(await isBanned(user, 'attic', NOW)).toBe(false);
      expect((await ban(user, '*', NOW + HOUR)).sort()).toEqual(['a', 'b']);
      expect(await arrive(user, 'c')).toEqual({ kind: 'banned', until: expect.any(Number) });
    });

    it('are checked for the bans in force once others are over', async () => {
      const user = fresh('user');
      for (let i = 0; i < 10; i++) await ban(user, `room-${i}`, NOW + 1);

      await stores.users.addBan(user, { room: 'den', until: NOW + HOUR }, NOW + 1);

      const arrival = await stores.users.addConnection(user, 'a', 5, NOW + 1);
      expect(arrival).toEqual({ kind: 'added', banCheckRooms: ['den'] });
    });

    it('are listed with their bans from a room, part by part, and only while a ban holds', async () => {
      const room = fresh('room');
      const by = { id: 'mo', name: 'Mo' };
      const users = Array.from({ length: 7 }, () => fresh('user'));
      for (const user of users) {
        await stores.roomBans.add(user, room, NOW + HOUR);
        await stores.users.addBan(user, { room, until: NOW + HOUR, by }, NOW);
      }
      const [lifted = '', named = ''] = users;
      await stores.users.removeBan(lifted, room);
      await stores.roomBans.nameUser({ id: named, name: 'Named 🦄' }, room);
      await stores.roomBans.nameUser({ id: lifted, name: 'Lifted' }, room);

      const bans = await listBans(room, 3);

      expect(bans.map(({ user }) => user.id).sort()).toEqual(users.slice(1).sort());
      expect(bans).toContainEqual({
        user: { id: named, name: 'Named 🦄' },
        until: NOW + HOUR,
        at: NOW,
        by,
      });
      expect(await listBans(room, 25, NOW + HOUR)).toEqual([]);
      expect(await listBans(`${room}2`, 25)).toEqual([]);
    });

    it('stay listed as long as the longest of several bans, and a later ban tells its own giver', async () => {
      const [room, user] = [fresh('room'), fresh('user')];
      const give = async (until: number, by?: { id: string; name: string }) => {
        await stores.roomBans.add(user, room, until);
        await stores.users.addBan(user, { room, until, ...(by && { by }) }, NOW);
      };
      await give(NOW + HOUR, { id: 'mo', name: 'Mo' });
      await give(NOW + 2, { id: 'al', name: 'Al' });
      expect(await listBans(room, 25)).toMatchObject([{ until: NOW + HOUR, by: { id: 'mo' } }]);

      await stores.users.removeBan(user, room);
      await give(NOW + 2);

      expect(await listBans(room, 25)).toEqual([
        { user: { id: user, name: expect.any(String) }, until: NOW + 2, at: NOW },
      ]);
    });

    const listBans = async (room: string, limit: number, now = NOW) => {
      const bans: RoomBan[] = [];
      let from: string | undefined;
      do {
        const page = await stores.roomBans.readPage(room, from, limit, now);
        expect(page.bans.length).toBeLessThanOrEqual(limit);
        bans.push(...page.bans);
        from = page.next;
      } while (from !== undefined);
      return bans;
    };

    it('are kept out of every room that twenty moderators ban them from at once', async () => {
      const user = fresh('user');
      const rooms = Array.from({ length: 20 }, (_, i) => `room-${i}`);

      await Promise.all(rooms.map((room) => ban(user, room, NOW + HOUR)));

      const isOut = await Promise.all(rooms.map((room) => isBanned(user, room, NOW)));
      expect(isOut).toEqual(rooms.map(() => true));
      const arrival = await arrive(user, 'a');
      expect(arrival).toEqual({ kind: 'added', banCheckRooms: ['*'] });
    });

    it.each(['den', '*'])(
      'and a ban from %s miss each other never: whichever comes second sees the other',
      async (room) => {
        for (let i = 0; i < 20; i++) {
          const user = fresh('user');

          const [arrival, found] = await Promise.all([arrive(user, 'a'), ban(user, room, NOW + HOUR)]);

          const seesBan =
            arrival.kind === 'banned' || (arrival.kind === 'added' && arrival.banCheckRooms.length === 1);
          expect(seesBan || found.includes('a')).toBe(true);
        }
      },
    );

    const ban = (user: string, room: string, until: number) =>
      stores.users.addBan(user, { room, until }, NOW);
  });

  describe('reactions', () => {
    const ann = { id: 'ann', name: 'Ann' };
    const clap = (room: string, given = {}) => ({
      room,
      of: 1,
      user: ann,
      name: '👏',
      on: true,
      v: 5,
      ...given,
    });
    const summary = { counts: { '👏': 1 }, users: { '👏': [ann] } };
    const reacted = (seq: number, k: number, given = {}): Reaction => ({
      ...{ type: 'reacted', seq, id: `reaction-${seq}`, of: 1, at: NOW, k },
      ...summary,
      ...given,
    });
    const edit = (seq: number) =>
      ({ type: 'edited', seq, id: `edit-of-${seq}`, of: 1, from: ann, at: NOW, text: 'new' }) as const;
    const deletion = (seq: number) =>
      ({ type: 'deleted', seq, id: `deletion-${seq}`, of: 1, from: ann, at: NOW, by: 'author' }) as const;
    /** Writes and applies an entry. */
    const apply = async (room: string, change: Reaction) => {
      await stores.log.put(room, change);
      const isApplied = await stores.log.applyChange(room, change);
      await stores.log.clearPending(room, change);
      return isApplied;
    };

    it('are to a message that is there, and mark it', async () => {
      const room = await roomWith(2);
      await stores.log.put(room, edit(3));
      await stores.log.applyChange(room, { ...deletion(4), of: 2 });
      await expire(room, [2]);

      expect(await stores.reactions.readTarget(room, 1, NOW)).toEqual({ at: NOW - 1 });
      for (const gone of [2, 3, 9])
        expect(await stores.reactions.readTarget(room, gone, NOW)).toBeUndefined();
      expect(await stores.reactions.mark(room, 1)).toBe(true);
      for (const gone of [2, 3, 9]) expect(await stores.reactions.mark(room, gone)).toBe(false);
      expect(await stores.log.readForward(room, 1, 1, NOW)).toMatchObject([
        { reactions: { k: 0, seq: 0, counts: {}, users: {} } },
      ]);
    });

    it('go to the message by (k, seq), and its entry keeps none', async () => {
      const room = await roomWith(1);
      await stores.log.put(room, reacted(2, 7));
      expect(await stores.log.readForward(room, 2, 1, NOW)).toEqual([
        { type: 'pending', seq: 2, change: reacted(2, 7) },
      ]);
      expect(await stores.log.readIdentities(room, 2, 1)).toMatchObject([
        { isChange: true, isPending: true },
      ]);

      expect(await apply(room, reacted(2, 7))).toBe(true);
      expect(await apply(room, reacted(3, 6, { counts: {} }))).toBe(false);
      expect(await apply(room, reacted(4, 7, { users: {} }))).toBe(true);
      expect(await apply(room, reacted(4, 7))).toBe(false);

      const { id: _, ...entry } = reacted(2, 7, { counts: {}, users: {} });
      expect(await stores.log.readForward(room, 1, 2, NOW)).toMatchObject([
        { text: 'hello', reactions: { k: 7, seq: 4, counts: summary.counts, users: {} } },
        entry,
      ]);
    });

    it('outlive an edit and go with a deletion, and none comes to what was deleted', async () => {
      const room = await roomWith(1);
      await apply(room, reacted(2, 1));
      await stores.log.applyChange(room, edit(3));
      const [edited] = await stores.log.readForward(room, 1, 1, NOW);
      await stores.log.applyChange(room, deletion(4));

      expect(edited).toMatchObject({ rev: 3, reactions: { k: 1, seq: 2, ...summary } });
      expect(await apply(room, reacted(5, 9))).toBe(false);
      expect(JSON.stringify(await stores.log.readForward(room, 1, 1, NOW))).not.toContain('👏');
    });

    it('are switched by the higher version, and a repeat is no other', async () => {
      const room = await roomWith(1);
      const { reactions } = stores;

      expect(await reactions.toggle(clap(room), 10)).toBe('set');
      expect(await reactions.toggle(clap(room), 10)).toBe('set');
      expect(await reactions.toggle(clap(room, { on: false }), 10)).toEqual({ v: 5 });
      expect(await reactions.toggle(clap(room, { on: false, v: 7 }), 10)).toBe('set');
      expect(await reactions.toggle(clap(room, { v: 6 }), 10)).toEqual({ v: 7 });
      expect(await reactions.toggle(clap(room, { name: 'ok', v: 1 }), 10)).toBe('set');
      expect(await reactions.readSets(room, 1, 10)).toEqual([{ user: ann, on: ['ok'] }]);
    });

    it('have so many places of a user and of a message', async () => {
      const room = await roomWith(1);
      const { reactions } = stores;

      expect(await reactions.addName(room, 1, 'one', 2)).toBe(true);
      expect(await reactions.addName(room, 1, 'two', 2, NOW + HOUR)).toBe(true);
      expect(await reactions.addName(room, 1, 'two', 2)).toBe(true);
      expect(await reactions.addName(room, 1, 'three', 2)).toBe(false);
      expect(await reactions.toggle(clap(room, { name: 'one' }), 1)).toBe('set');
      expect(await reactions.toggle(clap(room, { name: 'two' }), 1)).toBe('tooMany');
      expect(await reactions.toggle(clap(room, { name: 'one', v: 6 }), 1)).toBe('set');
      expect(await reactions.toggle(clap(room, { name: 'one', v: 7, on: false }), 1)).toBe('set');
      expect(await reactions.toggle(clap(room, { name: 'two' }), 1, NOW + HOUR)).toBe('set');
    });

    it('are counted, and one of several writers claims what was counted', async () => {
      const room = await roomWith(1);
      const { reactions } = stores;
      const counted = await Promise.all([1, 2, 3].map(() => reactions.count(room, 1, NOW, NOW + HOUR)));
      expect(counted.map(({ k }) => k).sort()).toEqual([1, 2, 3]);

      const claim = () => reactions.claim(room, 1, NOW + 1000, { next: undefined });
      const claims = await Promise.all([claim(), claim()]);
      expect(claims.filter((k) => k !== undefined)).toEqual([3]);
      await reactions.finish(room, 1, 3, 2);
      await reactions.finish(room, 1, 2, 9);
      const state = await reactions.count(room, 1, NOW + 1);

      const held = { k: 4, claimed: 3, done: 3, next: NOW + 1000, changedAt: NOW + 1, reactors: 2 };
      expect(state).toEqual({ ...held, names: new Set() });
      expect(await reactions.claim(room, 1, NOW + 2000, { next: NOW })).toBeUndefined();
      expect(await reactions.claim(room, 1, NOW + 2000, { next: NOW + 1000 })).toBe(4);
      expect(await reactions.claim(room, 1, NOW + 3000)).toBe(4);
      expect(await reactions.claim(room, 2, NOW + 3000)).toBeUndefined();
    });

    it('are listed of all users, and of one with how they are counted', async () => {
      const room = await roomWith(2);
      const { reactions } = stores;
      const users = Array.from({ length: 30 }, (_, i) => ({ id: `user-${i}`, name: `User ${i}` }));
      for (const user of users) await reactions.toggle(clap(room, { user }), 10);
      await reactions.count(room, 1, NOW);

      const sets = await reactions.readSets(room, 1, 100);
      expect(sets).toHaveLength(30);
      expect(sets).toEqual(expect.arrayContaining(users.map((user) => ({ user, on: ['👏'] }))));
      expect(await reactions.readSets(room, 1, 7)).toHaveLength(7);
      const own = await reactions.readOwn(room, [1, 2], 'user-3');
      expect(own.get(1)).toMatchObject({
        mine: ['👏'],
        state: { k: 1, claimed: 0, done: 0, changedAt: NOW },
      });
      expect(own.get(2)).toEqual({ mine: [] });
    });

    it('are emptied and removed by user, and removed by message in parts', async () => {
      const room = await roomWith(1);
      const { reactions } = stores;
      const users = [ann, { id: 'bob', name: 'Bob' }];
      for (const user of users) await reactions.toggle(clap(room, { user }), 10);

      await reactions.clearSet(room, 1, ann.id);
      expect(await reactions.readSets(room, 1, 10)).toEqual(
        expect.arrayContaining([
          { user: { id: 'ann', name: '' }, on: [] },
          { user: { id: 'bob', name: 'Bob' }, on: ['👏'] },
        ]),
      );
      expect(await reactions.toggle(clap(room), 10)).not.toBe('tooMany');
      await reactions.removeSet(room, 1, 'bob');
      await reactions.removeSet(room, 1, ann.id);
      expect(await reactions.readSets(room, 1, 10)).toHaveLength(1);
      await reactions.toggle(clap(room), 10);
      while (await reactions.removeSome(room, 1, 1));
      expect(await reactions.readSets(room, 1, 10)).toEqual([]);
    });
  });

  describe('drafts', () => {
    const ann = { id: 'ann', name: 'Ann' };
    const part = (room: string, offset: number, text?: string, given = {}) => ({
      ...{ room, of: 1, generation: 5, offset, from: ann, ...(text !== undefined && { text }) },
      ...given,
    });
    const add = (each: NewPart, now = NOW) => stores.drafts.add(each, [...(each.text ?? '')].length, now);
    const read = (room: string, now = NOW) => stores.drafts.read(room, 1, 'ann', now);

    it('grow part by part, and take a repeat', async () => {
      const room = fresh('room');

      const kept = [];
      for (const [offset, text] of [
        [0, 'a😀'],
        [2, ' b'],
        [2, ' b'],
        [0, 'a😀'],
        [4, 'c'],
      ] as const)
        kept.push(await add(part(room, offset, text)));

      expect(kept).toEqual([true, true, true, true, true]);
      expect(await read(room)).toEqual({ generation: 5, text: 'a😀 bc', from: ann });
      expect(await stores.drafts.read(room, 1, 'bob', NOW)).toBeUndefined();
      expect(await stores.reactions.readSets(room, 1, 10)).toEqual([]);
    });

    it('take no part with a hole before it, in the place of another, or of an older generation', async () => {
      const room = fresh('room');
      await add(part(room, 0, 'new'));

      expect(await add(part(room, 4, 'hole'))).toBe(false);
      expect(await add(part(room, 0, 'other'))).toBe(false);
      expect(await add(part(room, 0, 'old', { generation: 4 }))).toBe(false);
      expect(await add(part(room, 3, 'later', { generation: 6 }))).toBe(false);
      expect(await read(room)).toMatchObject({ text: 'new' });
    });

    it('are replaced by a newer generation, whole', async () => {
      const room = fresh('room');
      for (const [offset, text] of [
        [0, 'one'],
        [3, 'two'],
      ] as const)
        await add(part(room, offset, text));

      expect(await add(part(room, 0, 'six', { generation: 6 }))).toBe(true);
      expect(await read(room)).toEqual({ generation: 6, text: 'six', from: ann });
      expect(await add(part(room, 6, 'late'))).toBe(false);
    });

    it('end with their words, and no late part revives them', async () => {
      const room = fresh('room');
      await add(part(room, 0, 'one'));

      expect(await add(part(room, 3))).toBe(true);
      expect(await add(part(room, 3))).toBe(true);
      expect(await read(room)).toBeUndefined();
      expect([await add(part(room, 3, 'late')), await add(part(room, 0, 'one'))]).toEqual([false, false]);
      expect(await add(part(room, 0, 'next', { generation: 6 }))).toBe(true);
      expect(await add(part(room, 0))).toBe(false);
    });

    it('are gone after an hour, and with their user', async () => {
      const room = fresh('room');
      await add(part(room, 0, 'one'));
      expect(await read(room, NOW + HOUR + 1_000)).toBeUndefined();

      await stores.drafts.remove(room, 1, 'ann');
      expect(await read(room)).toBeUndefined();
    });
  });

  describe('followed rooms', () => {
    const add = (user: string, room: string, given: Partial<Follow> = {}, most = 500, now = NOW) =>
      stores.follows.add(user, { room, since: NOW, ...given }, most, now);
    const names = async (user: string, now = NOW) =>
      (await stores.follows.readPage(user, undefined, 99, now)).follows.map(({ room }) => room);

    it('are listed by name, each once, in pages', async () => {
      const user = fresh('user');

      expect([await add(user, 'b'), await add(user, 'a'), await add(user, 'b', { since: NOW + 1 })]).toEqual([
        ...['new', 'new', 'known'],
      ]);
      await add(user, 'c');
      await add(`${user}!`, 'd');

      const first = await stores.follows.readPage(user, undefined, 2, NOW);
      expect(first).toMatchObject({ follows: [{ room: 'a' }, { room: 'b', since: NOW }] });
      const rest = await stores.follows.readPage(user, first.next, 2, NOW);
      const mentions = { seqs: [], forgottenUpTo: 0 };
      expect(rest).toEqual({ follows: [{ room: 'c', since: NOW, mentions }] });
    });

    it('are gone once removed', async () => {
      const user = fresh('user');
      await add(user, 'a');

      expect(await stores.follows.remove(user, 'a')).toBe(true);
      expect(await stores.follows.remove(user, 'a')).toBe(false);
      await stores.follows.keep(user, ['a'], NOW + HOUR);
      expect(await names(user)).toEqual([]);
    });

    it('are never more than allowed, however many are added at once', async () => {
      const user = fresh('user');
      const rooms = ['a', 'b', 'c', 'd', 'e', 'f'];

      const outcomes = await Promise.all(rooms.map((room) => add(user, room, {}, 3)));

      const kept = outcomes.filter((outcome) => outcome === 'new').length;
      expect(kept).toBeLessThanOrEqual(3);
      expect(await names(user)).toHaveLength(kept);
    });

    it('expire unless they are kept, and are new again then', async () => {
      const user = fresh('user');
      const expiresAt = NOW + HOUR;
      for (const room of ['a', 'b', 'c']) await add(user, room, room === 'c' ? {} : { expiresAt });

      await stores.follows.keep(user, ['b'], NOW + 2 * HOUR);

      expect(await names(user, NOW + HOUR)).toEqual(['b', 'c']);
      expect(await add(user, 'a', {}, 3, NOW + HOUR)).toBe('new');
      expect(await names(user, NOW + HOUR)).toEqual(['a', 'b', 'c']);
    });

    describe('keep how far the user has read', () => {
      const markAt = (seq: number, version = 0) => ({ version, seq, n: seq, at: NOW });
      const held = async (user: string) =>
        (await stores.follows.readPage(user, undefined, 1, NOW)).follows[0]?.mark;
      const set = (user: string, from: number, mark: ReadMark, now = NOW) =>
        stores.follows.mark(user, 'a', from, mark, now);

      it('upwards, or to a version that nobody else has taken', async () => {
        const user = fresh('user');
        await add(user, 'a');
        expect(await held(user)).toBeUndefined();

        expect(await set(user, 0, { ...markAt(5), expiresAt: NOW + 1 })).toHaveProperty('marked');
        for (const seq of [4, 5]) expect(await set(user, 0, markAt(seq))).toMatchObject({ held: { seq: 5 } });
        expect(await held(user)).toEqual({ ...markAt(5), expiresAt: NOW + 1 });
        expect(await set(user, 0, markAt(2, 1))).toHaveProperty('marked');
        for (const [from, mark] of [
          [0, markAt(9)],
          [0, markAt(1, 1)],
          [2, markAt(9, 2)],
        ] as const)
          expect(await set(user, from, mark)).toEqual({ held: markAt(2, 1) });
        expect(await set(user, 1, markAt(3, 1))).toHaveProperty('marked');
        expect(await held(user)).toEqual(markAt(3, 1));
      });

      it('as long as the row is kept, and of no room that is not followed', async () => {
        const user = fresh('user');
        expect(await set(user, 0, markAt(5))).toBe('notFollowed');
        await add(user, 'a', { expiresAt: NOW + HOUR });
        await set(user, 0, markAt(5));

        await stores.follows.keep(user, ['a'], NOW + 2 * HOUR);

        expect(await held(user)).toEqual(markAt(5));
        expect(await set(user, 0, markAt(6), NOW + 2 * HOUR)).toBe('notFollowed');
        await stores.follows.remove(user, 'a');
        await add(user, 'a');
        expect(await held(user)).toBeUndefined();
      });
    });

    describe('note the mentions of the user', () => {
      const mentionsOf = async (user: string) =>
        (await stores.follows.readPage(user, undefined, 1, NOW)).follows[0]?.mentions;
      const mention = (user: string, seq: number, now = NOW) => stores.mentions.add(user, 'a', seq, now);

      it('each once, beside the mark, while the user follows the room', async () => {
        const user = fresh('user');
        await mention(user, 1);
        expect(await mentionsOf(user)).toBeUndefined();
        await add(user, 'a', { expiresAt: NOW + HOUR });
        expect(await mentionsOf(user)).toEqual({ seqs: [], forgottenUpTo: 0 });

        for (const seq of [12, 3, 12]) await mention(user, seq);
        await mention(user, 13, NOW + HOUR);
        const mark = { version: 0, seq: 3, n: 3, at: NOW };
        const marked = await stores.follows.mark(user, 'a', 0, mark, NOW);

        const mentions = await mentionsOf(user);
        expect(new Set(mentions?.seqs)).toEqual(new Set([3, 12]));
        expect(marked).toEqual({ marked: mentions });
      });

      it('up to forty, of which the newest twenty stay, and none that is older', async () => {
        const user = fresh('user');
        await add(user, 'a');

        for (let seq = 1; seq <= 40; seq++) await mention(user, seq);
        expect(await mentionsOf(user)).toMatchObject({ forgottenUpTo: 0 });
        await mention(user, 41);
        await mention(user, 7);

        const { seqs = [], forgottenUpTo } = (await mentionsOf(user)) ?? {};
        expect([...seqs].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => 22 + i));
        expect(forgottenUpTo).toBe(21);
      });

      it('of many at once', async () => {
        const user = fresh('user');
        await add(user, 'a');

        await Promise.all(Array.from({ length: 60 }, (_, i) => mention(user, i + 1)));

        const { seqs = [], forgottenUpTo = 0 } = (await mentionsOf(user)) ?? {};
        const kept = Array.from({ length: 60 - forgottenUpTo }, (_, i) => forgottenUpTo + 1 + i);
        expect(seqs.filter((seq) => seq > forgottenUpTo).sort((a, b) => a - b)).toEqual(kept);
        expect(seqs.length).toBeLessThanOrEqual(40);
      });
    });

    it("are no members, nor among a room's bans", async () => {
      const user = fresh('user');
      await add(user, 'den-of-none');

      expect(await membersOf('den-of-none')).toEqual([[]]);
      expect(await stores.roomBans.readPage('den-of-none', undefined, 9, NOW)).toEqual({ bans: [] });
    });
  });

  describe('memberships', () => {
    it('begin once, hold in their room alone, and end once', async () => {
      const [user, room] = [fresh('user'), fresh('room')];
      const add = () => stores.memberships.add(user, { room, since: NOW });

      expect([await add(), await add()]).toEqual([true, false]);
      await stores.memberships.add('other', { room: 'elsewhere', since: NOW });
      expect(await stores.memberships.findRooms(user, [room, 'elsewhere', room])).toEqual(new Set([room]));
      expect(await stores.memberships.findRooms(user, [])).toEqual(new Set());
      expect(await stores.memberships.findUsers(room, ['other', user])).toEqual(new Set([user]));
      expect(await membersOf(room)).toEqual([[]]);
      for (let i = 0; i < 2; i++) {
        expect(await stores.memberships.remove(user, room)).toBe(true);
        expect(await stores.memberships.findRooms(user, [room])).toEqual(new Set());
        expect(await stores.memberships.findUsers(room, [user])).toEqual(new Set());
      }
      await stores.memberships.finishRemoval(user, room);
      expect(await stores.memberships.remove(user, room)).toBe(false);
      expect(await add()).toBe(true);
      await stores.memberships.remove(user, room);
      expect([await add(), await add()]).toEqual([true, false]);
      await stores.memberships.finishRemoval(user, room);
      expect(await stores.memberships.findRooms(user, [room])).toEqual(new Set([room]));
    });

    it('are forgotten part by part', async () => {
      const user = fresh('user');
      for (const room of ['a', 'b', 'c']) await stores.memberships.add(user, { room, since: NOW });

      let forgotten = 0;
      for (let isDone = false; !isDone; ) {
        const part = await stores.memberships.forgetSome(user, 2);
        forgotten += part.forgotten;
        isDone = part.isDone;
      }
      expect(forgotten).toBe(3);
      expect(await stores.memberships.findRooms(user, ['a', 'b', 'c'])).toEqual(new Set());
    });
  });

  describe('what a room has lost', () => {
    it('is noted up to the highest seq, beside the settings', async () => {
      const room = fresh('room');
      expect(await stores.gone.read(room)).toBe(0);
      await stores.roomSettings.change(room, { title: 'Den' });
      for (const seq of [3, 7, 5]) await stores.gone.raise(room, seq);
      await stores.roomSettings.change(room, { title: '' });

      expect(await stores.gone.read(room)).toBe(7);
      expect(await stores.roomSettings.read(room)).toEqual({ settings: {}, mutedUntil: 0 });
    });
  });

  describe('cursors of events', () => {
    const claim = (room: string, run: string, now = NOW) => stores.cursors.claim(room, run, now + HOUR, now);

    it('are claimed by one run at a time, and by another when the hold has ended', async () => {
      const room = fresh('room');
      expect(await claim(room, 'a')).toEqual({ kind: 'claimed', seq: 0, fails: 0 });
      expect(await claim(room, 'b')).toEqual({
        kind: 'held',
        until: NOW + HOUR,
        isQueued: false,
        isNoted: false,
      });
      expect(await claim(room, 'a')).toEqual({ kind: 'claimed', seq: 0, fails: 0 });
      expect(await claim(room, 'b', NOW + HOUR)).toMatchObject({ kind: 'claimed' });
    });

    it('are moved by the run that holds the room only', async () => {
      const room = fresh('room');
      await claim(room, 'a');
      expect(await stores.cursors.advance(room, 'a', 3)).toBe(true);
      await claim(room, 'b', NOW + HOUR);
      expect(await stores.cursors.advance(room, 'a', 4)).toBe(false);
      expect(await stores.cursors.release(room, 'a', 4)).toBe('lost');
      await stores.cursors.postpone(room, 'a', 4, NOW + 9 * HOUR, 1);
      expect(await stores.cursors.release(room, 'b', 5)).toBe('released');
      expect(await claim(room, 'c')).toEqual({ kind: 'claimed', seq: 5, fails: 0 });
    });

    it('are not released before a noted wake was served, and know of the queued one until then', async () => {
      const room = fresh('room');
      const held = { kind: 'held', until: NOW + HOUR, isQueued: true };
      await claim(room, 'a');
      expect(await stores.cursors.noteWake(room, NOW + HOUR)).toBe(true);
      expect(await claim(room, 'b')).toEqual({ ...held, isNoted: true });
      expect(await stores.cursors.release(room, 'a', 1)).toBe('woken');
      expect(await stores.cursors.advance(room, 'a', 1)).toBe(true);
      expect(await claim(room, 'b')).toEqual({ ...held, isNoted: false });
      expect(await stores.cursors.release(room, 'a', 2)).toBe('released');
      expect(await stores.cursors.noteWake(room, NOW + HOUR)).toBe(false);
    });

    it('wait after a failure, with how often it failed', async () => {
      const room = fresh('room');
      await claim(room, 'a');
      await stores.cursors.postpone(room, 'a', 2, NOW + 5, 3);
      expect(await claim(room, 'b')).toMatchObject({
        kind: 'held',
        until: NOW + 5,
        isQueued: true,
        isNoted: true,
      });
      expect(await claim(room, 'b', NOW + 5)).toEqual({ kind: 'claimed', seq: 2, fails: 3 });
    });

    it('go back with the next claim, also of a room that waits, and never up', async () => {
      const room = fresh('room');
      expect(await stores.cursors.rewind(room, 0)).toBe('notSentYet');
      await claim(room, 'a');
      await stores.cursors.postpone(room, 'a', 7, NOW + HOUR, 1);
      expect(await stores.cursors.rewind(room, 7)).toBe('notSentYet');
      expect(await stores.cursors.rewind(room, 2)).toBe('rewound');
      expect(await stores.cursors.rewind(room, 3)).toBe('rewound');
      expect(await claim(room, 'b')).toEqual({ kind: 'claimed', seq: 2, fails: 0 });
      expect(await stores.cursors.advance(room, 'b', 8)).toBe(true);
      expect(await claim(room, 'c')).toMatchObject({ kind: 'held' });
    });

    it('go back after the run that holds the room, which cannot advance, and no other run may claim it', async () => {
      const room = fresh('room');
      await claim(room, 'a');
      await stores.cursors.advance(room, 'a', 7);
      expect(await stores.cursors.rewind(room, 4)).toBe('rewound');
      expect(await stores.cursors.rewind(room, 2)).toBe('rewound');
      expect(await claim(room, 'b')).toMatchObject({ kind: 'held', isNoted: true });
      expect(await stores.cursors.release(room, 'a', 8)).toBe('woken');
      expect(await stores.cursors.advance(room, 'a', 8)).toBe(false);
      await stores.cursors.postpone(room, 'a', 8, NOW + HOUR, 1);
      expect(await claim(room, 'b')).toEqual({ kind: 'claimed', seq: 2, fails: 0 });
    });
  });

  describe('notes of erasures', () => {
    it('are read up to a seq, the lowest first, until they are removed', async () => {
      const room = fresh('room');
      for (const seq of [20, 3, 100]) await stores.erasureNotes.add(room, { seq, id: `m${seq}` });
      await stores.erasureNotes.add(room, { seq: 3, id: 'm3' });

      expect(await stores.erasureNotes.read(room, 99, 10)).toEqual([
        { seq: 3, id: 'm3' },
        { seq: 20, id: 'm20' },
      ]);
      expect(await stores.erasureNotes.read(room, 100, 1)).toEqual([{ seq: 3, id: 'm3' }]);
      await stores.erasureNotes.remove(room, 3);
      expect(await stores.erasureNotes.read(room, 100, 10)).toHaveLength(2);
    });
  });

  describe('notifications', () => {
    const MINUTE = 60_000;
    const followed = async () => {
      const [user, room] = [fresh('user'), fresh('room')];
      await stores.follows.add(user, { room, since: NOW }, 9, NOW);
      return { user, userHash: hashOf(user), room };
    };
    const claim = (userHash: string, room: string, seq: number, run: string, now = NOW) =>
      stores.notifications.claim(userHash, room, { run, seq, now, nextAt: now + MINUTE });

    it('have a state only where the user follows the room', async () => {
      const { userHash, room } = await followed();
      const guest = fresh('user');
      await stores.follows.add(guest, { room, since: NOW, with: 'ada', expiresAt: NOW + HOUR }, 9, NOW);

      expect(await stores.notifications.read(userHash, room, NOW)).toEqual({ notified: 0, nextAt: 0 });
      expect(await stores.notifications.read(hashOf(guest), room, NOW)).toMatchObject({ with: 'ada' });
      expect(await stores.notifications.read(hashOf(guest), room, NOW + HOUR)).toBeUndefined();
      expect(await stores.notifications.read(userHash, fresh('room'), NOW)).toBeUndefined();
      expect(await stores.notifications.set(userHash, fresh('room'), { level: 'all' }, NOW)).toBe(false);
      expect(await claim(userHash, fresh('room'), 1, 'a')).toBe(false);
    });

    it('keep what a user has set, until it is replaced', async () => {
      const { user, userHash, room } = await followed();
      expect(await stores.notifications.set(userHash, room, { level: 'all', mutedUntil: NOW }, NOW)).toBe(
        true,
      );
      await stores.follows.mark(user, room, 0, { version: 0, seq: 3, n: 3, at: NOW }, NOW);
      expect(await stores.notifications.read(userHash, room, NOW)).toMatchObject({
        ...{ level: 'all', mutedUntil: NOW },
        mark: { seq: 3 },
      });
      await stores.notifications.set(userHash, room, {}, NOW);
      const state = await stores.notifications.read(userHash, room, NOW);
      expect([state?.level, state?.mutedUntil]).toEqual([undefined, 0]);
    });

    it('are claimed by one run at a time, once a minute, and not again for what was told', async () => {
      const { userHash, room } = await followed();
      const claims = await Promise.all(['a', 'b', 'c'].map((run) => claim(userHash, room, 5, run)));
      expect(claims.filter(Boolean)).toHaveLength(1);
      expect(await claim(userHash, room, 5, 'd', NOW + MINUTE)).toBe(true);
      await stores.notifications.confirm(userHash, room, 'a', 9);
      await stores.notifications.confirm(userHash, room, 'd', 7);
      expect(await stores.notifications.read(userHash, room, NOW)).toMatchObject({
        ...{ notified: 7, nextAt: NOW + 2 * MINUTE },
      });
      expect(await claim(userHash, room, 7, 'e', NOW + 2 * MINUTE)).toBe(false);
      expect(await claim(userHash, room, 8, 'e', NOW + 2 * MINUTE)).toBe(true);
    });

    it('are not claimed for what the user has read', async () => {
      const { user, userHash, room } = await followed();
      await stores.follows.mark(user, room, 0, { version: 0, seq: 5, n: 5, at: NOW }, NOW);
      expect(await claim(userHash, room, 5, 'a')).toBe(false);
      expect(await claim(userHash, room, 6, 'a')).toBe(true);
    });
  });

  describe('watchers of a room', () => {
    it('are listed once each, and removed by the row that is named', async () => {
      const room = fresh('room');
      for (const since of [1, 2])
        expect(await stores.watchers.add(room, { userHash: 'a', since })).toBe(true);
      await stores.watchers.add(room, { userHash: 'b', since: 3 });
      await stores.watchers.remove(room, 'a', 1);
      expect(await stores.watchers.list(room)).toEqual([
        { userHash: 'a', since: 2 },
        { userHash: 'b', since: 3 },
      ]);
      await stores.watchers.remove(room, 'a', 2);
      await stores.watchers.remove(room, 'b');
      expect(await stores.watchers.list(room)).toEqual([]);
    });

    it('are 500 at most', async () => {
      const room = fresh('room');
      const names = Array.from({ length: MAX_WATCHERS }, (_, i) => `user-${i}`);
      for (const userHash of names) await stores.watchers.add(room, { userHash, since: NOW });

      expect(await stores.watchers.add(room, { userHash: 'one more', since: NOW })).toBe(false);
      expect(await stores.watchers.add(room, { userHash: 'user-7', since: NOW + 1 })).toBe(true);
      expect(await stores.watchers.list(room)).toHaveLength(MAX_WATCHERS);
    });
  });

  describe('subscriptions', () => {
    const subscription = (user: string, endpoint: string, at = NOW): OwnSubscription => ({
      ...{ endpoint, p256dh: 'key', auth: 'secret', user, permissions: '*:rw', at },
    });
    const add = (user: string, endpoint: string, at = NOW, until = NOW + HOUR) =>
      stores.subscriptions.add(hashOf(user), subscription(user, endpoint, at), until);
    const endpointsOf = async (user: string, now = NOW) =>
      (await stores.subscriptions.read(hashOf(user), now)).map(({ endpoint }) => endpoint).sort();

    it('are given as they were added, until they expire or are removed', async () => {
      const [user, one, other] = [fresh('user'), fresh('https://one'), fresh('https://other')];
      await add(user, one);
      await add(user, other, NOW + 1, NOW + 2 * HOUR);

      expect(await stores.subscriptions.read(hashOf(user), NOW)).toContainEqual(subscription(user, one));
      expect(await endpointsOf(user, NOW + HOUR)).toEqual([other]);
      await stores.subscriptions.remove(hashOf(user), hashOf(other));
      expect(await endpointsOf(user)).toEqual([one]);
    });

    it('are ten at most, those that browsers sent last', async () => {
      const user = fresh('user');
      for (let i = 0; i < 12; i++) await add(user, `https://${user}/${i}`, NOW + i);

      const endpoints = await endpointsOf(user);
      expect(endpoints).toHaveLength(10);
      expect(endpoints).not.toContain(`https://${user}/1`);
    });

    it('are of one user only: the one who signed in last', async () => {
      const [ada, bob, endpoint] = [fresh('user'), fresh('user'), fresh('https://shared')];
      await add(ada, endpoint);
      await add(bob, endpoint);
      expect([await endpointsOf(ada), await endpointsOf(bob)]).toEqual([[], [endpoint]]);
      await add(ada, endpoint);
      expect([await endpointsOf(ada), await endpointsOf(bob)]).toEqual([[endpoint], []]);
    });

    it('are forgotten in parts', async () => {
      const user = fresh('user');
      for (let i = 0; i < 3; i++) await add(user, `https://${user}/${i}`);
      expect(await stores.subscriptions.forgetSome(user, 2)).toEqual({ forgotten: 2, isDone: false });
      expect(await stores.subscriptions.forgetSome(user, 2)).toEqual({ forgotten: 1, isDone: true });
      expect(await endpointsOf(user)).toEqual([]);
    });
  });

  describe('reports', () => {
    const BOUNDS = { perMessage: 3, perUser: 4, until: NOW + HOUR };
    const report = (room: string, of: number, user: string, given: { reason?: string; at?: number } = {}) =>
      stores.reports.add(room, { of, user: { id: user, name: 'Named' }, at: NOW, ...given }, BOUNDS);
    const open = async (room: string, now = NOW) => {
      const { reports } = await stores.reports.readPage(room, undefined, 99, now);
      return reports.map(({ of, user }) => `${of} ${user.id}`);
    };

    it('are listed by message, page by page, until they end', async () => {
      const [room, user, other] = [fresh('room'), fresh('user-a'), fresh('user-b')];
      await report(room, 10, user, { reason: 'Spam' });
      await report(room, 9, user);
      await report(room, 10, other);
      await report('elsewhere', 9, other);

      const first = await stores.reports.readPage(room, undefined, 2, NOW);
      const rest = await stores.reports.readPage(room, first.next, 2, NOW);
      const read = [...first.reports, ...rest.reports];
      expect(rest.next).toBeUndefined();
      expect(read.map(({ of }) => of)).toEqual([9, 10, 10]);
      expect(read).toContainEqual({ of: 10, user: { id: user, name: 'Named' }, reason: 'Spam', at: NOW });
      expect(await open(room, NOW + HOUR)).toEqual([]);
      expect(await membersOf(room)).toEqual([[]]);
    });

    it('are one of each user and message, the last', async () => {
      const [room, user] = [fresh('room'), fresh('user')];
      await report(room, 5, user, { reason: 'Spam' });
      await report(room, 5, user, { reason: 'Threats', at: NOW + 1 });

      const { reports } = await stores.reports.readPage(room, undefined, 99, NOW);
      expect(reports).toEqual([{ of: 5, user: { id: user, name: 'Named' }, reason: 'Threats', at: NOW + 1 }]);
    });

    it('are no more than allowed of one message, and of one user', async () => {
      const [room, user] = [fresh('room'), fresh('user')];
      for (let i = 0; i < 5; i++) expect(await report(room, 5, `${user}-${i}`)).toBe('added');
      expect(await open(room)).toHaveLength(3);

      const outcomes = [];
      for (let i = 1; i <= 5; i++) outcomes.push(await report(`${room}-${i}`, i, user));
      expect(outcomes).toEqual(['added', 'added', 'added', 'added', 'tooMany']);
      expect(await open(`${room}-5`)).toEqual([]);
      expect(await report(`${room}-1`, 1, user)).toBe('added');
      expect(await open(`${room}-1`)).toEqual([`1 ${user}`]);
    });

    it('end with their message, and make room for others', async () => {
      const [room, user] = [fresh('room'), fresh('user')];
      for (let i = 0; i < 3; i++) await report(room, 5, `${user}-${i}`);
      await report(room, 55, user);

      for (let i = 0; i < 2; i++) await stores.reports.resolve(room, 5);
      expect(await open(room)).toEqual([`55 ${user}`]);
      expect(await report(room, 5, user)).toBe('added');
      expect(await open(room)).toEqual([`5 ${user}`, `55 ${user}`]);
    });

    it('are forgotten part by part, by their user and by their room', async () => {
      const [room, user, other] = [fresh('room'), fresh('user'), fresh('other')];
      const forgetAll = async (forgetSome: () => Promise<{ forgotten: number; isDone: boolean }>) => {
        let forgotten = 0;
        for (let isDone = false; !isDone; ) {
          const part = await forgetSome();
          forgotten += part.forgotten;
          isDone = part.isDone;
        }
        return forgotten;
      };
      for (const seq of [1, 2, 3]) await report(room, seq, user);
      for (const seq of [1, 2]) await report(room, seq, other);
      await report('elsewhere', 7, other);

      expect(await forgetAll(() => stores.reports.forgetSome(user, 2))).toBe(3);
      expect(await open(room)).toEqual([`1 ${other}`, `2 ${other}`]);
      expect(await forgetAll(() => stores.reports.forgetSomeIn(room, 1))).toBe(2);
      expect(await open(room)).toEqual([]);
      expect(await open('elsewhere')).toContain(`7 ${other}`);
    });
  });

  describe('held messages', () => {
    const messageOf = (room: string, user: string, id: string, at = NOW) => ({
      at,
      request: { room, id, from: { id: user, name: 'Named', role: 'teacher' }, text: `Text of ${id} 🦄` },
    });
    const hold = (room: string, user: string, id: string, at = NOW) =>
      stores.held.add(`${room} ${user} ${id}`, messageOf(room, user, id, at), {
        perUser: 3,
        until: at + HOUR,
      });
    const waiting = async (room: string, now = NOW) =>
      (await stores.held.readPage(room, undefined, 99, now)).messages.map(({ request }) => request.id);

    it('are listed by time, page by page, whole, until they expire', async () => {
      const [room, user] = [fresh('room'), fresh('user')];
      await hold(room, user, 'second', NOW + 10);
      await hold(room, user, 'first', NOW + 9);
      await stores.held.add(
        'as member',
        { ...messageOf(room, `${user}-2`, 'third', NOW + 11), onlyAsMember: true },
        {
          perUser: 3,
          until: NOW + HOUR + 11,
        },
      );
      await hold('elsewhere', user, 'first');

      const page = await stores.held.readPage(room, undefined, 2, NOW);
      const rest = await stores.held.readPage(room, page.next, 2, NOW);
      expect(rest.next).toBeUndefined();
      expect([...page.messages, ...rest.messages]).toEqual([
        { held: expect.any(String), ...messageOf(room, user, 'first', NOW + 9) },
        { held: expect.any(String), ...messageOf(room, user, 'second', NOW + 10) },
        {
          held: expect.any(String),
          ...messageOf(room, `${user}-2`, 'third', NOW + 11),
          onlyAsMember: true,
        },
      ]);
      const [first] = page.messages;
      expect(await stores.held.find(room, first?.held ?? '', NOW)).toEqual(first);
      expect(await stores.held.find('elsewhere', first?.held ?? '', NOW)).toBeUndefined();
      expect(await stores.held.find(room, first?.held ?? '', NOW + 2 * HOUR)).toBeUndefined();
      expect(await waiting(room, NOW + 2 * HOUR)).toEqual([]);
      expect(await membersOf(room)).toEqual([[]]);
    });

    it('are one of each subject, with the time of the first attempt, until it expires', async () => {
      const [room, user] = [fresh('room'), fresh('user')];
      for (const at of [NOW, NOW + 5]) expect(await hold(room, user, 'message', at)).toBe('added');
      const [kept] = (await stores.held.readPage(room, undefined, 99, NOW)).messages;
      expect(kept).toMatchObject({ at: NOW });

      const later = NOW + 2 * HOUR;
      expect(await hold(room, user, 'message', later)).toBe('added');
      expect(await waiting(room, later)).toEqual(['message']);
      expect(await stores.held.find(room, kept?.held ?? '', later)).toBeUndefined();
    });

    it('are no more of a user than allowed, however many come at once', async () => {
      const [room, user] = [fresh('room'), fresh('user')];
      const outcomes = await Promise.all(['1', '2', '3', '4', '5', '6'].map((id) => hold(room, user, id)));

      const kept = outcomes.filter((outcome) => outcome === 'added');
      expect(kept.length).toBeLessThanOrEqual(3);
      expect(await waiting(room)).toHaveLength(kept.length);
      for (const { held } of (await stores.held.readPage(room, undefined, 99, NOW)).messages)
        for (let i = 0; i < 2; i++) await stores.held.remove(room, held);
      expect(await waiting(room)).toEqual([]);
      for (const id of ['1', '2', '3', '1']) expect(await hold(room, user, id)).toBe('added');
      expect(await hold(room, user, '4')).toBe('tooMany');
      expect(await hold(room, user, '1')).toBe('added');
      expect(await waiting(room)).toHaveLength(3);
    });

    it('are taken away again by the attempt that added them, unless another relies on them', async () => {
      const [room, user] = [fresh('room'), fresh('user')];
      const withdraw = (id: string) =>
        stores.held.withdraw(`${room} ${user} ${id}`, messageOf(room, user, id).request);
      await hold(room, user, 'alone');
      for (let i = 0; i < 2; i++) await hold(room, user, 'shared', NOW + 1);

      for (const id of ['alone', 'alone', 'shared', 'none']) await withdraw(id);

      expect(await waiting(room)).toEqual(['shared']);
    });

    it('are forgotten part by part, by their author and by their room', async () => {
      const [room, user, other] = [fresh('room'), fresh('user'), fresh('other')];
      for (const id of ['1', '2', '3']) await hold(room, user, id);
      for (const id of ['1', '2']) await hold(room, other, id);
      await hold('elsewhere', other, '7');
      const forgetAll = async (forgetSome: () => Promise<{ forgotten: number; isDone: boolean }>) => {
        let forgotten = 0;
        for (let isDone = false; !isDone; ) {
          const part = await forgetSome();
          forgotten += part.forgotten;
          isDone = part.isDone;
        }
        return forgotten;
      };

      expect(await forgetAll(() => stores.held.forgetSome(user, 2))).toBe(3);
      expect(await waiting(room)).toHaveLength(2);
      expect(await forgetAll(() => stores.held.forgetSomeIn(room, 1))).toBe(2);
      expect(await waiting(room)).toEqual([]);
      expect(await waiting('elsewhere')).toContain('7');
    });
  });

  describe('settings of rooms', () => {
    it('are off at first, and each is changed by itself', async () => {
      const room = fresh('room');
      expect(await stores.roomSettings.read(room)).toEqual({ settings: {}, mutedUntil: 0 });

      await stores.roomSettings.change(room, { title: 'Den', slow: 30, readOnly: true });
      expect(await stores.roomSettings.change(room, { slow: 0 })).toEqual({
        settings: { title: 'Den', readOnly: true },
        mutedUntil: 0,
      });
      expect(await stores.roomSettings.change(room, { private: true })).toEqual({
        settings: { title: 'Den', readOnly: true, private: true },
        mutedUntil: 0,
      });
      await stores.roomSettings.change(room, { title: '', readOnly: false, private: false });
      await stores.roomSettings.change(room, { title: 'Attic', readOnly: false });

      expect(await stores.roomSettings.read(room)).toEqual({ settings: { title: 'Attic' }, mutedUntil: 0 });
      expect(await stores.roomSettings.readAll(['none', room])).toEqual([
        { settings: {}, mutedUntil: 0 },
        { settings: { title: 'Attic' }, mutedUntil: 0 },
      ]);
      expect(await membersOf(room)).toEqual([[]]);
    });

    it('note the end of the longest mute beside', async () => {
      const room = fresh('room');
      await stores.roomSettings.noteMute(room, NOW + HOUR);
      await stores.roomSettings.noteMute(room, NOW + 1);
      await stores.roomSettings.change(room, { slow: 5 });

      expect(await stores.roomSettings.read(room)).toEqual({ settings: { slow: 5 }, mutedUntil: NOW + HOUR });
    });
  });

  describe('mutes', () => {
    const mo = { id: 'mo', name: 'Mo' };
    const mute = (id: string, room: string, until: number, by?: { id: string; name: string }) =>
      stores.restrictions.mute(room, { user: { id, name: 'Named' }, until, ...(by && { by }) }, NOW);
    const until = async (user: string, room: string) =>
      (await stores.restrictions.read(user, room)).mutedUntil;

    it('hold in one room, the longest of several, until they are ended', async () => {
      const user = fresh('user');
      await mute(user, 'den', NOW + HOUR);
      await mute(user, 'den', NOW + 1);

      expect([await until(user, 'den'), await until(user, 'attic')]).toEqual([NOW + HOUR, 0]);
      await stores.restrictions.unmute(user, 'den');
      await stores.restrictions.unmute(user, 'den');
      expect(await until(user, 'den')).toBe(0);
      await mute(user, 'den', NOW + 1);
      expect(await until(user, 'den')).toBe(NOW + 1);
    });

    it('are listed among the bans of their room, and only while they hold', async () => {
      const [room, muted, banned] = [fresh('room'), fresh('user'), fresh('user')];
      await mute(muted, room, NOW + HOUR, mo);
      await stores.roomBans.add(banned, room, NOW + HOUR);
      await stores.users.addBan(banned, { room, until: NOW + HOUR }, NOW);

      const { bans } = await stores.roomBans.readPage(room, undefined, 9, NOW);
      expect(bans).toHaveLength(2);
      expect(bans).toContainEqual({
        ...{ user: { id: muted, name: 'Named' }, until: NOW + HOUR, at: NOW, by: mo, mute: true },
      });
      expect((await stores.roomBans.readPage(room, undefined, 9, NOW + HOUR)).bans).toEqual([]);
      await stores.restrictions.unmute(muted, room);
      expect((await stores.roomBans.readPage(room, undefined, 9, NOW)).bans).toHaveLength(1);
    });

    it('and turns are forgotten, in every room and part by part', async () => {
      const user = fresh('user');
      for (const room of ['a', 'b', 'c']) await mute(user, room, NOW + HOUR);
      await stores.restrictions.takeTurn(user, 'd', turn());

      let forgotten = 0;
      for (let isDone = false; !isDone; ) {
        const part = await stores.restrictions.forgetSome(user, 3);
        forgotten += part.forgotten;
        isDone = part.isDone;
      }
      expect(forgotten).toBe(4);
      expect(await stores.restrictions.read(user, 'a')).toEqual({ mutedUntil: 0, nextAt: 0 });
    });
  });

  const turn = (given: Partial<Turn> = {}): Turn => ({
    ...{ id: 'message-1', after: 5, head: 7, now: NOW, nextAt: NOW + HOUR, ...given },
  });

  describe('turns of slow mode', () => {
    it('let one of many messages through, and the next after the wait', async () => {
      const user = fresh('user');
      const ids = Array.from({ length: 9 }, (_, i) => `message-${i}`);

      const refused = await Promise.all(
        ids.map((id) => stores.restrictions.takeTurn(user, 'den', turn({ id }))),
      );

      expect(refused.filter((each) => !each)).toHaveLength(1);
      expect(refused.find((each) => each)).toMatchObject({ mutedUntil: 0, nextAt: NOW + HOUR });
      expect(await stores.restrictions.takeTurn(user, 'attic', turn())).toBeUndefined();
      const later = turn({ id: 'later', now: NOW + HOUR, nextAt: NOW + 2 * HOUR });
      expect(await stores.restrictions.takeTurn(user, 'den', later)).toBeUndefined();
    });

    it('stay those of a repeat whose search sees the first attempt, and of no other', async () => {
      const user = fresh('user');
      await stores.restrictions.takeTurn(user, 'den', turn());

      expect(await stores.restrictions.takeTurn(user, 'den', turn({ after: 7, head: 8 }))).toBeUndefined();
      expect(await stores.restrictions.takeTurn(user, 'den', turn({ after: 9, head: 9 }))).toMatchObject({
        nextAt: NOW + HOUR,
      });
    });

    it('are not taken by a muted user, and outlast a mute', async () => {
      const user = fresh('user');
      await stores.restrictions.takeTurn(user, 'den', turn());
      await stores.restrictions.mute('den', { user: { id: user, name: 'N' }, until: NOW + 2 }, NOW);

      expect(await stores.restrictions.takeTurn(user, 'den', turn({ now: NOW + 1 }))).toMatchObject({
        mutedUntil: NOW + 2,
      });
      const later = turn({ id: 'later', now: NOW + 2 });
      expect(await stores.restrictions.takeTurn(user, 'den', later)).toMatchObject({ nextAt: NOW + HOUR });
    });
  });

  describe('leases', () => {
    it('gives the rooms of an open connection and nothing of another', async () => {
      const id = await connected({}, ['den', 'attic']);

      expect((await renew(id))?.sort()).toEqual(['attic', 'den']);
      expect(await renew(id, NOW + HOUR - 1)).toBeDefined();
      expect(await renew(id, NOW + HOUR)).toBeUndefined();
      await stores.connections.close(id);
      expect(await renew(id)).toBeUndefined();
    });

    it('counts a connection as present until its lease runs out', async () => {
      const id = await connected();

      expect(await present([id, 'nobody'], LEASE - 1)).toEqual([id]);
      expect(await present([id], LEASE)).toEqual([]);
    });

    it.each<[string, (id: string) => Promise<unknown>]>([
      ['a ping', (id) => renew(id, NOW, LEASE + 1)],
      ['a send', (id) => stores.connections.charge(id, 'den', sends(), LEASE + 1)],
      ['a join', (id) => stores.connections.join(id, 'attic', ample, LEASE + 1, MAX_ROOMS)],
      ['a departure', (id) => stores.connections.leave(id, 'den', ample, LEASE + 1)],
    ])('renews the lease by %s', async (_name, act) => {
      const id = await connected({}, ['den']);

      await act(id);

      expect(await present([id], LEASE)).toEqual([id]);
    });

    it('looks at any number of connections, more than one batch of the database holds', async () => {
      const ids = await Promise.all(Array.from({ length: 120 }, () => connected()));
      const strangers = Array.from({ length: 130 }, () => fresh('stranger'));

      expect(await present([...ids, ...strangers], NOW)).toEqual(ids.toSorted());
      expect(await present([], NOW)).toEqual([]);
    });

    it('lapses once for each room, is not in it by its pings then, and enters it again', async () => {
      const id = await connected({}, ['den', 'attic']);

      expect(await stores.connections.markLapsed(id, 'den', LEASE - 1)).toBe(false);
      expect(await stores.connections.markLapsed(id, 'cellar', LEASE)).toBe(false);
      const marked = await Promise.all([1, 2].map(() => stores.connections.markLapsed(id, 'den', LEASE)));
      expect(marked.sort()).toEqual([false, true]);
      expect(await stores.connections.markLapsed(fresh('stranger'), 'den', LEASE)).toBe(false);

      expect(await renew(id)).toEqual(['attic']);
      const join = () => stores.connections.join(id, 'den', ample, LEASE, MAX_ROOMS);
      expect(await join()).toEqual({ fence: 0, hasLapsed: true });
      expect(await join()).toEqual({ fence: 0 });
      expect((await renew(id))?.sort()).toEqual(['attic', 'den']);
    });

    it('keeps the rooms that were not told of it until they are', async () => {
      const id = await connected();
      for (const room of ['den', 'attic', 'den']) await stores.connections.noteUntold(id, room);
      await stores.connections.noteUntold(fresh('stranger'), 'den');

      expect(await untoldBy(id)).toEqual(['attic', 'den']);
      await stores.connections.clearUntold(id, ['den', 'cellar']);
      expect(await untoldBy(id)).toEqual(['attic']);
    });

    it('keeps no note of a join that was left, and that of one who was removed', async () => {
      const rooms = ['den', 'attic', ...LONG_NAMES.slice(0, 2)];
      const id = await connected({}, rooms);
      for (const room of rooms) await stores.connections.noteUntold(id, room);

      for (const [i, room] of rooms.entries())
        await (i % 2 === 0 ? leave(id, room) : stores.connections.removeFromRoom(id, room));

      expect(await untoldBy(id)).toEqual(['attic', LONG_NAMES[1]]);
    });

    it('leaves no more than sixteen rooms before the first of them is finished', async () => {
      const id = await connected();
      const leaveRoom = (n: number) => stores.connections.leave(id, `room-${n}`, ample, LEASE);
      for (let n = 0; n < 16; n++) expect(await leaveRoom(n)).toMatchObject({ wasMember: false });

      expect(await leaveRoom(16)).toMatchObject({ kind: 'rateLimited' });
      await stores.connections.finishLeave(id, 'room-0');
      expect(await leaveRoom(16)).toMatchObject({ wasMember: false });
    });

    it('keeps no more than fifty rooms that were not told of it', async () => {
      const id = await connected();
      for (let i = 0; i < 52; i++) await stores.connections.noteUntold(id, `room-${i}`);

      expect(await untoldBy(id)).toHaveLength(50);
    });

    it('tells whose connection is present and when its first lease ended, whatever came later', async () => {
      const user = { id: fresh('user'), name: 'Zoë "🦄"' };
      const id = await connected({ user }, ['den']);

      await renew(id, NOW, LEASE + 60_000);

      expect(activeOf(await stores.connections.find([id]), LEASE)).toEqual([{ id, user, firstLease: LEASE }]);
    });
  });

  describe('members', () => {
    it('are given part by part, without those that were put out', async () => {
      const room = fresh('room');
      const ids = Array.from({ length: 7 }, (_, i) => `c${i}`);
      for (const id of ids) await stores.members.add({ room, id, expiresAt: NOW + HOUR });
      await stores.members.tombstone(room, 'c1', 1, NOW);

      const pages: Member[][] = [];
      let from: string | undefined;
      do {
        const page = await stores.members.readPage(room, from, 3);
        pages.push(page.members);
        from = page.next;
      } while (from !== undefined);

      expect(pages.flat().map(({ id }) => id)).toEqual(ids.filter((id) => id !== 'c1'));
      expect(pages.slice(0, 3).map((page) => page.length)).toEqual([2, 3, 1]);
    });

    const member = (room: string, id: string): Member => ({ room, id, expiresAt: NOW + HOUR });

    it('lists who was added, at once and once', async () => {
      const room = fresh('room');
      const added = member(room, 'abc=');

      const isNew = [await stores.members.add(added), await stores.members.add(added)];

      expect(isNew).toEqual(['new', 'known']);
      expect((await membersOf(room)).flat()).toEqual([added]);
    });

    it.each([
      [0, NOW],
      [1, NOW + 1_000],
      [999, NOW + 1_000],
      [1_000, NOW + 1_000],
    ])('gives the next whole second for an expiry %s ms after one', async (ms, expected) => {
      const room = fresh('room');
      await stores.members.add({ room, id: 'abc=', expiresAt: NOW + ms });

      expect((await membersOf(room)).flat()).toEqual([{ room, id: 'abc=', expiresAt: expected }]);
    });

    it('lists nobody who was removed, and removes twice without complaint', async () => {
      const room = fresh('room');
      await Promise.all(['a', 'b', 'c'].map((id) => stores.members.add(member(room, id))));

      await stores.members.remove(room, 'b', FINAL_FENCE);
      await stores.members.remove(room, 'b', FINAL_FENCE);

      expect((await membersOf(room)).flat().map(({ id }) => id)).toEqual(['a', 'c']);
    });

    it('keeps the row of a later join from a removal that is late', async () => {
      const room = fresh('room');
      await stores.members.add(member(room, 'a'), 2);
      await stores.members.add(member(room, 'b'));

      await stores.members.remove(room, 'a', 1);
      await stores.members.remove(room, 'b', 0);

      expect((await membersOf(room)).flat().map(({ id }) => id)).toEqual(['a']);
      await stores.members.remove(room, 'a', 2);
      expect((await membersOf(room)).flat()).toEqual([]);
    });

    it('lists an empty room as empty', async () => {
      expect((await membersOf(fresh('room'))).flat()).toEqual([]);
    });

    it.each([
      ['all alike', undefined, [10, 10, 5]],
      ['the first smaller', 15, [10, 15]],
      ['the first larger', 6, [10, 6, 6, 3]],
    ])('lists everyone once, in pages of the size asked for: %s', async (_name, later, sizes) => {
      const room = fresh('room');
      const ids = Array.from({ length: 25 }, (_, i) => `m${String(i).padStart(3, '0')}`);
      await Promise.all(ids.map((id) => stores.members.add(member(room, id))));

      const pages = await membersOf(room, 10, later);

      expect(pages.map((page) => page.length).filter((length) => length > 0)).toEqual(sizes);
      expect(
        pages
          .flat()
          .map(({ id }) => id)
          .sort(),
      ).toEqual(ids);
    });

    it('fills its pages past those who were put out', async () => {
      const room = fresh('room');
      const ids = Array.from({ length: 12 }, (_, i) => `m${String(i).padStart(3, '0')}`);
      await Promise.all(ids.map((id) => stores.members.add(member(room, id))));
      await Promise.all(ids.slice(0, 3).map((id) => stores.members.tombstone(room, id, 1, NOW)));

      const pages = await membersOf(room, 5);

      expect(pages.map((page) => page.length).filter((length) => length > 0)).toEqual([5, 4]);
      expect(pages.flat().map(({ id }) => id)).toEqual(ids.slice(3));
    });

    it('lists nobody who was put out, and takes no join from before', async () => {
      const room = fresh('room');
      for (const id of ['a', 'b', 'c']) await stores.members.add(member(room, id));

      await stores.members.tombstone(room, 'b', 1, NOW);
      await stores.members.tombstone(room, 'never-in', 3, NOW);

      expect(await stores.members.add(member(room, 'b'))).toBe('late');
      expect(await stores.members.add(member(room, 'never-in'), 2)).toBe('late');
      expect((await membersOf(room)).flat().map(({ id }) => id)).toEqual(['a', 'c']);
    });

    it('takes a join of the new fence, and none from before after it', async () => {
      const room = fresh('room');
      await stores.members.tombstone(room, 'b', 1, NOW);

      expect(await stores.members.add(member(room, 'b'), 1)).toBe('new');
      expect(await stores.members.add(member(room, 'b'), 0)).toBe('late');

      expect((await membersOf(room)).flat()).toEqual([member(room, 'b')]);
    });

    it('has the members of a room, and none that left or were put out', async () => {
      const room = fresh('room');
      for (const id of ['in', 'left', 'out']) await stores.members.add(member(room, id));
      await stores.members.remove(room, 'left', FINAL_FENCE);
      await stores.members.tombstone(room, 'out', 1, NOW);

      const asked = ['in', 'left', 'out', 'never-in'].map((id) => stores.members.has(room, id));
      expect(await Promise.all(asked)).toEqual([true, false, false, false]);
    });

    it('tells whether one that is put out was a member, however often it is put out', async () => {
      const room = fresh('room');
      await stores.members.add(member(room, 'in'));
      await stores.members.add(member(room, 'left'));
      await stores.members.remove(room, 'left', 0);

      for (const fence of [1, 2, 3]) {
        const wasMember = async (id: string) =>
          (await stores.members.tombstone(room, id, fence, NOW)).wasMember;
        expect(await wasMember('in')).toBe(true);
        expect(await wasMember('left')).toBe(false);
        expect(await wasMember('never-in')).toBe(false);
      }
      expect(await stores.members.tombstone(room, 'in', 2, NOW)).toEqual({ wasMember: false });
    });

    it('keeps a join in that came after the removal had ended the fence before it', async () => {
      const room = fresh('room');
      await stores.members.add(member(room, 'b'), 1);

      expect(await stores.members.tombstone(room, 'b', 1, NOW)).toEqual({ wasMember: false });
      expect(await stores.members.has(room, 'b')).toBe(true);
      expect(await stores.members.tombstone(room, 'b', 2, NOW)).toEqual({ wasMember: true });
    });

    it('keeps out for good who has no fence left', async () => {
      const room = fresh('room');

      await stores.members.tombstone(room, 'b', FINAL_FENCE, NOW);
      await stores.members.tombstone(room, 'b', 1, NOW);
      await stores.members.remove(room, 'b', FINAL_FENCE);

      expect(await stores.members.add(member(room, 'b'), 1_000)).toBe('late');
      expect((await membersOf(room)).flat()).toEqual([]);
    });

    it('lists nobody who was put out, however joins race with it', async () => {
      const room = fresh('room');

      await Promise.all([
        stores.members.tombstone(room, 'b', 1, NOW),
        ...Array.from({ length: 10 }, () => stores.members.add(member(room, 'b'))),
        stores.members.remove(room, 'b', FINAL_FENCE),
      ]);

      expect((await membersOf(room)).flat()).toEqual([]);
    });

    it('keeps rooms apart', async () => {
      const room = fresh('room');
      await stores.members.add(member(room, 'a'));
      await stores.members.add(member(`${room}.a`, 'b'));

      await stores.members.remove(room, 'b', FINAL_FENCE);

      expect((await membersOf(room)).flat().map(({ id }) => id)).toEqual(['a']);
      expect((await membersOf(`${room}.a`)).flat().map(({ id }) => id)).toEqual(['b']);
    });
  });

  describe('sendQuotas', () => {
    it('have a bucket like a connection, each their own', async () => {
      const [ann, bob] = [fresh('ann'), fresh('bob')];
      const taken = await Promise.all(Array.from({ length: 20 }, () => inTheEnd(() => charge(ann))));

      expect(taken).toEqual(Array(20).fill('ok'));
      expect(await charge(ann)).toEqual({ kind: 'rateLimited', retryAfterMs: 200 });
      expect(await charge(ann, NOW + 200)).toBe('ok');
      expect(await charge(bob)).toBe('ok');
    });

    it('foresee how a charge will move the bucket, and a debt, and take nothing', async () => {
      const ann = fresh('ann');
      const { sendQuotas } = stores;

      expect(await sendQuotas.foresee(ann, sends())).toEqual({ way: 'restart' });
      await charge(ann);
      expect(await sendQuotas.foresee(ann, sends())).toEqual({ way: 'advance' });
      for (let i = 0; i < 19; i++) expect(await charge(ann)).toBe('ok');
      expect(await sendQuotas.foresee(ann, sends())).toEqual({ kind: 'rateLimited', retryAfterMs: 200 });

      await consume(ann, 60_000);
      expect(await sendQuotas.foresee(ann, sends())).toEqual({ kind: 'rateLimited', retryAfterMs: 20_000 });
    });

    it('charge what was consumed whatever it comes to, and refuse a user in debt', async () => {
      const [ann, bob] = [fresh('ann'), fresh('bob')];

      expect(await consume(ann, 30_000)).toBe(0);
      expect(await charge(ann)).toBe('ok');
      expect(await consume(ann, 30_000)).toBe(20_000);

      expect(await charge(ann)).toEqual({ kind: 'rateLimited', retryAfterMs: 20_000 });
      expect(await charge(ann, NOW + 20_000)).toBe('ok');
      expect(await charge(bob)).toBe('ok');
    });

    it('charge nothing for what was paid by time, and owe no more than five minutes', async () => {
      const user = fresh('user');
      await consume(user, 40_000);

      expect(await consume(user, 40_000, NOW + 50_000)).toBe(0);
      expect(await consume(user, 1_000_000, NOW + 50_000)).toBe(300_000);
      expect(await consume(user, 1_000, NOW + 50_000)).toBe(300_000);
      expect(await consume(user, 1_000, NOW + 60_000)).toBe(291_000);
    });

    it('sum up what several containers charge at once', async () => {
      const user = fresh('user');

      await Promise.all([1, 2, 3].map(() => consume(user, 20_000)));

      expect(await consume(user, 1)).toBe(20_001);
    });

    it('do not hold a user to a debt from a clock that is far ahead', async () => {
      const user = fresh('user');
      await consume(user, 1_000, NOW + HOUR);

      expect(await charge(user)).toBe('ok');
      expect(await consume(user, 41_000)).toBe(1_000);
    });

    it('keep the head their first try met, whatever later ones meet', async () => {
      const send = { room: fresh('room'), id: 'message-1', user: 'ann' };

      const first = await Promise.all([3, 4, 5].map((head) => keep(send, head)));

      expect(new Set(first).size).toBe(1);
      expect(await keep(send, 900)).toBe(first[0]);
      for (const other of [{ room: `${send.room}.b` }, { id: 'message-2' }, { user: 'bob' }])
        expect(await keep({ ...send, ...other }, 900)).toBe(900);
    });

    it('know that a room was empty', async () => {
      const send = { room: fresh('room'), id: 'message-1', user: 'ann' };

      expect(await keep(send, 0)).toBe(0);
      expect(await keep(send, 7)).toBe(0);
    });

    it('keep the first verdict on a subject, whatever later ones are', async () => {
      const subject = fresh('words');
      const replaced = { verdict: 'replace', text: 'h***o 🦄', data: { a: [1] } } as const;
      expect(await stores.verdicts.find(subject)).toBeUndefined();

      const kept = await Promise.all(
        [replaced, { verdict: 'allow' } as const].map((verdict) =>
          stores.verdicts.keepFirst(subject, verdict, NOW + HOUR),
        ),
      );

      expect(kept[1]).toEqual(kept[0]);
      expect(await stores.verdicts.find(subject)).toEqual(kept[0]);
      expect(await stores.verdicts.keepFirst(`${subject}'`, replaced, NOW + HOUR)).toEqual(replaced);
    });

    it('keep the first decision in the place of "hold", or of no verdict, and of no other', async () => {
      const settle = (subject: string, verdict: 'allow' | 'deny') =>
        stores.verdicts.settle(
          subject,
          verdict === 'allow' ? { verdict, after: 7 } : { verdict },
          NOW + HOUR,
        );
      const [held, without, judged] = [fresh('held'), fresh('without'), fresh('judged')];
      await stores.verdicts.keepFirst(held, { verdict: 'hold' }, NOW + HOUR);
      await stores.verdicts.keepFirst(judged, { verdict: 'replace', text: 'h***o' }, NOW + HOUR);

      const both = await Promise.all([settle(held, 'allow'), settle(held, 'deny')]);

      expect(both[1]).toEqual(both[0]);
      expect(await stores.verdicts.find(held)).toEqual(both[0]);
      expect(await stores.verdicts.keepFirst(held, { verdict: 'hold' }, NOW + HOUR)).toEqual(both[0]);
      expect(await settle(without, 'deny')).toEqual({ verdict: 'deny' });
      expect(await stores.verdicts.find(without)).toEqual({ verdict: 'deny' });
      expect(await settle(judged, 'deny')).toEqual({ verdict: 'replace', text: 'h***o' });
    });

    const charge = (user: string, now = NOW) => stores.sendQuotas.charge(user, sends(now));
    const consume = (user: string, costMs: number, now = NOW) =>
      stores.sendQuotas.chargeUnits(user, { now, costMs });
    const keep = (send: { room: string; id: string; user: string }, head: number) =>
      stores.idempotency.getOrSetBaseSeq(send, head, NOW + HOUR);
    /** Rivals for one bucket may be told to come again at once. */
    const inTheEnd = async (act: () => ReturnType<typeof charge>) => {
      for (let tries = 0; tries < 20; tries++) if ((await act()) === 'ok') return 'ok';
      return 'never';
    };
  });
}

function entry(seq: number, text = 'hello'): MessageEntry {
  return {
    type: 'message',
    seq,
    id: `id-of-${seq}`,
    text,
    from: { id: 'ann', name: 'Ann 🦄', role: 'moderator' },
    at: NOW - seq,
  };
}

function seqsOf(entries: readonly (StoredEntry | { seq: number })[]): number[] {
  return entries.map(({ seq }) => seq);
}
