import { type Chat, ChatError, type ChatState, createChat, type TokenRequest } from '../../client';
import { loadOlder } from '../../client/history';
import { createHarness, type Harness, listen, lose, received, texts, tokenFor } from './kit/harness';

const MINUTE = 60_000;

describe('make before break', () => {
  it.each([
    ['a token of one hour', 60, 45, 57],
    ['a token of one day, by the 2-hour limit', 24 * 60, 90, 114],
  ])('replaces the socket in time: %s', async (_name, livesMinutes, from, to) => {
    const times = new Set<number>();
    for (let seed = 1; seed <= 5; seed++) {
      const harness = createHarness(seed);
      const token = () => tokenFor('ann', harness.clock.now(), livesMinutes * MINUTE);
      const { chat, room } = await harness.joined('ann', 'lobby', { token });
      const states: ChatState[] = [];
      chat.on('state', (state) => states.push(state));
      const heard = listen(room);
      const begun = harness.clock.now();
      let posted = 0;

      while (harness.gateway.handshakes < 2) {
        await harness.clock.pass(1_000);
        if (harness.gateway.handshakes === 2) times.add(harness.clock.now() - begun);
      }
      for (let i = 0; i < 50; i++) {
        harness.gateway.post('lobby', `${++posted}`);
        await harness.clock.pass(20);
      }
      await harness.clock.pass(5_000);

      expect(states).toEqual([]);
      expect(heard).toEqual(Array.from({ length: posted }, (_, i) => `${i + 1}`));
      expect(received(harness, 'joinRoom').at(-1)).toMatchObject({ after: 0 });
      expect(harness.gateway.live()).toHaveLength(1);
    }
    expect(Math.min(...times)).toBeGreaterThanOrEqual(from * MINUTE - 1_000);
    expect(Math.max(...times)).toBeLessThanOrEqual(to * MINUTE + 2_000);
    expect(times.size).toBeGreaterThan(1);
  });

  /** A harness in which the socket is being replaced now. */
  async function rollingOver(isReady = () => true) {
    const harness = createHarness();
    harness.gateway.pageSize = 2;
    for (const text of ['1', '2', '3']) harness.gateway.post('lobby', text);
    const token = () => tokenFor('ann', harness.clock.now(), 60 * MINUTE);
    const { chat, room } = await harness.joined('ann', 'lobby', { token });
    const old = harness.gateway.live()[0];
    if (!old) throw new Error('There is no socket.');
    harness.gateway.faults.reply = (reply) =>
      reply.type === 'joined' && !isReady() ? { delayMs: 3_000 } : undefined;
    while (harness.gateway.handshakes < 2) await harness.clock.pass(1_000);
    return { harness, chat, room, old };
  }

  it('uses the old socket until every room is joined on the new one', async () => {
    const { harness, room, old } = await rollingOver(() => false);

    const sent = room.send('on the old one');
    await harness.clock.pass(1_000);

    await expect(sent).resolves.toMatchObject({ seq: 4 });
    expect(old.received.at(-1)).toMatchObject({ action: 'sendMessage' });
    expect(old.isOpen).toBe(true);
  });

  it('closes the old socket after 5 s, and sends again on the new one what had no answer', async () => {
    const { harness, room, old } = await rollingOver(() => false);
    harness.gateway.faults.request = (_message, socket) => (socket === old ? 'drop' : undefined);
    await harness.clock.pass(1_900);
    const sent = room.send('mine');
    await harness.clock.pass(1_500);

    const during = [old.isOpen, harness.gateway.live().length];
    await harness.clock.pass(2_000);

    expect(during).toEqual([true, 2]);
    expect(old.isOpen).toBe(false);
    await expect(sent).resolves.toMatchObject({ seq: 4 });
  });

  it('asks again on the new socket for older messages that the old one did not bring', async () => {
    const { harness, room, old } = await rollingOver(() => false);
    harness.gateway.faults.request = (_message, socket) => (socket === old ? 'drop' : undefined);
    await harness.clock.pass(1_900);
    const older = loadOlder(room);

    await harness.clock.pass(3_500);

    expect(old.isOpen).toBe(false);
    await expect(older).resolves.toBe(false);
  });

  it('falls back to the old socket while the new one is lost at once, and opens another', async () => {
    const { harness, room, old } = await rollingOver(() => false);
    await harness.clock.pass(500);
    const young = harness.gateway.live().at(-1);
    if (young) harness.gateway.cut(young);

    const sent = room.send('still here');
    await harness.clock.pass(500);
    await expect(sent).resolves.toMatchObject({ seq: 4 });
    await harness.clock.pass(10_000);

    expect(old.isOpen).toBe(false);
    expect(harness.gateway.live()).toHaveLength(1);
    expect(room.snapshot.state).toBe('joined');
  });

  it('goes on at once with a send that the old socket refuses once it has been replaced', async () => {
    const { harness, room, old } = await rollingOver(() => false);
    const refusal = { type: 'error', code: 'notMember', message: 'Not in.', room: 'lobby' };
    await harness.clock.pass(1_900);
    harness.gateway.faults.request = (_message, socket) => (socket === old ? { answer: refusal } : undefined);
    harness.gateway.faults.reply = (_reply, _message, socket) =>
      socket === old ? { delayMs: 1_400 } : undefined;

    const sent = room.send('mine');
    await harness.clock.pass(1_300);
    const early = harness.gateway.entries('lobby').length;
    await harness.clock.pass(400);

    expect(early).toBe(3);
    expect(room.snapshot.pending).toEqual([]);
    await expect(sent).resolves.toMatchObject({ seq: 4 });
  });

  it('takes frames from both sockets into the same room, once', async () => {
    const { harness, room } = await rollingOver(() => false);
    const heard = listen(room);
    await harness.clock.pass(100);

    for (const text of ['a', 'b', 'c']) harness.gateway.post('lobby', text);
    await harness.clock.pass(10_000);

    expect(heard).toEqual(['a', 'b', 'c']);
  });

  it('takes an own message that comes on the other socket for its acknowledgement', async () => {
    const { harness, room } = await rollingOver(() => false);
    await harness.clock.pass(100);
    harness.gateway.faults.reply = () => 'drop';

    const sent = room.send('mine');
    await harness.clock.pass(500);

    await expect(sent).resolves.toMatchObject({ seq: 4 });
    expect(received(harness, 'sendMessage')).toHaveLength(1);
  });

  it('keeps the old socket while the new one cannot be had', async () => {
    const harness = createHarness();
    const token = () => tokenFor('ann', harness.clock.now(), 60 * MINUTE);
    const { chat, room } = await harness.joined('ann', 'lobby', { token });
    harness.gateway.faults.handshake = () => 'refuse';
    await harness.clock.pass(58 * MINUTE);
    harness.gateway.post('lobby', 'still heard');
    await harness.clock.pass(500);

    expect(chat.state.kind).toBe('connected');
    expect(texts(room)).toEqual(['still heard']);
    expect(harness.gateway.handshakes).toBeGreaterThan(3);
  });
});

describe('reconnecting', () => {
  /** The waits before each attempt, in seconds where `random` gives 0.999. */
  function waitsOf(harness: Harness, chat: Chat): number[] {
    const waits: number[] = [];
    chat.on('state', (state) => {
      if (state.kind === 'connecting' && state.retryAt)
        waits.push(Math.round((state.retryAt - harness.clock.now()) / 999));
    });
    return waits;
  }

  it('waits at random up to 1 s, doubling to 15 s', async () => {
    const harness = createHarness();
    harness.gateway.faults.handshake = () => 'refuse';
    const chat = harness.chat('ann', { random: () => 0.999 });
    const waits = waitsOf(harness, chat);

    chat.connect();
    await harness.clock.pass(2 * MINUTE);

    expect(waits.slice(0, 7)).toEqual([1, 2, 4, 8, 15, 15, 15]);
  });

  it('waits up to 20 s, then 10 s, then 20 s when it was connected and is refused', async () => {
    const harness = createHarness();
    const { chat } = await harness.joined('ann', 'lobby', { random: () => 0.999 });
    const waits = waitsOf(harness, chat);

    harness.gateway.faults.handshake = () => 'refuse';
    for (const socket of harness.gateway.live()) harness.gateway.cut(socket);
    await harness.clock.pass(80_000);

    expect(waits.slice(0, 5)).toEqual([1, 20, 10, 20, 20]);
  });

  it.each<[string, (harness: Harness, chat: Chat) => void]>([
    ['the app calls connect() again', (_harness, chat) => chat.connect()],
    ['the device comes online or is looked at', (harness) => harness.networkChanged()],
  ])('tries at once when %s', async (_name, change) => {
    const harness = createHarness();
    const { chat } = await harness.joined('ann', 'lobby', { random: () => 0.999 });
    harness.gateway.faults.handshake = () => 'refuse';
    for (const socket of harness.gateway.live()) harness.gateway.cut(socket);
    await harness.clock.pass(5_000);
    harness.gateway.faults.handshake = () => undefined;
    const before = chat.state;

    change(harness, chat);
    await harness.clock.pass(100);

    expect(before).toMatchObject({ kind: 'connecting', retryAt: expect.any(Number) });
    expect(chat.state.kind).toBe('connected');
  });

  it('begins with small waits again only after a minute of connection', async () => {
    const harness = createHarness();
    const { chat } = await harness.joined('ann', 'lobby', { random: () => 0.999 });
    const waits = waitsOf(harness, chat);

    for (const holdsMs of [30_000, 30_000, 30_000, 80_000]) {
      await harness.clock.pass(holdsMs);
      for (const socket of harness.gateway.live()) harness.gateway.cut(socket);
      await harness.clock.pass(10_000);
    }

    expect(waits).toEqual([1, 2, 4, 1]);
  });

  it('does not wait for an attempt that began before the device came online', async () => {
    const harness = createHarness();
    harness.gateway.faults.handshake = () => 'silence';
    const chat = harness.chat();
    chat.connect();
    await harness.clock.pass(3_000);
    harness.gateway.faults.handshake = () => undefined;

    harness.networkChanged();
    await harness.clock.pass(100);

    expect(chat.state.kind).toBe('connected');
  });

  it('opens a slow connection although the device comes online every two seconds', async () => {
    const harness = createHarness();
    harness.gateway.latencyMs = 3_500;
    const chat = harness.chat();
    chat.on('state', ({ kind }) => {
      if (kind === 'connected') harness.gateway.latencyMs = 10;
    });
    chat.connect();

    for (let seconds = 0; seconds < 40; seconds += 2) {
      harness.networkChanged();
      await harness.clock.pass(2_000);
    }

    expect(chat.state.kind).toBe('connected');
  });

  it('asks for a token again after a refused handshake', async () => {
    const harness = createHarness();
    const asked: TokenRequest[] = [];
    const first = tokenFor('ann', harness.clock.now());
    const token = (request: TokenRequest) => {
      asked.push(request);
      return first;
    };
    let refusals = 2;
    harness.gateway.faults.handshake = () => (refusals-- > 0 ? 'refuse' : undefined);

    await harness.joined('ann', 'lobby', { token, random: () => 0.1 });
    for (const socket of harness.gateway.live()) harness.gateway.cut(socket);
    await harness.clock.pass(1_000);

    expect(asked.map(({ reason }) => reason)).toEqual(['first', 'refused', 'refused']);
    expect(asked[1]?.previous).toBe(first);
    expect(harness.gateway.handshakes).toBe(4);
  });

  it('gives up only when the token callback says that it is final', async () => {
    const harness = createHarness();
    let failures = 0;
    const token = () => {
      if (failures++ < 3) throw new Error('No network.');
      throw new ChatError('unauthorized', 'Signed out.', { final: true });
    };
    const chat = harness.chat('ann', { token });
    chat.connect();
    const entered = chat.room('lobby').join();
    const sent = chat.room('lobby').send('never');
    await harness.clock.pass(1_000);
    const early = chat.state;
    await harness.clock.pass(5 * MINUTE);

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
    expect(harness.clock.pending()).toBe(0);
  });

  it('tries again when a token or a handshake never comes', async () => {
    const harness = createHarness();
    let asked = 0;
    const token = () =>
      ++asked === 1 ? new Promise<string>(() => {}) : tokenFor('ann', harness.clock.now());
    let silences = 1;
    harness.gateway.faults.handshake = () => (silences-- > 0 ? 'silence' : undefined);

    const chat = harness.chat('ann', { token });
    chat.connect();
    await harness.clock.pass(45_000);

    expect(chat.state.kind).toBe('connected');
    expect(harness.gateway.handshakes).toBe(2);
  });

  it('trusts the length of a token more than a wrong clock', async () => {
    const harness = createHarness();
    harness.gateway.aheadMs = 3 * 60 * MINUTE;
    const { chat } = await harness.joined('ann', 'lobby', {
      token: () => tokenFor('ann', harness.clock.now() - harness.gateway.aheadMs, 60 * MINUTE),
    });

    await harness.clock.pass(40 * MINUTE);
    const early = harness.gateway.handshakes;
    await harness.clock.pass(20 * MINUTE);

    expect(early).toBe(1);
    expect(harness.gateway.handshakes).toBe(2);
    expect(chat.state.kind).toBe('connected');
  });

  it('is not flooded by a thousand clients when the server lets 50 a second in', async () => {
    const harness = createHarness();
    const size = 1_000;
    const rate = 50;
    const chats = Array.from({ length: size }, (_, i) => harness.chat(`user-${i}`));
    for (const chat of chats) chat.connect();
    await harness.clock.pass(5_000);
    let tokens = rate;
    let filledAt = harness.clock.now();
    let backAt = 0;
    harness.gateway.handshakes = 0;
    harness.gateway.faults.handshake = () => {
      const now = harness.clock.now();
      tokens = Math.min(rate, tokens + ((now - filledAt) / 1_000) * rate);
      filledAt = now;
      if (tokens < 1) return 'refuse';
      tokens--;
      backAt = now;
      return undefined;
    };

    const cutAt = harness.clock.now();
    for (const socket of harness.gateway.live()) harness.gateway.cut(socket);
    await harness.clock.pass(60_000);

    expect(chats.every((chat) => chat.state.kind === 'connected')).toBe(true);
    expect(backAt - cutAt).toBeLessThan(1.5 * (size / rate) * 1_000);
    expect(harness.gateway.handshakes).toBeLessThan(2 * size);
    const took = (backAt - cutAt) / ((size / rate) * 1_000);
    console.info(
      `1,000 clients behind 50 connects/s: all back in ${took.toFixed(2)} × the ideal time, ` +
        `${(harness.gateway.handshakes / size).toFixed(2)} connects a client`,
    );
  });
});

describe('the pulse', () => {
  it('carries the contiguous cursors of all rooms', async () => {
    const harness = createHarness();
    const { chat } = await harness.joined();
    void chat.room('other').join();
    await harness.clock.pass(100);
    lose(harness, 'push', (frame) => frame.seq === 2);
    lose(harness, 'request', (frame) => frame.action === 'getHistory');

    for (const text of ['1', '2', '3']) harness.gateway.post('lobby', text);
    await harness.clock.pass(31_000);

    expect(received(harness, 'ping').at(-1)?.rooms).toEqual({ lobby: 1, other: 0 });
  });

  it.each([
    ['30 s by default', undefined, 30_000],
    ['as often as asked', 70_000, 70_000],
    ['never so rarely that API Gateway takes it for idle', 3_600_000, 540_000],
  ])('beats every %s', async (_name, pingEveryMs, everyMs) => {
    const harness = createHarness();
    await harness.joined('ann', 'lobby', pingEveryMs === undefined ? {} : { pingEveryMs });
    const at: number[] = [];
    harness.gateway.faults.request = (message) => {
      if (message.action === 'ping') at.push(harness.clock.now());
      return undefined;
    };

    await harness.clock.pass(4 * everyMs);

    const waits = at.slice(1).map((time, i) => time - (at[i] ?? 0));
    expect(at.length).toBeGreaterThanOrEqual(3);
    expect(waits.every((wait) => wait === everyMs)).toBe(true);
  });

  it('keeps a socket whose ping API Gateway throttles, and pings again', async () => {
    const harness = createHarness();
    const { chat, room } = await harness.joined();
    const kept = harness.gateway.live()[0];
    let throttles = 0;
    harness.gateway.faults.request = (message) => {
      if (message.action !== 'ping' || throttles >= 2) return undefined;
      throttles += 1;
      return { answer: { message: 'Too Many Requests', connectionId: 'x=', requestId: 'y' } };
    };
    const states: string[] = [];
    chat.on('state', ({ kind }) => states.push(kind));

    await harness.clock.pass(100_000);
    harness.gateway.post('lobby', 'heard');
    await harness.clock.pass(1_000);

    expect([throttles, states, kept?.isOpen]).toEqual([2, [], true]);
    expect(texts(room)).toEqual(['heard']);
  });

  it('keeps a socket whose ping the server refuses', async () => {
    const harness = createHarness();
    const { chat } = await harness.joined();
    const kept = harness.gateway.live()[0];
    const refusal = { type: 'error', code: 'unavailable', message: 'Again.' };
    harness.gateway.faults.request = ({ action }) => (action === 'ping' ? { answer: refusal } : undefined);
    const states: string[] = [];
    chat.on('state', ({ kind }) => states.push(kind));

    await harness.clock.pass(100_000);

    expect([states, kept?.isOpen]).toEqual([[], true]);
  });

  it('finds a socket dead that does not answer in 10 s, and opens another', async () => {
    const harness = createHarness();
    const { chat, room } = await harness.joined();
    const dead = harness.gateway.live()[0];
    const reasons: unknown[] = [];
    chat.on('state', (state) => {
      if (state.kind === 'connecting') reasons.push(state.reason);
    });
    harness.gateway.faults.reply = (_reply, _message, socket) => (socket === dead ? 'drop' : undefined);
    harness.gateway.faults.push = (_frame, socket) => (socket === dead ? 'drop' : undefined);

    harness.gateway.post('lobby', 'unheard');
    await harness.clock.pass(42_000);

    expect(reasons[0]).toBe('noAnswer');
    expect(dead?.isOpen).toBe(false);
    expect(texts(room)).toEqual(['unheard']);
  });

  it('probes when the device is looked at', async () => {
    const harness = createHarness();
    const { chat } = await harness.joined('ann', 'lobby', { pingEveryMs: 9 * MINUTE, random: () => 0.9 });
    const dead = harness.gateway.live()[0];
    harness.gateway.faults.reply = (_reply, _message, socket) => (socket === dead ? 'drop' : undefined);
    harness.clock.sleep(3_000);

    harness.networkChanged();
    harness.networkChanged();
    await harness.clock.pass(12_000);

    expect(received(harness, 'ping')).toHaveLength(1);
    expect(harness.gateway.live()[0]).not.toBe(dead);
    expect(chat.state.kind).toBe('connected');
  });

  it('joins a room again that the server has forgotten', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    for (const socket of harness.gateway.live()) harness.gateway.evict(socket, 'lobby');
    harness.gateway.post('lobby', 'unheard');

    await harness.clock.pass(31_000);

    expect(texts(room)).toEqual(['unheard']);
    expect(room.snapshot.state).toBe('joined');
  });

  it('gets a new socket when the server says that this one has expired', async () => {
    const harness = createHarness();
    const { chat } = await harness.joined();
    for (const socket of harness.gateway.live()) socket.expiresAt = 0;

    await harness.clock.pass(50_000);

    expect(chat.state.kind).toBe('connected');
    expect(harness.gateway.live().every((socket) => socket.expiresAt > 0)).toBe(true);
  });
});

describe('a token', () => {
  it.each([
    ['is fast by 59:50', 3_590_000],
    ['is fast by 61 minutes', 3_660_000],
    ['is slow by 59:50', -3_590_000],
    ['is right', 0],
  ])('of an hour leads to few connections on a device whose clock %s', async (_name, aheadMs) => {
    const harness = createHarness();
    const clock = { ...harness.clock, now: () => harness.clock.now() + aheadMs };
    const token = () => tokenFor('ann', harness.clock.now(), 3_600_000);
    const { chat } = await harness.joined('ann', 'lobby', { clock, token });

    await harness.clock.pass(3 * 3_600_000);

    expect(chat.state).toEqual({ kind: 'connected' });
    expect(harness.gateway.handshakes).toBeLessThanOrEqual(6);
  });

  it('that is longer than the server reads ends the chat, and says so', async () => {
    const harness = createHarness();
    const chat = harness.chat('ann', { token: () => 'x'.repeat(4_097) });
    chat.connect();
    await harness.clock.pass(1_000);

    expect(chat.state).toMatchObject({
      kind: 'disconnected',
      reason: 'unauthorized',
      error: { message: 'A token must have 1 to 4096 characters.' },
    });
    expect(harness.gateway.handshakes).toBe(0);
  });
});

it('tells at once that the runtime has no WebSocket', () => {
  const given = Reflect.get(globalThis, 'WebSocket');
  Reflect.deleteProperty(globalThis, 'WebSocket');
  try {
    const chat = createChat({ url: 'wss://chat.test/ws', token: () => '' });

    expect(() => chat.connect()).toThrow(expect.objectContaining({ code: 'noWebSocket' }));
    expect(chat.state).toEqual({ kind: 'disconnected', reason: 'notStarted' });
  } finally {
    if (given) Reflect.set(globalThis, 'WebSocket', given);
  }
});

it('tells in its state that a renewal is refused, until one succeeds', async () => {
  const harness = createHarness(1, 60_000);
  const token = () => tokenFor('ann', harness.clock.now(), 60_000);
  const { chat } = await harness.joined('ann', 'lobby', { token });
  harness.gateway.faults.handshake = () => 'refuse';
  await harness.clock.pass(58_000);
  const refused = chat.state;
  harness.gateway.faults.handshake = () => undefined;
  await harness.clock.pass(30_000);

  expect(refused).toEqual({ kind: 'connected', renewal: 'refused' });
  expect(chat.state).toEqual({ kind: 'connected' });
});
