import type { Requester } from '../../lib/auth/requester';
import { logWithGone } from '../../lib/log/logWithGone';
import { type MessageEntry, parseServerFrame, type Unread } from '../../lib/protocol';
import { ann, bob, connect, createHarness, expire, fill, type Harness, HOUR, NOW, range } from './harness';
import { ask } from './roomOfTwo';

const read = (harness: Harness, who: Requester, seq: number, version = 0, given: object = {}) =>
  ask(harness, who, { action: 'read', room: 'den', seq, version, ...given });

/** A harness with a room of some messages, which Ann follows. */
async function roomOf(entries: readonly (number | Partial<MessageEntry>)[], retentionMs?: number) {
  const harness = createHarness(retentionMs === undefined ? {} : { retentionMs });
  fill(harness, 'den', entries);
  const who = await connect(harness, 'ann-1', ann, [], NOW + 9 * HOUR);
  await ask(harness, who, { action: 'follow', room: 'den' });
  return { harness, who };
}

async function unreadIn(harness: Harness, who: Requester): Promise<Unread | undefined> {
  const reply = await ask(harness, who, { action: 'getRooms' });
  return reply.type === 'rooms' ? reply.rooms[0]?.unread : undefined;
}

const deletion = { type: 'deleted', seq: 999, id: 'deletion', from: bob, at: NOW, by: 'author' } as const;

const remove = (harness: Harness, of: number) => harness.log.applyChange('den', { ...deletion, of });

describe('a mark', () => {
  it('is the same on each device, and the other devices alone are told', async () => {
    const { harness, who } = await roomOf([1, 2, 3]);
    const phone = await connect(harness, 'ann-2', ann);
    await connect(harness, 'bob-1', bob, ['den']);

    const reply = await read(harness, who, 2);

    const marked = { type: 'readMarked', room: 'den', read: { seq: 2, version: 0 }, head: 3, unread: 1 };
    expect(reply).toEqual(marked);
    expect(parseServerFrame(JSON.stringify(reply))).toEqual(marked);
    expect(harness.posts.map(({ to, frame }) => ({ to, frame }))).toEqual([{ to: 'ann-2', frame: marked }]);
    expect(await ask(harness, phone, { action: 'getRooms' })).toMatchObject({
      rooms: [{ read: { seq: 2, version: 0 }, unread: 1 }],
    });
  });

  it('goes back by a new version alone, and a device of the version before learns the mark that holds', async () => {
    const { harness, who } = await roomOf([1, 2, 3]);
    await read(harness, who, 3);

    expect(await read(harness, who, 1)).toMatchObject({ code: 'conflict', read: { seq: 3, version: 0 } });
    expect(await read(harness, who, 1, 0, { unread: true })).toMatchObject({
      ...{ read: { seq: 1, version: 1 }, unread: 2 },
    });
    expect(await read(harness, who, 3)).toMatchObject({ code: 'conflict', read: { seq: 1, version: 1 } });
    expect(await read(harness, who, 0, 0, { unread: true })).toMatchObject({ code: 'conflict' });
    expect(await read(harness, who, 2, 1)).toMatchObject({ read: { seq: 2, version: 1 }, unread: 1 });
    expect(await read(harness, who, 9, 1)).toMatchObject({ code: 'gone' });
  });

  it('is refused in a room that the user does not follow, may not read or is banned from', async () => {
    const { harness, who } = await roomOf([1]);
    fill(harness, 'attic', [1]);
    const frame = { action: 'read', room: 'attic', seq: 1, version: 0 };

    expect(await ask(harness, who, frame)).toMatchObject({ code: 'gone' });
    expect(await ask(harness, { ...who, permissions: 'attic:wm' }, frame)).toMatchObject({
      code: 'forbidden',
    });
    await harness.users.addBan('ann', { room: 'den', until: NOW + HOUR }, NOW);
    expect(await read(harness, who, 1)).toMatchObject({ code: 'forbidden' });
    expect(harness.posts).toEqual([]);
  });

  it('of a private room is told to its listed members alone, whether it was moved or not', async () => {
    const { harness, who } = await roomOf([1, 2]);
    fill(harness, 'attic', [1, 2]);
    await harness.roomSettings.change('attic', { private: true });
    await harness.memberships.add('ann', { room: 'attic', since: NOW });
    await ask(harness, who, { action: 'follow', room: 'attic' });
    const mark = (seq: number, version = 0) =>
      ask(harness, who, { action: 'read', room: 'attic', seq, version });
    expect(await mark(1)).toMatchObject({ type: 'readMarked', unread: 1 });

    const { readNewest } = harness.messageCounts;
    harness.messageCounts.readNewest = async (room) => {
      await harness.memberships.remove('ann', 'attic');
      return readNewest(room);
    };
    for (const [seq, version] of [[2], [2], [9], [2, 7]] as const)
      expect(await mark(seq, version)).toMatchObject({ code: 'forbidden' });
    expect(harness.posts).toEqual([]);
  });

  it('is not written before the frame is charged', async () => {
    const { harness, who } = await roomOf([1]);
    const spy = jest.spyOn(harness.follows, 'mark');

    expect(await read(harness, { ...who, id: 'gone-1' }, 1)).toMatchObject({ code: 'expired' });
    expect(spy).not.toHaveBeenCalled();
  });
});

describe('the unread messages', () => {
  it('of a room without a mark are all, up to 99', async () => {
    for (const [count, shown] of [
      [0, 0],
      [99, 99],
      [100, '99+'],
    ] as const) {
      const { harness, who } = await roomOf(range(1, count));
      expect(await unreadIn(harness, who)).toBe(shown);
    }
  });

  it('are without those that were deleted above the mark, whatever was deleted below it', async () => {
    const { harness, who } = await roomOf(range(1, 9));
    await read(harness, who, 3);

    await remove(harness, 2);
    expect(await unreadIn(harness, who)).toBe(6);
    await remove(harness, 5);
    await remove(harness, 7);
    expect(await unreadIn(harness, who)).toBe(4);
    await remove(harness, 9);
    expect(await unreadIn(harness, who)).toBe(3);
    await read(harness, who, 6);
    expect(await unreadIn(harness, who)).toBe(1);
  });

  it('are without what a deletion at the head takes away, which the count completes', async () => {
    const { harness, who } = await roomOf(range(1, 5));
    await harness.log.put('den', { ...deletion, seq: 6, of: 4 }, undefined, 5);

    expect(await read(harness, who, 2)).toMatchObject({ head: 6, unread: 2 });
  });

  it('are counted in the rows where a deletion comes between the look at the head and that at the room', async () => {
    const { harness, who } = await roomOf(range(1, 5));
    const { readNewest } = harness.messageCounts;
    harness.messageCounts.readNewest = async (room) => {
      const newest = await readNewest(room);
      fill(harness, 'den', [6]);
      for (const seq of [6, 2]) await remove(harness, seq);
      return newest;
    };

    expect(await unreadIn(harness, who)).toBe(4);
  });

  it('are not counted where that would read too much', async () => {
    const { harness, who } = await roomOf(range(1, 5));
    await remove(harness, 2);
    harness.messageCounts.countMessages = async () => ({ kilobytes: 130 });

    expect(await unreadIn(harness, who)).toBe('99+');
  });

  it('are counted in the rows of the first rooms, as far as one call may read', async () => {
    const { harness, who } = await roomOf(range(1, 5));
    for (const room of ['elf', 'fox']) {
      fill(harness, room, range(1, 5));
      await harness.gone.raise(room, 2);
      await ask(harness, who, { action: 'follow', room });
    }
    await remove(harness, 2);
    const asked: unknown[] = [];
    harness.messageCounts.countMessages = async (room, range, _now, { kilobytes }) => {
      asked.push([room, range, kilobytes]);
      return { messages: 1, kilobytes: 150 };
    };

    expect(await ask(harness, who, { action: 'getRooms' })).toMatchObject({
      rooms: [{ unread: 4 }, { unread: 4 }, { unread: '99+' }],
    });
    expect(asked).toEqual([
      ['den', { above: 0, upTo: 2 }, 200],
      ['elf', { above: 0, upTo: 2 }, 50],
    ]);
  });

  it('need no rows where nothing is lost, and no more than one call may read to find the oldest', async () => {
    const { harness, who } = await roomOf(range(1, 50), HOUR);
    expire(harness, 'den', range(1, 10), 'expired');
    fill(harness, 'elf', range(1, 50));
    await ask(harness, who, { action: 'follow', room: 'elf' });
    await ask(harness, who, { action: 'read', room: 'elf', seq: 48, version: 0 });
    const { readIdentities } = harness.log;
    let reads = 0;
    harness.log.readIdentities = async (...asked) => {
      reads++;
      return (await readIdentities(...asked)).map((row) => ({ ...row, readKilobytes: 100 }));
    };

    expect(await ask(harness, who, { action: 'getRooms' })).toMatchObject({
      rooms: [{ unread: '99+' }, { unread: 2 }],
    });
    expect(reads).toBe(2);
  });

  it.each(['expired', 'removed'] as const)('are those of the rows that are not %s', async (how) => {
    for (const lived of [1, 2, 60, 129, 130, 400]) {
      const { harness, who } = await roomOf(range(1, 400), HOUR);
      await read(harness, who, 1);
      await harness.clock.runUntil(NOW + HOUR);
      expire(harness, 'den', range(1, 400 - lived), how);

      expect([lived, await unreadIn(harness, who)]).toEqual([
        lived,
        lived > 99 ? '99+' : Math.min(lived, 399),
      ]);
    }
  });

  it('above what was deleted are those of the rows that are not expired', async () => {
    const { harness, who } = await roomOf(range(1, 50), HOUR);
    await remove(harness, 10);
    expire(harness, 'den', range(1, 20), 'expired');

    expect(await unreadIn(harness, who)).toBe(30);
    expire(harness, 'den', range(1, 30), 'removed');
    expect(await unreadIn(harness, who)).toBe(20);
  });

  it('are counted from the beginning by a mark at 0, and from the oldest row where the marked one is gone', async () => {
    const { harness, who } = await roomOf(range(1, 9));
    await read(harness, who, 9);
    expect(await read(harness, who, 0, 0, { unread: true })).toMatchObject({ unread: 9 });
    expire(harness, 'den', range(1, 4), 'removed');

    expect(await read(harness, who, 2, 1, { unread: true })).toMatchObject({ unread: 5 });
  });

  it('are noted as lost before their words go', async () => {
    const { harness } = await roomOf([1]);
    const steps: string[] = [];
    const log = logWithGone(
      { ...harness.log, applyChange: async () => steps.push('words go') > 0 },
      { read: harness.gone.read, raise: async (_room, seq) => void steps.push(`${seq} noted`) },
    );

    await log.applyChange('den', { ...deletion, of: 1 });

    expect(steps).toEqual(['1 noted', 'words go']);
  });
});
