import { createPresence } from '../../client/presence';
import { createHarness, type Harness, received } from './kit/harness';

const cem = { id: 'cem', name: 'Cem' };
const bob = { id: 'bob', name: 'Bob' };

async function follow(harness: Harness) {
  const chat = harness.chat();
  const presence = createPresence(chat, 'lobby', { clock: harness.clock });
  const room = chat.room('lobby');
  chat.connect();
  await Promise.all([room.join(), harness.clock.pass(1_000)]);
  return { chat, room, presence };
}

describe('members', () => {
  it('are those of `joined`, and those who come', async () => {
    const harness = createHarness();
    const { presence } = await follow(harness);

    harness.gateway.push('lobby', { type: 'memberJoined', room: 'lobby', member: cem });
    harness.gateway.push('lobby', { type: 'memberJoined', room: 'lobby', member: cem });
    await harness.clock.pass(100);

    expect(presence.snapshot.members.map(({ id }) => id)).toEqual(['ann', 'cem']);
    expect(presence.snapshot.memberCount).toBe(2);
  });

  it('are told of in one frame for several rooms', async () => {
    const harness = createHarness();
    const { chat, presence } = await follow(harness);
    const other = createPresence(chat, 'attic', { clock: harness.clock });
    await Promise.all([chat.room('attic').join(), harness.clock.pass(1_000)]);

    const rooms = ['attic', 'cellar'];
    harness.gateway.push('lobby', { type: 'memberJoined', room: 'lobby', rooms, member: cem });
    await harness.clock.pass(100);

    for (const { snapshot } of [presence, other]) expect(snapshot.members).toContainEqual(cem);
  });

  it('are known to a presence that is created in a joined room', async () => {
    const harness = createHarness();
    const { chat } = await follow(harness);
    harness.gateway.push('lobby', { type: 'memberJoined', room: 'lobby', member: cem });
    await harness.clock.pass(100);

    const late = createPresence(chat, 'lobby', { clock: harness.clock });
    await harness.clock.pass(1_000);

    expect(late.snapshot.members.map(({ id }) => id)).toContain('ann');
    expect(late.snapshot.memberCount).toBeGreaterThan(0);
  });

  it('who leave are shown for 5 s more, and stay if they are back by then', async () => {
    const harness = createHarness();
    const { presence } = await follow(harness);
    for (const member of [bob, cem])
      harness.gateway.push('lobby', { type: 'memberJoined', room: 'lobby', member });
    await harness.clock.pass(100);

    for (const member of [bob, cem])
      harness.gateway.push('lobby', { type: 'memberLeft', room: 'lobby', member });
    await harness.clock.pass(3_000);
    const during = presence.snapshot.memberCount;
    harness.gateway.push('lobby', { type: 'memberJoined', room: 'lobby', member: cem });
    await harness.clock.pass(3_000);

    expect(during).toBe(3);
    expect(presence.snapshot.members.map(({ id }) => id)).toEqual(['ann', 'cem']);
    expect(presence.snapshot.memberCount).toBe(2);
  });

  it('are asked for every ten minutes by one that sees no other: an announcement may have been lost', async () => {
    const harness = createHarness();
    await follow(harness);
    const before = received(harness, 'joinRoom').length;

    await harness.clock.pass(631_000);

    expect(received(harness, 'joinRoom')).toHaveLength(before + 1);
  });

  it('are asked for every thirty seconds by the first one, however long a reply takes', async () => {
    const harness = createHarness();
    const { presence } = await follow(harness);
    harness.gateway.faults.reply = (reply) => {
      if (reply.type === 'joined') Object.assign(reply, { members: [bob, cem], memberCount: 3 });
      return { delayMs: 500 };
    };
    harness.gateway.push('lobby', { type: 'memberJoined', room: 'lobby', member: bob });
    await harness.clock.pass(61_000);
    const before = received(harness, 'joinRoom').length;

    await harness.clock.pass(10 * 31_000);

    expect(received(harness, 'joinRoom').length - before).toBeGreaterThanOrEqual(10);
    expect(presence.snapshot.memberCount).toBe(3);
  });

  it('who left while a list with them was on its way are not shown again', async () => {
    const harness = createHarness();
    const { presence } = await follow(harness);
    const list = { type: 'joined', room: 'lobby', log: 'log-1', can: [], messages: [], more: false, head: 0 };
    const members = [{ id: 'ann', name: 'ann' }, cem];
    harness.gateway.push('lobby', { ...list, members, memberCount: 2 } as never);
    const asked = received(harness, 'joinRoom').length;
    const hasAsked = () => received(harness, 'joinRoom').length > asked;
    for (let i = 0; i < 60_000 && !hasAsked(); i++) await harness.clock.pass(1);

    harness.gateway.push('lobby', { type: 'memberLeft', room: 'lobby', member: cem });
    harness.gateway.push('lobby', { ...list, members, memberCount: 2 } as never);
    await harness.clock.pass(6_000);

    expect(hasAsked()).toBe(true);
    expect(presence.snapshot.members.map(({ id }) => id)).toEqual(['ann']);
  });

  it('are counted beyond those who are listed', async () => {
    const harness = createHarness();
    harness.gateway.faults.reply = (reply) => {
      if (reply.type === 'joined') reply.memberCount = 500;
      return undefined;
    };
    const { presence } = await follow(harness);

    harness.gateway.push('lobby', { type: 'memberLeft', room: 'lobby', member: bob });
    await harness.clock.pass(6_000);

    expect(presence.snapshot.memberCount).toBe(499);
    expect(presence.snapshot.members).toHaveLength(1);
  });

  it('do not lose this user because another page of theirs has closed', async () => {
    const harness = createHarness();
    const { presence } = await follow(harness);

    harness.gateway.push('lobby', { type: 'memberLeft', room: 'lobby', member: { id: 'ann', name: 'ann' } });
    await harness.clock.pass(6_000);

    expect(presence.snapshot.memberCount).toBe(1);
  });
});

describe('typing', () => {
  it('is told at most once in 3 s', async () => {
    const harness = createHarness();
    const { presence } = await follow(harness);

    for (let i = 0; i < 10; i++) {
      presence.sendTyping();
      await harness.clock.pass(1_000);
    }

    expect(received(harness, 'typing')).toHaveLength(4);
  });

  it('is told at once again after a message was sent', async () => {
    const harness = createHarness();
    const { presence, room } = await follow(harness);

    presence.sendTyping();
    await harness.clock.pass(500);
    await Promise.all([room.send('done'), harness.clock.pass(500)]);
    presence.sendTyping();
    await harness.clock.pass(500);

    expect(received(harness, 'typing')).toHaveLength(2);
  });

  it('is shown for 6 s, or until the message comes; never of this user', async () => {
    const harness = createHarness();
    const { presence } = await follow(harness);
    const shown = () => presence.snapshot.typing.map(({ id }) => id);
    for (const from of [bob, cem, { id: 'ann', name: 'ann' }])
      harness.gateway.push('lobby', { type: 'typing', room: 'lobby', from });
    await harness.clock.pass(100);

    const typing = shown();
    harness.gateway.post('lobby', 'here', bob);
    await harness.clock.pass(5_000);
    const later = shown();
    await harness.clock.pass(2_000);

    expect([typing.sort(), later, shown()]).toEqual([['bob', 'cem'], ['cem'], []]);
  });
});
