import { createWorld, received, refuse, texts } from './kit/world';

const cem = { id: 'cem', name: 'Cem' };
const bob = { id: 'bob', name: 'Bob' };

describe('members', () => {
  it('are those of `joined`, and those who come', async () => {
    const world = createWorld();
    const { room } = await world.joined();

    world.gateway.push('lobby', { type: 'memberJoined', room: 'lobby', member: cem });
    world.gateway.push('lobby', { type: 'memberJoined', room: 'lobby', member: cem });
    await world.clock.pass(100);

    expect(room.snapshot.members.map(({ id }) => id)).toEqual(['ann', 'cem']);
    expect(room.snapshot.memberCount).toBe(2);
  });

  it('who leave are shown for 5 s more, and stay if they are back by then', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    for (const member of [bob, cem])
      world.gateway.push('lobby', { type: 'memberJoined', room: 'lobby', member });
    await world.clock.pass(100);

    for (const member of [bob, cem])
      world.gateway.push('lobby', { type: 'memberLeft', room: 'lobby', member });
    await world.clock.pass(3_000);
    const during = room.snapshot.memberCount;
    world.gateway.push('lobby', { type: 'memberJoined', room: 'lobby', member: cem });
    await world.clock.pass(3_000);

    expect(during).toBe(3);
    expect(room.snapshot.members.map(({ id }) => id)).toEqual(['ann', 'cem']);
    expect(room.snapshot.memberCount).toBe(2);
  });

  it('are counted beyond those who are listed', async () => {
    const world = createWorld();
    world.gateway.faults.reply = (reply) => {
      if (reply.type === 'joined') reply.memberCount = 500;
      return undefined;
    };
    const { room } = await world.joined();

    world.gateway.push('lobby', { type: 'memberLeft', room: 'lobby', member: bob });
    await world.clock.pass(6_000);

    expect(room.snapshot.memberCount).toBe(499);
    expect(room.snapshot.members).toHaveLength(1);
  });

  it('do not lose this user because another page of theirs has closed', async () => {
    const world = createWorld();
    const { room } = await world.joined();

    world.gateway.push('lobby', { type: 'memberLeft', room: 'lobby', member: { id: 'ann', name: 'ann' } });
    await world.clock.pass(6_000);

    expect(room.snapshot.memberCount).toBe(1);
  });
});

describe('typing', () => {
  it('is told at most once in 3 s', async () => {
    const world = createWorld();
    const { room } = await world.joined();

    for (let i = 0; i < 10; i++) {
      room.typing();
      await world.clock.pass(1_000);
    }

    expect(received(world, 'typing')).toHaveLength(4);
  });

  it('is told at once again after a message was sent', async () => {
    const world = createWorld();
    const { room } = await world.joined();

    room.typing();
    await world.clock.pass(500);
    await Promise.all([room.send('done'), world.clock.pass(500)]);
    room.typing();
    await world.clock.pass(500);

    expect(received(world, 'typing')).toHaveLength(2);
  });

  it('is shown for 6 s, or until the message comes; never of this user', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    const shown = () => room.snapshot.typing.map(({ id }) => id);
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

describe('history', () => {
  it('comes page by page, and tells when there is no more', async () => {
    const world = createWorld();
    world.gateway.pageSize = 3;
    for (let i = 1; i <= 8; i++) world.gateway.post('lobby', `${i}`);
    const { room } = await world.joined();
    const before = texts(room);

    const first = room.loadOlder();
    const shared = room.loadOlder();
    await world.clock.pass(100);
    const second = room.loadOlder();
    await world.clock.pass(100);
    const third = room.loadOlder();
    await world.clock.pass(100);

    expect(before).toEqual(['6', '7', '8']);
    expect([await first, await shared, await second, await third]).toEqual([true, true, false, false]);
    expect(texts(room)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    expect(received(world, 'getHistory').map(({ before }) => before)).toEqual([6, 3]);
    expect(room.snapshot).toMatchObject({ hasOlder: false, olderExpired: false });
  });

  it('tells that older messages have expired', async () => {
    const world = createWorld();
    world.gateway.pageSize = 3;
    for (let i = 1; i <= 8; i++) world.gateway.post('lobby', `${i}`);
    world.gateway.expire('lobby', 4);
    const { room } = await world.joined();

    const older = room.loadOlder();
    await world.clock.pass(100);

    await expect(older).resolves.toBe(false);
    expect(texts(room)).toEqual(['5', '6', '7', '8']);
    expect(room.snapshot).toMatchObject({ hasOlder: false, olderExpired: true });
  });

  it('rejects where it cannot be asked', async () => {
    const world = createWorld();
    world.gateway.pageSize = 3;
    for (let i = 1; i <= 8; i++) world.gateway.post('lobby', `${i}`);
    const { room } = await world.joined();
    world.gateway.faults.handshake = () => 'refuse';
    for (const socket of world.gateway.live()) world.gateway.cut(socket);
    await world.clock.pass(100);

    await expect(room.loadOlder()).rejects.toMatchObject({ code: 'notJoined' });
  });

  it('keeps the newest messages and what was asked for, and can bring back the rest', async () => {
    const world = createWorld();
    world.gateway.pageSize = 20;
    for (let i = 1; i <= 100; i++) world.gateway.post('lobby', `${i}`);
    const { room } = await world.joined('ann', 'lobby', { keepMessages: 50 });
    const older = room.loadOlder();
    await world.clock.pass(100);
    await older;

    for (let i = 101; i <= 500; i++) {
      world.gateway.post('lobby', `${i}`);
      await world.clock.pass(10);
    }
    await world.clock.pass(1_000);
    const kept = texts(room).length;
    const again = room.loadOlder();
    await world.clock.pass(100);
    await again;

    expect(kept).toBeGreaterThanOrEqual(70);
    expect(kept).toBeLessThan(70 + 64);
    const shown = texts(room).map(Number);
    expect(shown.at(-1)).toBe(500);
    expect(shown).toEqual(shown.map((_, i) => (shown[0] ?? 0) + i));
    expect(shown).toHaveLength(kept + 20);
  });
});

describe('moderation', () => {
  const ann = { id: 'ann', name: 'Ann' };

  it('asks for a kick, and for its end', async () => {
    const world = createWorld();
    const { room } = await world.joined();

    const asked = [room.kick('bob', 60_000), room.kick('bob'), room.unban('bob')];
    await world.clock.pass(1_000);

    expect(await Promise.all(asked)).toEqual([undefined, undefined, undefined]);
    expect(received(world, 'kick')).toMatchObject([
      { room: 'lobby', user: 'bob', forMs: 60_000 },
      { room: 'lobby', user: 'bob' },
    ]);
    expect(received(world, 'unban')).toMatchObject([{ room: 'lobby', user: 'bob' }]);
  });

  it('that is refused says why', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    refuse(world, 'kick', { code: 'forbidden', message: 'No.' });

    const refused = expect(room.kick('bob')).rejects.toMatchObject({ code: 'forbidden', message: 'No.' });
    await world.clock.pass(1_000);

    await refused;
  });

  it('ends the room for who is kicked, with a reason and without asking for ever', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    refuse(world, 'joinRoom', { code: 'forbidden', message: 'Removed.' }, 1_000);
    const before = received(world, 'joinRoom').length;

    const seq = (room.snapshot.cursor ?? 0) + 1;
    world.gateway.push('lobby', { type: 'system', room: 'lobby', seq, what: 'kicked', user: ann, at: 1 });
    await world.clock.pass(60_000);

    expect(room.snapshot).toMatchObject({ state: 'left', error: { code: 'forbidden', message: 'Removed.' } });
    expect(received(world, 'joinRoom')).toHaveLength(before + 1);
  });

  it('of another leaves the room as it is', async () => {
    const world = createWorld();
    const { room } = await world.joined();

    const seq = (room.snapshot.cursor ?? 0) + 1;
    world.gateway.push('lobby', { type: 'system', room: 'lobby', seq, what: 'kicked', user: bob, at: 1 });
    await world.clock.pass(1_000);

    expect(room.snapshot).toMatchObject({ state: 'joined', cursor: seq });
  });
});
