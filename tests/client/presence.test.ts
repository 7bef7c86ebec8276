import { createPresence } from '../../client/presence';
import { createWorld, received, type TestWorld } from './kit/world';

const cem = { id: 'cem', name: 'Cem' };
const bob = { id: 'bob', name: 'Bob' };

async function follow(world: TestWorld) {
  const chat = world.chat();
  const presence = createPresence(chat, 'lobby', { clock: world.clock });
  const room = chat.room('lobby');
  chat.connect();
  await Promise.all([room.join(), world.clock.pass(1_000)]);
  return { chat, room, presence };
}

describe('members', () => {
  it('are those of `joined`, and those who come', async () => {
    const world = createWorld();
    const { presence } = await follow(world);

    world.gateway.push('lobby', { type: 'memberJoined', room: 'lobby', member: cem });
    world.gateway.push('lobby', { type: 'memberJoined', room: 'lobby', member: cem });
    await world.clock.pass(100);

    expect(presence.snapshot.members.map(({ id }) => id)).toEqual(['ann', 'cem']);
    expect(presence.snapshot.memberCount).toBe(2);
  });

  it('are known to a presence that is created in a joined room', async () => {
    const world = createWorld();
    const { chat } = await follow(world);
    world.gateway.push('lobby', { type: 'memberJoined', room: 'lobby', member: cem });
    await world.clock.pass(100);

    const late = createPresence(chat, 'lobby', { clock: world.clock });
    await world.clock.pass(1_000);

    expect(late.snapshot.members.map(({ id }) => id)).toContain('ann');
    expect(late.snapshot.memberCount).toBeGreaterThan(0);
  });

  it('who leave are shown for 5 s more, and stay if they are back by then', async () => {
    const world = createWorld();
    const { presence } = await follow(world);
    for (const member of [bob, cem])
      world.gateway.push('lobby', { type: 'memberJoined', room: 'lobby', member });
    await world.clock.pass(100);

    for (const member of [bob, cem])
      world.gateway.push('lobby', { type: 'memberLeft', room: 'lobby', member });
    await world.clock.pass(3_000);
    const during = presence.snapshot.memberCount;
    world.gateway.push('lobby', { type: 'memberJoined', room: 'lobby', member: cem });
    await world.clock.pass(3_000);

    expect(during).toBe(3);
    expect(presence.snapshot.members.map(({ id }) => id)).toEqual(['ann', 'cem']);
    expect(presence.snapshot.memberCount).toBe(2);
  });

  it('are counted beyond those who are listed', async () => {
    const world = createWorld();
    world.gateway.faults.reply = (reply) => {
      if (reply.type === 'joined') reply.memberCount = 500;
      return undefined;
    };
    const { presence } = await follow(world);

    world.gateway.push('lobby', { type: 'memberLeft', room: 'lobby', member: bob });
    await world.clock.pass(6_000);

    expect(presence.snapshot.memberCount).toBe(499);
    expect(presence.snapshot.members).toHaveLength(1);
  });

  it('do not lose this user because another page of theirs has closed', async () => {
    const world = createWorld();
    const { presence } = await follow(world);

    world.gateway.push('lobby', { type: 'memberLeft', room: 'lobby', member: { id: 'ann', name: 'ann' } });
    await world.clock.pass(6_000);

    expect(presence.snapshot.memberCount).toBe(1);
  });
});

describe('typing', () => {
  it('is told at most once in 3 s', async () => {
    const world = createWorld();
    const { presence } = await follow(world);

    for (let i = 0; i < 10; i++) {
      presence.sendTyping();
      await world.clock.pass(1_000);
    }

    expect(received(world, 'typing')).toHaveLength(4);
  });

  it('is told at once again after a message was sent', async () => {
    const world = createWorld();
    const { presence, room } = await follow(world);

    presence.sendTyping();
    await world.clock.pass(500);
    await Promise.all([room.send('done'), world.clock.pass(500)]);
    presence.sendTyping();
    await world.clock.pass(500);

    expect(received(world, 'typing')).toHaveLength(2);
  });

  it('is shown for 6 s, or until the message comes; never of this user', async () => {
    const world = createWorld();
    const { presence } = await follow(world);
    const shown = () => presence.snapshot.typing.map(({ id }) => id);
    for (const from of [bob, cem, { id: 'ann', name: 'ann' }])
      world.gateway.push('lobby', { type: 'typing', room: 'lobby', from });
    await world.clock.pass(100);

    const typing = shown();
    world.gateway.post('lobby', 'here', bob);
    await world.clock.pass(5_000);
    const later = shown();
    await world.clock.pass(2_000);

    expect([typing, later, shown()]).toEqual([['bob', 'cem'], ['cem'], []]);
  });
});
