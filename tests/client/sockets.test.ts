import { ChatError, type ChatState, type TokenRequest } from '../../client';
import { createWorld, listen, lose, received, texts, tokenFor } from './kit/world';

const MINUTE = 60_000;

describe('make before break', () => {
  it.each([
    ['a token of one hour', 60, 45, 57],
    ['a token of one day, by the 2-hour limit', 24 * 60, 90, 114],
  ])('replaces the socket in time: %s', async (_name, livesMinutes, from, to) => {
    const times = new Set<number>();
    for (let seed = 1; seed <= 5; seed++) {
      const world = createWorld(seed);
      const token = () => tokenFor('ann', world.clock.now(), livesMinutes * MINUTE);
      const { chat, room } = await world.joined('ann', 'lobby', { token });
      const states: ChatState[] = [];
      chat.on('state', (state) => states.push(state));
      const heard = listen(room);
      const begun = world.clock.now();
      let posted = 0;

      while (world.gateway.handshakes < 2) {
        await world.clock.pass(1_000);
        if (world.gateway.handshakes === 2) times.add(world.clock.now() - begun);
      }
      for (let i = 0; i < 50; i++) {
        world.gateway.post('lobby', `${++posted}`);
        await world.clock.pass(20);
      }
      await world.clock.pass(5_000);

      expect(states).toEqual([]);
      expect(heard).toEqual(Array.from({ length: posted }, (_, i) => `${i + 1}`));
      expect(received(world, 'joinRoom').at(-1)).toMatchObject({ after: 0 });
      expect(world.gateway.live()).toHaveLength(1);
    }
    expect(Math.min(...times)).toBeGreaterThanOrEqual(from * MINUTE - 1_000);
    expect(Math.max(...times)).toBeLessThanOrEqual(to * MINUTE + 2_000);
    expect(times.size).toBeGreaterThan(1);
  });

  /** A world in which the socket is being replaced now. */
  async function rollingOver(isReady = () => true) {
    const world = createWorld();
    world.gateway.pageSize = 2;
    for (const text of ['1', '2', '3']) world.gateway.post('lobby', text);
    const token = () => tokenFor('ann', world.clock.now(), 60 * MINUTE);
    const { chat, room } = await world.joined('ann', 'lobby', { token });
    const old = world.gateway.live()[0];
    if (!old) throw new Error('There is no socket.');
    world.gateway.faults.reply = (reply) =>
      reply.type === 'joined' && !isReady() ? { delayMs: 3_000 } : undefined;
    while (world.gateway.handshakes < 2) await world.clock.pass(1_000);
    return { world, chat, room, old };
  }

  it('uses the old socket until every room is joined on the new one', async () => {
    const { world, room, old } = await rollingOver(() => false);

    const sent = room.send('on the old one');
    await world.clock.pass(1_000);

    await expect(sent).resolves.toMatchObject({ seq: 4 });
    expect(old.received.at(-1)).toMatchObject({ action: 'sendMessage' });
    expect(old.isOpen).toBe(true);
  });

  it('closes the old socket after 5 s, and sends again on the new one what had no answer', async () => {
    const { world, room, old } = await rollingOver(() => false);
    world.gateway.faults.request = (_message, socket) => (socket === old ? 'drop' : undefined);
    await world.clock.pass(1_900);
    const sent = room.send('mine');
    await world.clock.pass(1_500);

    const during = [old.isOpen, world.gateway.live().length];
    await world.clock.pass(2_000);

    expect(during).toEqual([true, 2]);
    expect(old.isOpen).toBe(false);
    await expect(sent).resolves.toMatchObject({ seq: 4 });
  });

  it('asks again on the new socket for older messages that the old one did not bring', async () => {
    const { world, room, old } = await rollingOver(() => false);
    world.gateway.faults.request = (_message, socket) => (socket === old ? 'drop' : undefined);
    await world.clock.pass(1_900);
    const older = room.loadOlder();

    await world.clock.pass(3_500);

    expect(old.isOpen).toBe(false);
    await expect(older).resolves.toBe(false);
  });

  it('falls back to the old socket while the new one is lost at once, and opens another', async () => {
    const { world, room, old } = await rollingOver(() => false);
    await world.clock.pass(500);
    const young = world.gateway.live().at(-1);
    if (young) world.gateway.cut(young);

    const sent = room.send('still here');
    await world.clock.pass(500);
    await expect(sent).resolves.toMatchObject({ seq: 4 });
    await world.clock.pass(10_000);

    expect(old.isOpen).toBe(false);
    expect(world.gateway.live()).toHaveLength(1);
    expect(room.snapshot.state).toBe('joined');
  });

  it('goes on at once with a send that the old socket refuses once it has been replaced', async () => {
    const { world, room, old } = await rollingOver(() => false);
    const refusal = { type: 'error', code: 'notMember', message: 'Not in.', room: 'lobby' };
    await world.clock.pass(1_900);
    world.gateway.faults.request = (_message, socket) => (socket === old ? { answer: refusal } : undefined);
    world.gateway.faults.reply = (_reply, _message, socket) =>
      socket === old ? { delayMs: 1_400 } : undefined;

    const sent = room.send('mine');
    await world.clock.pass(1_300);
    const early = world.gateway.entries('lobby').length;
    await world.clock.pass(400);

    expect(early).toBe(3);
    expect(room.snapshot.pending).toEqual([]);
    await expect(sent).resolves.toMatchObject({ seq: 4 });
  });

  it('takes frames from both sockets into the same room, once', async () => {
    const { world, room } = await rollingOver(() => false);
    const heard = listen(room);
    await world.clock.pass(100);

    for (const text of ['a', 'b', 'c']) world.gateway.post('lobby', text);
    await world.clock.pass(10_000);

    expect(heard).toEqual(['a', 'b', 'c']);
  });

  it('takes an own message that comes on the other socket for its acknowledgement', async () => {
    const { world, room } = await rollingOver(() => false);
    await world.clock.pass(100);
    world.gateway.faults.reply = () => 'drop';

    const sent = room.send('mine');
    await world.clock.pass(500);

    await expect(sent).resolves.toMatchObject({ seq: 4 });
    expect(received(world, 'sendMessage')).toHaveLength(1);
  });

  it('keeps the old socket while the new one cannot be had', async () => {
    const world = createWorld();
    const token = () => tokenFor('ann', world.clock.now(), 60 * MINUTE);
    const { chat, room } = await world.joined('ann', 'lobby', { token });
    world.gateway.faults.handshake = () => 'refuse';
    await world.clock.pass(58 * MINUTE);
    world.gateway.post('lobby', 'still heard');
    await world.clock.pass(500);

    expect(chat.state.kind).toBe('connected');
    expect(texts(room)).toEqual(['still heard']);
    expect(world.gateway.handshakes).toBeGreaterThan(3);
  });
});

describe('reconnecting', () => {
  it('waits at random up to 1 s, doubling to 15 s', async () => {
    const world = createWorld();
    world.gateway.faults.handshake = () => 'refuse';
    const chat = world.chat('ann', { random: () => 0.999 });
    const waits: number[] = [];
    chat.on('state', (state) => {
      if (state.kind === 'connecting' && state.retryAt)
        waits.push(Math.round((state.retryAt - world.clock.now()) / 999));
    });

    chat.connect();
    await world.clock.pass(2 * MINUTE);

    expect(waits.slice(0, 7)).toEqual([1, 2, 4, 8, 15, 15, 15]);
  });

  it('leaves a door that refuses who was in before up to 20 s, then 10 s, then 20 s', async () => {
    const world = createWorld();
    const { chat } = await world.joined('ann', 'lobby', { random: () => 0.999 });
    const waits: number[] = [];
    chat.on('state', (state) => {
      if (state.kind === 'connecting' && state.retryAt)
        waits.push(Math.round((state.retryAt - world.clock.now()) / 999));
    });

    world.gateway.faults.handshake = () => 'refuse';
    for (const socket of world.gateway.live()) world.gateway.cut(socket);
    await world.clock.pass(80_000);

    expect(waits.slice(0, 5)).toEqual([1, 20, 10, 20, 20]);
  });

  it('tries at once when the app calls connect() again', async () => {
    const world = createWorld();
    const { chat } = await world.joined('ann', 'lobby', { random: () => 0.999 });
    world.gateway.faults.handshake = () => 'refuse';
    for (const socket of world.gateway.live()) world.gateway.cut(socket);
    await world.clock.pass(5_000);
    world.gateway.faults.handshake = () => undefined;
    const before = chat.state;

    chat.connect();
    await world.clock.pass(100);

    expect(before).toMatchObject({ kind: 'connecting', retryAt: expect.any(Number) });
    expect(chat.state.kind).toBe('connected');
  });

  it('begins with small waits again only after a minute of connection', async () => {
    const world = createWorld();
    const { chat } = await world.joined('ann', 'lobby', { random: () => 0.999 });
    const waits: number[] = [];
    chat.on('state', (state) => {
      if (state.kind === 'connecting' && state.retryAt)
        waits.push(Math.round((state.retryAt - world.clock.now()) / 999));
    });

    for (const holdsMs of [30_000, 30_000, 30_000, 80_000]) {
      await world.clock.pass(holdsMs);
      for (const socket of world.gateway.live()) world.gateway.cut(socket);
      await world.clock.pass(10_000);
    }

    expect(waits).toEqual([1, 2, 4, 1]);
  });

  it('tries at once when the device comes online or is looked at', async () => {
    const world = createWorld();
    const { chat } = await world.joined('ann', 'lobby', { random: () => 0.999 });
    world.gateway.faults.handshake = () => 'refuse';
    for (const socket of world.gateway.live()) world.gateway.cut(socket);
    await world.clock.pass(20_000);
    world.gateway.faults.handshake = () => undefined;

    world.networkChanged();
    await world.clock.pass(100);

    expect(chat.state.kind).toBe('connected');
  });

  it('does not wait for an attempt that began before the device came online', async () => {
    const world = createWorld();
    world.gateway.faults.handshake = () => 'silence';
    const chat = world.chat();
    chat.connect();
    await world.clock.pass(3_000);
    world.gateway.faults.handshake = () => undefined;

    world.networkChanged();
    await world.clock.pass(100);

    expect(chat.state.kind).toBe('connected');
  });

  it('asks for a token again after a refused handshake', async () => {
    const world = createWorld();
    const asked: TokenRequest[] = [];
    const first = tokenFor('ann', world.clock.now());
    const token = (request: TokenRequest) => {
      asked.push(request);
      return first;
    };
    let refusals = 2;
    world.gateway.faults.handshake = () => (refusals-- > 0 ? 'refuse' : undefined);

    await world.joined('ann', 'lobby', { token, random: () => 0.1 });
    for (const socket of world.gateway.live()) world.gateway.cut(socket);
    await world.clock.pass(1_000);

    expect(asked.map(({ reason }) => reason)).toEqual(['first', 'refused', 'refused']);
    expect(asked[1]?.previous).toBe(first);
    expect(world.gateway.handshakes).toBe(4);
  });

  it('gives up only when the token callback says that it is final', async () => {
    const world = createWorld();
    let failures = 0;
    const token = () => {
      if (failures++ < 3) throw new Error('No network.');
      throw new ChatError('unauthorized', 'Signed out.', { final: true });
    };
    const chat = world.chat('ann', { token });
    chat.connect();
    const entered = chat.room('lobby').join();
    const sent = chat.room('lobby').send('never');
    await world.clock.pass(1_000);
    const early = chat.state;
    await world.clock.pass(5 * MINUTE);

    expect(early).toMatchObject({ kind: 'connecting', reason: 'noToken' });
    expect(chat.state).toMatchObject({
      kind: 'disconnected',
      reason: 'unauthorized',
      error: { code: 'unauthorized' },
    });
    expect(failures).toBe(4);
    await expect(entered).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(sent).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(chat.room('lobby').send('later')).rejects.toMatchObject({ code: 'unauthorized' });
    expect(world.clock.pending()).toBe(0);
  });

  it('tries again when a token or a handshake never comes', async () => {
    const world = createWorld();
    let asked = 0;
    const token = () => (++asked === 1 ? new Promise<string>(() => {}) : tokenFor('ann', world.clock.now()));
    let silences = 1;
    world.gateway.faults.handshake = () => (silences-- > 0 ? 'silence' : undefined);

    const chat = world.chat('ann', { token });
    chat.connect();
    await world.clock.pass(45_000);

    expect(chat.state.kind).toBe('connected');
    expect(world.gateway.handshakes).toBe(2);
  });

  it('trusts the length of a token more than a wrong clock', async () => {
    const world = createWorld();
    world.gateway.aheadMs = 3 * 60 * MINUTE;
    const { chat } = await world.joined('ann', 'lobby', {
      token: () => tokenFor('ann', world.clock.now() - world.gateway.aheadMs, 60 * MINUTE),
    });

    await world.clock.pass(40 * MINUTE);
    const early = world.gateway.handshakes;
    await world.clock.pass(20 * MINUTE);

    expect(early).toBe(1);
    expect(world.gateway.handshakes).toBe(2);
    expect(chat.state.kind).toBe('connected');
  });

  it('is not stormed by a thousand clients behind a door that lets 50 a second in', async () => {
    const world = createWorld();
    const size = 1_000;
    const rate = 50;
    const chats = Array.from({ length: size }, (_, i) => world.chat(`user-${i}`));
    for (const chat of chats) chat.connect();
    world.clock.run(5_000);
    let tokens = rate;
    let filledAt = world.clock.now();
    let backAt = 0;
    world.gateway.handshakes = 0;
    world.gateway.faults.handshake = () => {
      const now = world.clock.now();
      tokens = Math.min(rate, tokens + ((now - filledAt) / 1_000) * rate);
      filledAt = now;
      if (tokens < 1) return 'refuse';
      tokens--;
      backAt = now;
      return undefined;
    };
    await world.clock.pass(0);

    const cutAt = world.clock.now();
    for (const socket of world.gateway.live()) world.gateway.cut(socket);
    world.clock.run(60_000);

    expect(chats.every((chat) => chat.state.kind === 'connected')).toBe(true);
    expect(backAt - cutAt).toBeLessThan(1.5 * (size / rate) * 1_000);
    expect(world.gateway.handshakes).toBeLessThan(2 * size);
    const took = (backAt - cutAt) / ((size / rate) * 1_000);
    console.info(
      `1,000 clients behind 50 connects/s: all back in ${took.toFixed(2)} × the ideal time, ` +
        `${(world.gateway.handshakes / size).toFixed(2)} connects a client`,
    );
  });
});

describe('the pulse', () => {
  it('carries the contiguous cursors of all rooms', async () => {
    const world = createWorld();
    const { chat } = await world.joined();
    void chat.room('other').join();
    await world.clock.pass(100);
    lose(world, 'push', (frame) => frame.seq === 2);
    lose(world, 'request', (frame) => frame.action === 'getHistory');

    for (const text of ['1', '2', '3']) world.gateway.post('lobby', text);
    await world.clock.pass(31_000);

    expect(received(world, 'ping').at(-1)?.rooms).toEqual({ lobby: 1, other: 0 });
  });

  it.each([
    ['30 s by default', undefined, 30_000],
    ['as often as asked', 70_000, 70_000],
    ['never so rarely that API Gateway takes it for idle', 3_600_000, 540_000],
  ])('beats every %s', async (_name, pingEveryMs, everyMs) => {
    const world = createWorld();
    await world.joined('ann', 'lobby', pingEveryMs === undefined ? {} : { pingEveryMs });
    const at: number[] = [];
    world.gateway.faults.request = (message) => {
      if (message.action === 'ping') at.push(world.clock.now());
      return undefined;
    };

    await world.clock.pass(4 * everyMs);

    const waits = at.slice(1).map((time, i) => time - (at[i] ?? 0));
    expect(at.length).toBeGreaterThanOrEqual(3);
    expect(waits.every((wait) => wait === everyMs)).toBe(true);
  });

  it('finds a socket dead that does not answer in 10 s, and opens another', async () => {
    const world = createWorld();
    const { chat, room } = await world.joined();
    const dead = world.gateway.live()[0];
    const reasons: unknown[] = [];
    chat.on('state', (state) => {
      if (state.kind === 'connecting') reasons.push(state.reason);
    });
    world.gateway.faults.reply = (_reply, _message, socket) => (socket === dead ? 'drop' : undefined);
    world.gateway.faults.push = (_frame, socket) => (socket === dead ? 'drop' : undefined);

    world.gateway.post('lobby', 'unheard');
    await world.clock.pass(42_000);

    expect(reasons[0]).toBe('noAnswer');
    expect(dead?.isOpen).toBe(false);
    expect(texts(room)).toEqual(['unheard']);
  });

  it('probes when the device is looked at', async () => {
    const world = createWorld();
    const { chat } = await world.joined('ann', 'lobby', { pingEveryMs: 9 * MINUTE, random: () => 0.9 });
    const dead = world.gateway.live()[0];
    world.gateway.faults.reply = (_reply, _message, socket) => (socket === dead ? 'drop' : undefined);
    world.clock.sleep(3_000);

    world.networkChanged();
    world.networkChanged();
    await world.clock.pass(12_000);

    expect(received(world, 'ping')).toHaveLength(1);
    expect(world.gateway.live()[0]).not.toBe(dead);
    expect(chat.state.kind).toBe('connected');
  });

  it('joins a room again that the server has forgotten', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    for (const socket of world.gateway.live()) world.gateway.evict(socket, 'lobby');
    world.gateway.post('lobby', 'unheard');

    await world.clock.pass(31_000);

    expect(texts(room)).toEqual(['unheard']);
    expect(room.snapshot.state).toBe('joined');
  });

  it('gets a new socket when the server says that this one has expired', async () => {
    const world = createWorld();
    const { chat } = await world.joined();
    for (const socket of world.gateway.live()) socket.expiresAt = 0;

    await world.clock.pass(50_000);

    expect(chat.state.kind).toBe('connected');
    expect(world.gateway.live().every((socket) => socket.expiresAt > 0)).toBe(true);
  });
});
