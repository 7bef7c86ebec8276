import type { LogEntry, ServerMessage } from '../../lib/protocol';
import { createWorld, listen, lose, received, texts } from './kit/world';

const isSeq =
  (...seqs: number[]) =>
  (frame: { type?: string; seq?: number }) =>
    seqs.includes(frame.seq ?? 0);

describe('delivery', () => {
  it('shows an entry only after the one before it', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    const heard = listen(room);
    lose(world, 'push', isSeq(2));

    for (const text of ['one', 'two', 'three']) world.gateway.post('lobby', text);
    await world.clock.pass(200);
    const early = [...heard];
    await world.clock.pass(400);

    expect(early).toEqual(['one']);
    expect(heard).toEqual(['one', 'two', 'three']);
    expect(received(world, 'getHistory')).toMatchObject([{ room: 'lobby', after: 1 }]);
  });

  it('asks for nothing when a hole fills by itself', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    world.gateway.faults.push = (frame) => ('seq' in frame && frame.seq === 1 ? { delayMs: 200 } : undefined);

    world.gateway.post('lobby', 'late');
    world.gateway.post('lobby', 'early');
    await world.clock.pass(2_000);

    expect(texts(room)).toEqual(['late', 'early']);
    expect(received(world, 'getHistory')).toEqual([]);
  });

  it('waits longer for a hole to fill the more members may ask', async () => {
    const world = createWorld();
    world.gateway.faults.reply = (reply) => {
      if (reply.type === 'joined') reply.memberCount = 600;
      return undefined;
    };
    await world.joined('ann', 'lobby', { random: () => 0.9 });
    lose(world, 'push', isSeq(1));

    world.gateway.post('lobby', 'one');
    world.gateway.post('lobby', 'two');
    await world.clock.pass(2_500);
    const early = received(world, 'getHistory').length;
    await world.clock.pass(1_000);

    expect([early, received(world, 'getHistory').length]).toEqual([0, 1]);
  });

  it('runs one sync at a time, however many holes there are', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    lose(world, 'push', (frame) => (frame.seq ?? 0) % 2 === 1);
    world.gateway.faults.reply = (reply) => (reply.type === 'history' ? { delayMs: 3_000 } : undefined);

    for (let i = 1; i <= 20; i++) {
      world.gateway.post('lobby', `${i}`);
      await world.clock.pass(100);
    }
    const during = received(world, 'getHistory').length;
    await world.clock.pass(10_000);

    expect(during).toBe(1);
    expect(room.snapshot.cursor).toBe(20);
  });

  it('reads page after page while there is more', async () => {
    const world = createWorld();
    world.gateway.pageSize = 3;
    const { room } = await world.joined();
    lose(world, 'push', (frame) => (frame.seq ?? 0) < 8);

    for (let i = 1; i <= 8; i++) world.gateway.post('lobby', `${i}`);
    await world.clock.pass(1_000);

    expect(texts(room)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    expect(received(world, 'getHistory').map(({ after }) => after)).toEqual([0, 3, 6]);
  });

  it('moves the cursor over entries of a type it does not know', async () => {
    const world = createWorld();
    const { room } = await world.joined();

    world.gateway.post('lobby', '', undefined, 'unknown');
    world.gateway.post('lobby', 'after it');
    await world.clock.pass(2_000);

    expect(texts(room)).toEqual(['after it']);
    expect(room.snapshot.cursor).toBe(2);
    expect(received(world, 'getHistory')).toEqual([]);
  });

  it('drops duplicates', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    const heard = listen(room);
    world.gateway.faults.push = () => ({ copies: 3 });

    for (const text of ['one', 'two', 'three']) world.gateway.post('lobby', text);
    await world.clock.pass(1_000);

    expect(heard).toEqual(['one', 'two', 'three']);
  });

  it('keeps frames that come before `joined`', async () => {
    const world = createWorld();
    world.gateway.post('lobby', 'old');
    world.gateway.faults.reply = (reply) => (reply.type === 'joined' ? { delayMs: 500 } : undefined);
    const chat = world.chat();
    const room = chat.room('lobby');
    const heard = listen(room);

    chat.connect();
    void room.join();
    await world.clock.pass(200);
    world.gateway.post('lobby', 'new');
    await world.clock.pass(100);
    const early = [...heard];
    await world.clock.pass(1_000);

    expect(early).toEqual([]);
    expect(heard).toEqual(['old', 'new']);
    expect(received(world, 'getHistory')).toEqual([]);
  });

  it('reads on when `joined` tells of a head above its page', async () => {
    const world = createWorld();
    world.gateway.pageSize = 4;
    const { room } = await world.joined();
    const heard = listen(room);

    world.gateway.faults.handshake = () => 'refuse';
    for (const socket of world.gateway.live()) world.gateway.cut(socket);
    for (let i = 1; i <= 10; i++) world.gateway.post('lobby', `${i}`);
    world.gateway.faults.handshake = () => undefined;
    await world.clock.pass(10_000);

    expect(heard).toHaveLength(10);
    expect(received(world, 'joinRoom').map(({ after }) => after)).toEqual([undefined, 0]);
  });

  it('hears from a pong that it is behind', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    lose(world, 'push', () => true);

    world.gateway.post('lobby', 'the last word');
    await world.clock.pass(31_000);

    expect(texts(room)).toEqual(['the last word']);
  });

  it('tells the app what has expired before it could be read, and goes on behind it', async () => {
    const world = createWorld();
    world.gateway.post('lobby', '1');
    const { room } = await world.joined();
    const heard = listen(room);
    lose(world, 'push', (frame) => (frame.seq ?? 0) !== 4);

    for (let i = 2; i <= 9; i++) world.gateway.post('lobby', `${i}`);
    world.gateway.expire('lobby', 6);
    await world.clock.pass(1_000);

    expect(heard).toEqual(['gap 2-3', '4', 'gap 5-6', '7', '8', '9']);
    expect(room.snapshot.gaps).toEqual([
      { from: 2, to: 3 },
      { from: 5, to: 6 },
    ]);
    expect(texts(room)).toEqual(['1', '4', '7', '8', '9']);
  });

  const restored: LogEntry[] = ['a', 'b'].map((text, i) => ({
    type: 'message',
    seq: i + 1,
    id: `restored-${i}`,
    text,
    from: { id: 'bob', name: 'Bob' },
    at: 1,
  }));

  it.each([
    ['a `joined` with a lower head', 'log-1', 'cut'],
    ['a `joined` of another log', 'log-2', 'cut'],
    ['a pong of another log', 'log-2', 'wait'],
    ['a history with a lower head', 'log-1', 'claim'],
  ])('begins anew when it meets another log: %s', async (_name, logId, how) => {
    const world = createWorld();
    for (let i = 1; i <= 5; i++) world.gateway.post('lobby', `${i}`);
    const { room } = await world.joined();
    const heard = listen(room);

    world.gateway.logId = logId;
    world.gateway.restore('lobby', [...restored]);
    if (how === 'cut') for (const socket of world.gateway.live()) world.gateway.cut(socket);
    if (how === 'claim') world.gateway.push('lobby', { type: 'unknown', room: 'lobby', seq: 9 });
    await world.clock.pass(35_000);

    expect(heard).toEqual(['reset', 'a', 'b']);
    expect(room.snapshot).toMatchObject({ cursor: 2, state: 'joined' });
    expect(texts(room)).toEqual(['a', 'b']);
  });

  it('reads again what did not fit in its buffer', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    lose(world, 'push', isSeq(1));
    lose(world, 'request', (frame) => frame.action === 'getHistory');

    for (let i = 1; i <= 700; i++) world.gateway.post('lobby', `${i}`);
    await world.clock.pass(3_000);
    const early = room.snapshot.cursor;
    lose(world, 'request', () => false);
    await world.clock.pass(10_000);

    expect(early).toBe(0);
    expect(texts(room)).toEqual(Array.from({ length: 700 }, (_, i) => `${i + 1}`));
  });

  it('stops looking for an entry that the log turns out not to have', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    const claim: ServerMessage = { type: 'unknown', room: 'lobby', seq: 50 };

    world.gateway.push('lobby', claim);
    await world.clock.pass(60_000);
    world.gateway.post('lobby', 'still here');
    await world.clock.pass(1_000);

    expect(received(world, 'getHistory')).toHaveLength(1);
    expect(texts(room)).toEqual(['still here']);
  });
});

describe("the sender's own message", () => {
  it('takes its place in the order when it is acknowledged', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    lose(world, 'push', isSeq(1));

    world.gateway.post('lobby', 'before');
    const sent = room.send('mine');
    await world.clock.pass(100);
    const early = room.snapshot;
    await world.clock.pass(1_000);

    await expect(sent).resolves.toMatchObject({ seq: 2 });
    expect(early).toMatchObject({ messages: [], pending: [{ text: 'mine', state: 'sent' }] });
    expect(texts(room)).toEqual(['before', 'mine']);
    expect(room.snapshot.pending).toEqual([]);
  });

  it('is acknowledged by being met in a sync', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    lose(world, 'reply', (frame) => frame.type === 'ack');

    const sent = room.send('mine');
    await world.clock.pass(100);
    world.gateway.post('lobby', 'after');
    await world.clock.pass(1_000);

    await expect(sent).resolves.toMatchObject({ seq: 1 });
    expect(received(world, 'sendMessage')).toHaveLength(1);
    expect(texts(room)).toEqual(['mine', 'after']);
  });

  it('is repeated once when it was met before its answer: the server tells the others again', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    lose(world, 'reply', (frame) => frame.type === 'ack');

    void room.send('mine');
    await world.clock.pass(100);
    world.gateway.post('lobby', 'after');
    await world.clock.pass(60_000);

    expect(received(world, 'sendMessage')).toHaveLength(2);
    expect(texts(room)).toEqual(['mine', 'after']);
  });

  it('is not repeated once nothing can tell what became of it', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    lose(world, 'reply', (frame) => frame.type === 'ack');
    lose(world, 'push', () => true);

    void room.send('mine');
    await world.clock.pass(1_000);
    world.gateway.restore('lobby', []);
    world.gateway.logId = 'log-2';
    void room.loadOlder();
    for (const socket of world.gateway.live()) {
      socket.events.message('{"type":"unknown","room":"lobby","seq":5}');
      world.gateway.evict(socket, 'lobby');
    }
    await world.clock.pass(60_000);

    expect(room.snapshot.pending).toMatchObject([{ text: 'mine', state: 'unknown' }]);
    expect(received(world, 'sendMessage')).toHaveLength(1);
  });

  it('is acknowledged by being met in a page of old history', async () => {
    const world = createWorld();
    world.gateway.pageSize = 2;
    const { room } = await world.joined();
    lose(world, 'reply', (frame) => frame.type === 'ack');
    lose(world, 'request', () => false);
    void room.send('mine');
    await world.clock.pass(100);
    lose(world, 'request', (frame) => frame.action === 'sendMessage');

    for (let i = 1; i <= 4; i++) world.gateway.post('lobby', `${i}`);
    world.gateway.logId = 'log-2';
    for (const socket of world.gateway.live()) world.gateway.cut(socket);
    await world.clock.pass(5_000);
    const stranded = room.snapshot.pending;
    void room.loadOlder();
    await world.clock.pass(100);
    void room.loadOlder();
    await world.clock.pass(100);

    expect(stranded).toMatchObject([{ text: 'mine', state: 'unknown' }]);
    expect(room.snapshot.pending).toEqual([]);
  });

  it('is not acknowledged by the same id of someone else', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    lose(world, 'request', (frame) => frame.action === 'sendMessage');

    void room.send('mine');
    const forged = {
      type: 'message' as const,
      room: 'lobby',
      seq: 1,
      id: 'ann-message-1',
      text: 'forged',
      at: 1,
    };
    world.gateway.push('lobby', { ...forged, from: { id: 'eve', name: 'Eve' } });
    await world.clock.pass(1_000);

    expect(room.snapshot.pending).toMatchObject([{ text: 'mine', state: 'pending' }]);
  });

  it('is shown as it was stored', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    world.gateway.faults.reply = (reply) => {
      if (reply.type === 'ack') reply.text = 'stored';
      return undefined;
    };

    void room.send('sent');
    await world.clock.pass(1_000);

    expect(texts(room)).toEqual(['stored']);
  });

  it('is acknowledged by an ack that comes after its request was given up', async () => {
    const world = createWorld();
    const { room } = await world.joined();
    world.gateway.faults.reply = (reply) => (reply.type === 'ack' ? { delayMs: 3_000 } : undefined);
    lose(world, 'push', () => true);

    const sent = room.send('mine');
    await world.clock.pass(3_500);

    await expect(sent).resolves.toMatchObject({ seq: 1 });
    expect(texts(room)).toEqual(['mine']);
  });
});
