import type { Requester } from '../../lib/auth/requester';
import { parseServerFrame } from '../../lib/protocol';
import {
  ann,
  bob,
  connect,
  createHarness,
  fill,
  type Harness,
  HOUR,
  NOW,
  range,
  unavailable,
} from './harness';
import { ask } from './roomOfTwo';

/** Bob writes in a room that Ann follows, and that she may have joined. */
async function openRoom(rooms: readonly string[] = []) {
  const harness = createHarness({ sendsPerSecond: 999, userSendsPerSecond: 999 });
  const reader = await connect(harness, 'ann-1', ann, rooms);
  const writer = await connect(harness, 'bob-1', bob, ['den']);
  await ask(harness, reader, { action: 'follow', room: 'den' });
  return { harness, reader, writer };
}

let ids = 0;
const write = (harness: Harness, who: Requester, given: object = {}) =>
  ask(harness, who, {
    action: 'sendMessage',
    ...{ room: 'den', id: `message-${++ids}`, text: 'Hello.', mentions: ['ann'] },
    after: (harness.rows.get('den')?.length ?? 1) - 1,
    ...given,
  });
const edit = (harness: Harness, who: Requester, of: number, mentions?: string[]) =>
  write(harness, who, { action: 'editMessage', of, mentions });
const remove = (harness: Harness, who: Requester, of: number) =>
  write(harness, who, { action: 'deleteMessage', of, text: undefined, mentions: undefined });

async function mentionsIn(harness: Harness, who: Requester): Promise<unknown> {
  const reply = await ask(harness, who, { action: 'getRooms' });
  expect(parseServerFrame(JSON.stringify(reply))).toEqual(reply);
  return reply.type === 'rooms' ? reply.rooms[0]?.mentions : reply;
}

const read = (harness: Harness, who: Requester, seq: number, given: object = {}) =>
  ask(harness, who, { action: 'read', room: 'den', seq, version: 0, ...given });

describe('the mentions of a user', () => {
  it('are the messages above the mark, without those of other users and own ones', async () => {
    const { harness, reader, writer } = await openRoom(['den']);
    await write(harness, writer);
    await write(harness, writer, { mentions: ['cleo'] });
    await write(harness, writer, { mentions: ['cleo', 'ann'] });
    await write(harness, reader);

    expect(await mentionsIn(harness, reader)).toBe(2);
    expect(await read(harness, reader, 1)).toMatchObject({ unread: 3, mentions: 1 });
    expect(await mentionsIn(harness, reader)).toBe(1);
    expect(await read(harness, reader, 4)).not.toHaveProperty('mentions');
    expect(await mentionsIn(harness, reader)).toBeUndefined();
    expect(await read(harness, reader, 0, { unread: true })).toMatchObject({ unread: 4, mentions: 2 });
  });

  it('are those that an edit adds, each message once, and not those that it keeps', async () => {
    const { harness, reader, writer } = await openRoom();
    await write(harness, writer);
    await write(harness, writer, { mentions: undefined });
    await read(harness, reader, 2);

    await edit(harness, writer, 1, ['ann']);
    expect(await mentionsIn(harness, reader)).toBeUndefined();
    await edit(harness, writer, 2, ['ann']);
    expect(await mentionsIn(harness, reader)).toBe(1);
    await edit(harness, writer, 1);
    await edit(harness, writer, 1, ['cleo', 'ann']);
    expect(await mentionsIn(harness, reader)).toBe(2);
    await edit(harness, writer, 2);
    await edit(harness, writer, 2, ['ann']);
    expect(await mentionsIn(harness, reader)).toBe(2);
  });

  it('are no longer those of messages that were edited, deleted or erased', async () => {
    const { harness, reader, writer } = await openRoom();
    for (const _ of range(1, 4)) await write(harness, writer);

    await edit(harness, writer, 1);
    expect(await mentionsIn(harness, reader)).toBe(3);
    await remove(harness, writer, 2);
    expect(await mentionsIn(harness, reader)).toBe(2);
    const row = harness.rows.get('den')?.[3];
    if (row) row.erased = true;
    expect(await mentionsIn(harness, reader)).toBe(1);
  });

  it('are nine at most, and the newest of many stay', async () => {
    const { harness, reader, writer } = await openRoom();
    for (const _ of range(1, 9)) await write(harness, writer);
    expect(await mentionsIn(harness, reader)).toBe(9);
    for (const _ of range(1, 91)) await write(harness, writer);
    expect(await mentionsIn(harness, reader)).toBe('9+');

    expect(await read(harness, reader, 95)).toMatchObject({ mentions: 5 });
    // What was forgotten may have been above this mark.
    expect(await read(harness, reader, 10, { unread: true })).toMatchObject({ mentions: '9+' });
    for (const seq of range(11, 100)) await remove(harness, writer, seq);
    expect(await mentionsIn(harness, reader)).toBe('9+');
    expect(harness.followRows.get('ann')?.get('den')?.mentions.seqs.length).toBeLessThanOrEqual(40);
  });

  it('are noted before anybody is told of the message, by the next reader or writer if its own fails', async () => {
    const { harness, reader, writer } = await openRoom(['den']);
    const { add } = harness.mentions;
    const fail = async () => {
      harness.mentions.add = unavailable;
      expect(await write(harness, writer)).toMatchObject({ code: 'unavailable' });
      harness.mentions.add = add;
      expect(harness.posts).toEqual([]);
    };

    await fail();
    expect(await mentionsIn(harness, reader)).toBe(1);
    await fail();
    expect(await read(harness, reader, 0, { unread: true })).toMatchObject({ unread: 2, mentions: 2 });
    await write(harness, writer);
    expect(await mentionsIn(harness, reader)).toBe(3);
  });

  it('are those up to the head, though a message comes while the list is read', async () => {
    const { harness, reader, writer } = await openRoom();
    const { readNewest } = harness.messageCounts;
    harness.messageCounts.readNewest = async (room) => {
      harness.messageCounts.readNewest = readNewest;
      await write(harness, writer);
      return readNewest(room);
    };

    expect(await ask(harness, reader, { action: 'getRooms' })).toMatchObject({
      rooms: [{ head: 1, unread: 1, mentions: 1 }],
    });
  });

  it('are not those above the head, which a client counts as they come', async () => {
    const { harness, reader, writer } = await openRoom();
    const { readNewest } = harness.messageCounts;
    harness.messageCounts.readNewest = async (room) => {
      harness.messageCounts.readNewest = readNewest;
      const newest = await readNewest(room);
      await write(harness, writer, { after: 0 });
      return newest;
    };

    const reply = await ask(harness, reader, { action: 'getRooms' });

    expect(reply).toMatchObject({ rooms: [{ head: 0, unread: 0 }] });
    expect(reply).not.toMatchObject({ rooms: [{ mentions: expect.anything() }] });
  });

  it('are those up to the head in the last room of a page, though the user follows others meanwhile', async () => {
    const { harness, reader, writer } = await openRoom();
    for (const i of range(1, 24)) await harness.follows.add('ann', { room: `a-${i}`, since: NOW }, 500, NOW);
    const { readNewest } = harness.messageCounts;
    harness.messageCounts.readNewest = async (room) => {
      if (room !== 'den') return readNewest(room);
      for (const i of range(1, 24))
        await harness.follows.add('ann', { room: `b-${i}`, since: NOW }, 500, NOW);
      await write(harness, writer);
      return readNewest(room);
    };
    const pages = jest.spyOn(harness.follows, 'readPage');

    const reply = await ask(harness, reader, { action: 'getRooms' });

    expect(reply.type === 'rooms' && reply.rooms.at(-1)).toMatchObject({ room: 'den', head: 1, mentions: 1 });
    expect(pages).toHaveBeenCalledTimes(3);
  });

  it('are told to nobody who may not read the room, and kept for nobody who does not follow it', async () => {
    const { harness, reader, writer } = await openRoom();
    await write(harness, writer, { mentions: ['ann', 'bob', 'cleo'] });

    expect([...harness.followRows.keys()]).toEqual(['ann']);
    expect(await mentionsIn(harness, { ...reader, permissions: 'den:w' })).toBeUndefined();
    await harness.users.addBan('ann', { room: 'den', until: NOW + HOUR }, NOW);
    expect(await mentionsIn(harness, reader)).toBeUndefined();
  });

  it('of further rooms are not counted once one call has read much', async () => {
    const { harness, reader, writer } = await openRoom();
    for (const room of ['den', 'elf']) {
      const long = range(1, 9).map((seq) => ({ seq, text: '🦄'.repeat(15_000), mentions: ['ann'] }));
      fill(harness, room, long);
      await ask(harness, reader, { action: 'follow', room });
      for (const { seq } of long) await harness.mentions.add('ann', room, seq, NOW);
    }
    await write(harness, writer);

    expect(await ask(harness, reader, { action: 'getRooms' })).toMatchObject({
      rooms: [{ mentions: '9+' }, { mentions: '9+' }],
    });
    await read(harness, reader, 9);
    expect(await ask(harness, reader, { action: 'getRooms' })).toMatchObject({
      rooms: [{ mentions: 1 }, { mentions: 9 }],
    });
  });

  it('cost a message without one nothing', async () => {
    const { harness, writer } = await openRoom();
    const calls = [jest.spyOn(harness.mentions, 'add'), jest.spyOn(harness.log, 'clearPending')];

    await write(harness, writer, { mentions: undefined });
    await write(harness, writer, { mentions: ['bob'] });

    for (const call of calls) expect(call).not.toHaveBeenCalled();
  });
});
