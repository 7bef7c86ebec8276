import type { Chat } from '../../client';
import { deleteMessage, editMessage } from '../../client/editing';
import { createRoomList, openDirect, type RoomList } from '../../client/rooms';
import { createHarness, type Harness, lose, received, refuse } from './kit/harness';

/** A device of a user: a connected chat with its list. */
async function device(harness: Harness, user = 'ann'): Promise<{ chat: Chat; list: RoomList }> {
  const chat = harness.chat(user);
  const list = createRoomList(chat, { clock: harness.clock });
  chat.connect();
  await harness.clock.pass(1_000);
  return { chat, list };
}

async function done(harness: Harness, ...asked: Promise<unknown>[]): Promise<void> {
  await harness.clock.pass(1_000);
  await Promise.all(asked);
}

const namesOf = ({ snapshot }: RoomList) => snapshot.rooms.map(({ room }) => room);

it('is the same on every device of a user, and of nobody else', async () => {
  const harness = createHarness();
  const [laptop, phone, other] = [await device(harness), await device(harness), await device(harness, 'bob')];

  await done(harness, laptop.list.follow('den'), phone.list.follow('attic'));
  expect([namesOf(laptop.list), namesOf(phone.list)]).toEqual([
    ['attic', 'den'],
    ['attic', 'den'],
  ]);
  await done(harness, phone.list.unfollow('den'));

  expect([namesOf(laptop.list), namesOf(phone.list)]).toEqual([['attic'], ['attic']]);
  expect(other.list.snapshot).toEqual({ rooms: [], isLoaded: true, hasMore: false, error: undefined });
});

it('tells the head and the count of a room that another device put on the list', async () => {
  const harness = createHarness();
  const [laptop, phone] = [await device(harness), await device(harness)];

  await done(harness, phone.list.follow('den'));
  await harness.clock.pass(2_000);

  expect(laptop.list.snapshot.rooms).toMatchObject([{ room: 'den', head: 0, unread: 0 }]);
});

it('asks for a change once the one before has its answer, and again without one', async () => {
  const harness = createHarness();
  const { list } = await device(harness);
  let lost = 0;
  lose(harness, 'reply', (reply) => reply.type === 'ok' && reply.action === 'follow' && lost++ === 0);
  list.follow('den').catch(() => {});
  const left = list.unfollow('den');
  await harness.clock.pass(1_000);
  expect(received(harness, 'unfollow')).toEqual([]);

  await harness.clock.pass(30_000);
  await left;

  expect(received(harness, 'follow')).toHaveLength(2);
  expect(received(harness, 'unfollow')).toHaveLength(1);
  expect(namesOf(list)).toEqual([]);
});

it('has a direct room on every device of the user who opened it, with the id of the other one', async () => {
  const harness = createHarness();
  const [laptop, phone] = [await device(harness), await device(harness)];

  const opened = openDirect(laptop.chat, 'bob');
  await done(harness, opened);

  const room = await opened;
  for (const { list } of [laptop, phone]) expect(list.snapshot.rooms).toMatchObject([{ room, with: 'bob' }]);
  refuse(harness, 'openDirect', { code: 'tooMany', message: 'Full.' });
  const refused = expect(openDirect(laptop.chat, 'bob')).rejects.toMatchObject({ code: 'tooMany' });
  await done(harness, refused);
});

it('has what was changed elsewhere while it was not connected', async () => {
  const harness = createHarness();
  const [laptop, phone] = [await device(harness), await device(harness)];
  await done(harness, laptop.list.follow('den'));

  laptop.chat.close();
  await done(harness, phone.list.unfollow('den'), phone.list.follow('attic'));
  expect(laptop.list.snapshot).toMatchObject({ isLoaded: false, rooms: [{ room: 'den' }] });
  laptop.chat.connect();
  await harness.clock.pass(1_000);

  expect(laptop.list.snapshot).toMatchObject({ isLoaded: true, rooms: [{ room: 'attic', head: 0 }] });
});

it('reads page after page, and as many again on a new connection', async () => {
  const harness = createHarness();
  const { list } = await device(harness);
  await done(harness, ...['a', 'b', 'c', 'd', 'e'].map((room) => list.follow(room)));
  const { chat, list: late } = await device(harness);
  expect(late.snapshot).toMatchObject({ rooms: [{ room: 'a' }, { room: 'b' }], hasMore: true });

  await done(harness, late.loadMore());
  expect(namesOf(late)).toEqual(['a', 'b', 'c', 'd']);
  await done(harness, late.loadMore());
  expect(late.snapshot).toMatchObject({ hasMore: false });
  expect(namesOf(late)).toHaveLength(5);
  chat.close();
  chat.connect();
  await harness.clock.pass(1_000);

  expect(namesOf(late)).toHaveLength(5);
  expect(late.snapshot).toMatchObject({ isLoaded: true, hasMore: false });
});

it('keeps what is told while the list is read', async () => {
  const harness = createHarness();
  const [laptop, phone] = [await device(harness), await device(harness)];
  await done(harness, laptop.list.follow('den'));
  harness.gateway.faults.reply = (reply) => (reply.type === 'rooms' ? { delayMs: 3_000 } : undefined);

  laptop.chat.close();
  laptop.chat.connect();
  await harness.clock.pass(1_000);
  await done(harness, phone.list.unfollow('den'), phone.list.follow('attic'));
  await harness.clock.pass(5_000);

  expect(laptop.list.snapshot.isLoaded).toBe(true);
  expect(namesOf(laptop.list)).toEqual(['attic']);
});

it('moves the head of a joined room with each entry', async () => {
  const harness = createHarness();
  const { chat, list } = await device(harness);
  await done(harness, list.follow('den'), chat.room('den').join());
  const from = { id: 'bob', name: 'Bob' };

  harness.gateway.post('den', 'hello', from);
  await harness.clock.pass(1_000);

  expect(list.snapshot.rooms).toMatchObject([
    { room: 'den', head: 1, last: { seq: 1, text: 'hello', from } },
  ]);
});

it('has the titles of joined rooms as they change', async () => {
  const harness = createHarness();
  const { chat, list } = await device(harness);
  await done(harness, list.follow('den'), chat.room('den').join());

  for (const [settings, title] of [
    [{ title: 'Plans' }, 'Plans'],
    [{ slow: 5 }, undefined],
  ] as const) {
    harness.gateway.push('den', { type: 'roomSet', room: 'den', settings });
    await harness.clock.pass(1_000);
    expect(list.snapshot.rooms[0]?.title).toBe(title);
  }
});

it('is read again after a refusal that may pass, and tells one that does not', async () => {
  const harness = createHarness();
  refuse(harness, 'getRooms', { code: 'rateLimited', retryAfterMs: 2_000 });
  const { list } = await device(harness);
  expect(list.snapshot).toMatchObject({ isLoaded: false, error: undefined });
  await harness.clock.pass(3_000);
  expect(list.snapshot).toMatchObject({ isLoaded: true });

  refuse(harness, 'follow', { code: 'tooMany' });
  const failed = list.follow('den').catch((error) => error);
  await harness.clock.pass(1_000);
  refuse(harness, 'getRooms', { code: 'forbidden' });
  const { list: second } = await device(harness);

  expect(await failed).toMatchObject({ code: 'tooMany' });
  expect(namesOf(list)).toEqual([]);
  expect(second.snapshot).toMatchObject({ isLoaded: false, error: { code: 'forbidden' } });
});

describe('the unread messages', () => {
  const bob = { id: 'bob', name: 'Bob' };
  const countIn = ({ snapshot }: RoomList) => snapshot.rooms.map(({ unread }) => unread)[0];

  /** Devices that follow a room of some messages, and of which the first one has joined it. */
  async function devices(messages: number) {
    const harness = createHarness();
    for (let i = 0; i < messages; i++) harness.gateway.post('den', `hello ${i}`, bob);
    const [laptop, phone] = [await device(harness), await device(harness)];
    await done(harness, laptop.list.follow('den'), laptop.chat.room('den').join());
    for (const { chat } of [laptop, phone]) {
      chat.close();
      chat.connect();
    }
    await harness.clock.pass(1_000);
    await done(harness, laptop.chat.room('den').join());
    return { harness, laptop: laptop.list, phone: phone.list, den: laptop.chat.room('den') };
  }

  it('are counted with each entry of a joined room, and again by the server after a deletion of what it counted', async () => {
    const { harness, laptop, den } = await devices(2);
    expect(countIn(laptop)).toBe(2);

    const own = den.send('my own');
    harness.gateway.post('den', 'hello', bob);
    await done(harness, own);
    expect(countIn(laptop)).toBe(4);
    const listed = received(harness, 'getRooms').length;
    await done(harness, deleteMessage(den, (await own).seq));
    expect([countIn(laptop), received(harness, 'getRooms').length]).toEqual([3, listed]);
    laptop.markRead('den', 1);
    await harness.clock.pass(1_000);

    const counted = den.send('mine');
    await done(harness, counted);
    expect(countIn(laptop)).toBe(3);
    await done(harness, laptop.markUnread('den', 1));
    expect(countIn(laptop)).toBe(4);
    await done(harness, deleteMessage(den, (await counted).seq));
    await harness.clock.pass(2_000);
    expect(countIn(laptop)).toBe(3);
    expect(received(harness, 'getRooms')).toHaveLength(listed + 1);
  });

  it('leave out a message that was deleted after the server had counted it, while the count was on its way', async () => {
    const { harness, laptop, den } = await devices(2);
    await done(harness, deleteMessage(den, 1));
    const late = den.send('late');
    harness.gateway.faults.reply = (reply) => (reply.type === 'rooms' ? { delayMs: 3_000 } : undefined);
    await done(harness, late);
    const listed = received(harness, 'getRooms').length;
    await done(harness, deleteMessage(den, (await late).seq));
    await harness.clock.pass(10_000);

    expect(received(harness, 'getRooms').length).toBeGreaterThan(listed);
    expect(countIn(laptop)).toBe(1);
  });

  it('go with the mark, on every device, and marks are sent at once or 2 s after the one before', async () => {
    const { harness, laptop, phone } = await devices(5);

    for (const seq of [2, 3, 4, 3]) laptop.markRead('den', seq);
    await harness.clock.pass(1_000);
    expect([countIn(laptop), countIn(phone)]).toEqual([3, 3]);
    await harness.clock.pass(2_000);

    expect([countIn(laptop), countIn(phone)]).toEqual([1, 1]);
    expect(received(harness, 'read')).toHaveLength(2);
    laptop.markRead('den', 4);
    laptop.markRead('attic', 1);
    await harness.clock.pass(5_000);
    expect(received(harness, 'read')).toHaveLength(2);
  });

  it('come back where the user marks a room as unread, and a device that did not know takes that mark', async () => {
    const { harness, laptop, phone } = await devices(5);
    laptop.markRead('den', 5);
    await harness.clock.pass(3_000);
    harness.gateway.faults.push = (frame) => (frame.type === 'readMarked' ? 'drop' : undefined);
    await done(harness, phone.markUnread('den', 3));
    expect([countIn(phone), countIn(laptop)]).toEqual([3, 0]);

    laptop.markRead('den', 6);
    await harness.clock.pass(3_000);

    expect(laptop.snapshot.rooms).toMatchObject([{ read: { seq: 2, version: 1 }, unread: 3 }]);
    await done(harness, laptop.markUnread('den', 1));
    expect(laptop.snapshot.rooms).toMatchObject([{ read: { seq: 0, version: 2 }, unread: 5 }]);
  });

  it('that mention the user are counted apart, as messages come, change and go', async () => {
    const { harness, laptop, den } = await devices(1);
    const { room } = await harness.joined('bob', 'den');
    const mentionsOf = () => laptop.snapshot.rooms[0]?.mentions;
    const [first, second, third] = [
      room.send({ text: 'Ann?', mentions: ['ann'] }),
      room.send('Nobody.'),
      room.send({ text: 'Ann!', mentions: ['bob', 'ann'] }),
    ];
    await done(harness, first, second, third, den.send({ text: 'Me.', mentions: ['ann'] }));
    expect(mentionsOf()).toBe(2);
    const listed = received(harness, 'getRooms').length;

    await done(harness, editMessage(room, (await first).seq, { text: 'Ann, no.', mentions: ['ann'] }));
    await done(harness, editMessage(room, (await third).seq, 'Well.'));
    expect(mentionsOf()).toBe(1);
    await done(harness, deleteMessage(room, (await first).seq));
    expect([mentionsOf(), received(harness, 'getRooms').length]).toEqual([undefined, listed]);
    await done(harness, editMessage(room, (await second).seq, { text: 'Ann.', mentions: ['ann'] }));
    await harness.clock.pass(2_000);
    expect([mentionsOf(), received(harness, 'getRooms').length]).toEqual([1, listed + 1]);
    await done(harness, editMessage(room, (await second).seq, 'Nobody.'));
    await harness.clock.pass(2_000);

    expect([mentionsOf(), received(harness, 'getRooms').length]).toEqual([undefined, listed + 2]);
  });

  it('are read again less and less often while another user makes them uncertain', async () => {
    const { harness } = await devices(1);
    const { room } = await harness.joined('bob', 'den');
    const sent = room.send('Well.');
    await done(harness, sent);
    const reads = () => received(harness, 'getRooms').length;
    const edit = async (text: string, mentions?: string[]) => {
      await done(harness, editMessage(room, 2, mentions ? { text, mentions } : text));
      await harness.clock.pass(3_000);
    };

    const before = reads();
    for (let i = 0; i < 30; i++) await edit(`Well ${i}?`, i % 2 === 0 ? ['ann'] : undefined);
    expect(reads() - before).toBeLessThanOrEqual(9);

    await harness.clock.pass(60_000);
    const since = reads();
    await edit('Ann?', ['ann']);
    expect(reads()).toBe(since + 1);
  });

  it('that mention the user go with the mark', async () => {
    const { harness, laptop, phone } = await devices(1);
    const { room } = await harness.joined('bob', 'den');
    for (let i = 0; i < 10; i++) await done(harness, room.send({ text: 'Ann?', mentions: ['ann'] }));
    const mentionsOf = ({ snapshot }: RoomList) => snapshot.rooms[0]?.mentions;
    expect([mentionsOf(laptop), mentionsOf(phone)]).toEqual(['9+', undefined]);

    laptop.markRead('den', 9);
    await harness.clock.pass(1_000);
    expect([mentionsOf(laptop), mentionsOf(phone)]).toEqual([2, 2]);
    laptop.markRead('den', 11);
    await harness.clock.pass(3_000);

    expect([mentionsOf(laptop), mentionsOf(phone)]).toEqual([undefined, undefined]);
  });

  it('are not counted again from a frame that comes late', async () => {
    const { harness, laptop, phone } = await devices(5);
    let told = 0;
    harness.gateway.faults.push = (frame) =>
      frame.type === 'readMarked' && told++ === 0 ? { delayMs: 8_000 } : undefined;
    laptop.markRead('den', 2);
    await harness.clock.pass(3_000);
    laptop.markRead('den', 4);
    await harness.clock.pass(10_000);

    expect(phone.snapshot.rooms).toMatchObject([{ read: { seq: 4, version: 0 }, unread: 1 }]);
  });
});
