import { loadOlder } from '../../client/history';
import type { LogEntry, ServerMessage } from '../../lib/protocol';
import { BOB } from './kit/gateway';
import { createHarness, listen, lose, received, texts } from './kit/harness';

const isSeq =
  (...seqs: number[]) =>
  (frame: { type?: string; seq?: number }) =>
    seqs.includes(frame.seq ?? 0);

describe('delivery', () => {
  it('shows an entry only after the one before it', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    const heard = listen(room);
    lose(harness, 'push', isSeq(2));

    for (const text of ['one', 'two', 'three']) harness.gateway.post('lobby', text);
    await harness.clock.pass(200);
    const early = [...heard];
    await harness.clock.pass(400);

    expect(early).toEqual(['one']);
    expect(heard).toEqual(['one', 'two', 'three']);
    expect(received(harness, 'getHistory')).toMatchObject([{ room: 'lobby', after: 1 }]);
  });

  it('asks again after five seconds where a page brings nothing, and shows what comes then', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    lose(harness, 'push', isSeq(1));
    harness.gateway.faults.reply = (reply) => {
      if (reply.type === 'history') Object.assign(reply, { messages: [], more: true });
      return undefined;
    };

    for (const text of ['one', 'two']) harness.gateway.post('lobby', text);
    await harness.clock.pass(5_000);
    const asked = received(harness, 'getHistory').length;
    harness.gateway.faults.reply = () => undefined;
    await harness.clock.pass(7_000);

    expect(asked).toBe(1);
    expect(texts(room)).toEqual(['one', 'two']);
  });

  it('asks for nothing when a hole fills by itself', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    harness.gateway.faults.push = (frame) =>
      'seq' in frame && frame.seq === 1 ? { delayMs: 200 } : undefined;

    harness.gateway.post('lobby', 'late');
    harness.gateway.post('lobby', 'early');
    await harness.clock.pass(2_000);

    expect(texts(room)).toEqual(['late', 'early']);
    expect(received(harness, 'getHistory')).toEqual([]);
  });

  it('waits longer for a hole to fill the more members may ask', async () => {
    const harness = createHarness();
    harness.gateway.faults.reply = (reply) => {
      if (reply.type === 'joined') reply.memberCount = 600;
      return undefined;
    };
    await harness.joined('ann', 'lobby', { random: () => 0.9 });
    lose(harness, 'push', isSeq(1));

    harness.gateway.post('lobby', 'one');
    harness.gateway.post('lobby', 'two');
    await harness.clock.pass(2_500);
    const early = received(harness, 'getHistory').length;
    await harness.clock.pass(1_000);

    expect([early, received(harness, 'getHistory').length]).toEqual([0, 1]);
  });

  it('runs one sync at a time, however many holes there are', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    lose(harness, 'push', (frame) => (frame.seq ?? 0) % 2 === 1);
    harness.gateway.faults.reply = (reply) => (reply.type === 'history' ? { delayMs: 3_000 } : undefined);

    for (let i = 1; i <= 20; i++) {
      harness.gateway.post('lobby', `${i}`);
      await harness.clock.pass(100);
    }
    const during = received(harness, 'getHistory').length;
    await harness.clock.pass(10_000);

    expect(during).toBe(1);
    expect(room.snapshot.cursor).toBe(20);
  });

  it('reads page after page while there is more', async () => {
    const harness = createHarness();
    harness.gateway.pageSize = 3;
    const { room } = await harness.joined();
    lose(harness, 'push', (frame) => (frame.seq ?? 0) < 8);

    for (let i = 1; i <= 8; i++) harness.gateway.post('lobby', `${i}`);
    await harness.clock.pass(1_000);

    expect(texts(room)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    expect(received(harness, 'getHistory').map(({ after }) => after)).toEqual([0, 3, 6]);
  });

  it('moves the cursor over entries of a type it does not know', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();

    harness.gateway.post('lobby', '', undefined, 'unknown');
    harness.gateway.post('lobby', 'after it');
    await harness.clock.pass(2_000);

    expect(texts(room)).toEqual(['after it']);
    expect(room.snapshot.cursor).toBe(2);
    expect(received(harness, 'getHistory')).toEqual([]);
  });

  it('keeps frames that come before `joined`', async () => {
    const harness = createHarness();
    harness.gateway.post('lobby', 'old');
    harness.gateway.faults.reply = (reply) => (reply.type === 'joined' ? { delayMs: 500 } : undefined);
    const chat = harness.chat();
    const room = chat.room('lobby');
    const heard = listen(room);

    chat.connect();
    void room.join();
    await harness.clock.pass(200);
    harness.gateway.post('lobby', 'new');
    await harness.clock.pass(100);
    const early = [...heard];
    await harness.clock.pass(1_000);

    expect(early).toEqual([]);
    expect(heard).toEqual(['old', 'new']);
    expect(received(harness, 'getHistory')).toEqual([]);
  });

  it('reads on when `joined` tells of a head above its page', async () => {
    const harness = createHarness();
    harness.gateway.pageSize = 4;
    const { room } = await harness.joined();
    const heard = listen(room);

    harness.gateway.faults.handshake = () => 'refuse';
    for (const socket of harness.gateway.live()) harness.gateway.cut(socket);
    for (let i = 1; i <= 10; i++) harness.gateway.post('lobby', `${i}`);
    harness.gateway.faults.handshake = () => undefined;
    await harness.clock.pass(10_000);

    expect(heard).toHaveLength(10);
    expect(received(harness, 'joinRoom').map(({ after }) => after)).toEqual([undefined, 0]);
  });

  it('hears from a pong that it is behind', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    lose(harness, 'push', () => true);

    harness.gateway.post('lobby', 'the last word');
    await harness.clock.pass(31_000);

    expect(texts(room)).toEqual(['the last word']);
  });

  it('tells the app what has expired before it could be read, and goes on behind it', async () => {
    const harness = createHarness();
    harness.gateway.post('lobby', '1');
    const { room } = await harness.joined();
    const heard = listen(room);
    lose(harness, 'push', (frame) => (frame.seq ?? 0) !== 4);

    for (let i = 2; i <= 9; i++) harness.gateway.post('lobby', `${i}`);
    harness.gateway.expire('lobby', 6);
    await harness.clock.pass(1_000);

    expect(heard).toEqual(['gap 2-3', '4', 'gap 5-6', '7', '8', '9']);
    expect(room.snapshot.gaps).toEqual([{ from: 5, to: 6 }]);
    expect(texts(room)).toEqual(['7', '8', '9']);
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
  ])('starts again when it receives another log: %s', async (_name, logId, how) => {
    const harness = createHarness();
    for (let i = 1; i <= 5; i++) harness.gateway.post('lobby', `${i}`);
    const { room } = await harness.joined();
    const heard = listen(room);

    harness.gateway.logId = logId;
    harness.gateway.restore('lobby', [...restored]);
    if (how === 'cut') for (const socket of harness.gateway.live()) harness.gateway.cut(socket);
    if (how === 'claim') harness.gateway.push('lobby', { type: 'unknown', room: 'lobby', seq: 9 });
    await harness.clock.pass(35_000);

    expect(heard).toEqual(['reset', 'a', 'b']);
    expect(room.snapshot).toMatchObject({ cursor: 2, state: 'joined' });
    expect(texts(room)).toEqual(['a', 'b']);
  });

  it('does not start again for a late pong, to a ping from before it had joined the new log', async () => {
    const harness = createHarness();
    for (let i = 1; i <= 5; i++) harness.gateway.post('lobby', `${i}`);
    const { room } = await harness.joined();
    const heard = listen(room);
    harness.gateway.faults.reply = (_reply, { action }) =>
      action === 'ping' ? { delayMs: 5_000 } : undefined;
    while (received(harness, 'ping').length === 0) await harness.clock.pass(100);

    harness.gateway.logId = 'log-2';
    harness.gateway.restore('lobby', [...restored]);
    harness.gateway.push('lobby', { type: 'unknown', room: 'lobby', seq: 9 });
    await harness.clock.pass(10_000);

    expect(heard).toEqual(['reset', 'a', 'b']);
  });

  it('shows no post of a log that was replaced', async () => {
    const harness = createHarness();
    harness.gateway.post('lobby', '1');
    const { room } = await harness.joined();
    const [first] = restored;
    if (!first) throw new Error('There is no entry.');

    harness.gateway.push('lobby', { ...first, seq: 2, room: 'lobby', log: 'log-0' });
    await harness.clock.pass(1_000);
    expect(texts(room)).toEqual(['1']);
    harness.gateway.post('lobby', '2');
    await harness.clock.pass(1_000);

    expect(texts(room)).toEqual(['1', '2']);
  });

  it('shows no post of a replaced log that came before the first join was answered', async () => {
    const harness = createHarness();
    harness.gateway.post('lobby', '1');
    const chat = harness.chat();
    const room = chat.room('lobby');
    chat.connect();
    await harness.clock.pass(1_000);
    room.join().catch(() => {});
    const [socket] = harness.gateway.live();
    const entry = { type: 'message', from: BOB, at: 0, room: 'lobby' };
    for (const [seq, log] of [
      [2, 'log-0'],
      [3, 'log-0'],
    ])
      socket?.events.message(JSON.stringify({ ...entry, seq, id: `foreign-id-${seq}`, text: 'old', log }));
    await harness.clock.pass(1_000);
    expect(texts(room)).toEqual(['1']);
    harness.gateway.post('lobby', '2');
    await harness.clock.pass(1_000);

    expect(texts(room)).toEqual(['1', '2']);
  });

  it('takes no acknowledgement of another log for one of this log', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    harness.gateway.faults.request = (message) =>
      message.action === 'sendMessage' && harness.gateway.entries('lobby').length === 0
        ? { answer: { type: 'ack', room: 'lobby', log: 'log-0', id: message.id, seq: 7, at: 1 } }
        : undefined;
    const sent = room.send('mine');
    await harness.clock.pass(1_000);
    expect(room.snapshot.pending).toHaveLength(1);
    harness.gateway.faults.request = () => undefined;
    await harness.clock.pass(10_000);

    await expect(sent).resolves.toMatchObject({ seq: 1 });
    expect(texts(room)).toEqual(['mine']);
  });

  it('reads again what did not fit in its buffer', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    lose(harness, 'push', isSeq(1));
    lose(harness, 'request', (frame) => frame.action === 'getHistory');

    for (let i = 1; i <= 700; i++) harness.gateway.post('lobby', `${i}`);
    await harness.clock.pass(3_000);
    const early = room.snapshot.cursor;
    lose(harness, 'request', () => false);
    await harness.clock.pass(10_000);

    expect(early).toBe(0);
    expect(texts(room)).toEqual(Array.from({ length: 700 }, (_, i) => `${i + 1}`));
  });

  it('stops looking for an entry that the log turns out not to have', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    const claim: ServerMessage = { type: 'unknown', room: 'lobby', seq: 50 };

    harness.gateway.push('lobby', claim);
    await harness.clock.pass(60_000);
    harness.gateway.post('lobby', 'still here');
    await harness.clock.pass(1_000);

    expect(received(harness, 'getHistory')).toHaveLength(1);
    expect(texts(room)).toEqual(['still here']);
  });
});

describe("the sender's own message", () => {
  it('takes its place in the order when it is acknowledged', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    lose(harness, 'push', isSeq(1));

    harness.gateway.post('lobby', 'before');
    const sent = room.send('mine');
    await harness.clock.pass(100);
    const early = room.snapshot;
    await harness.clock.pass(1_000);

    await expect(sent).resolves.toMatchObject({ seq: 2 });
    expect(early).toMatchObject({ messages: [], pending: [{ text: 'mine', state: 'sent' }] });
    expect(texts(room)).toEqual(['before', 'mine']);
    expect(room.snapshot.pending).toEqual([]);
  });

  it('is acknowledged by being met in a sync', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    lose(harness, 'reply', (frame) => frame.type === 'ack');

    const sent = room.send('mine');
    await harness.clock.pass(100);
    harness.gateway.post('lobby', 'after');
    await harness.clock.pass(1_000);

    await expect(sent).resolves.toMatchObject({ seq: 1 });
    expect(received(harness, 'sendMessage')).toHaveLength(1);
    expect(texts(room)).toEqual(['mine', 'after']);
  });

  it('is repeated once when it was met before its answer: the server tells the others again', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    lose(harness, 'reply', (frame) => frame.type === 'ack');

    void room.send('mine');
    await harness.clock.pass(100);
    harness.gateway.post('lobby', 'after');
    await harness.clock.pass(60_000);

    expect(received(harness, 'sendMessage')).toHaveLength(2);
    expect(texts(room)).toEqual(['mine', 'after']);
  });

  it('is not repeated once nothing can tell what became of it', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    lose(harness, 'reply', (frame) => frame.type === 'ack');
    lose(harness, 'push', () => true);

    void room.send('mine');
    await harness.clock.pass(1_000);
    harness.gateway.restore('lobby', []);
    harness.gateway.logId = 'log-2';
    void loadOlder(room);
    for (const socket of harness.gateway.live()) {
      socket.events.message('{"type":"unknown","room":"lobby","seq":5}');
      harness.gateway.evict(socket, 'lobby');
    }
    await harness.clock.pass(60_000);

    expect(room.snapshot.pending).toMatchObject([{ text: 'mine', state: 'unknown' }]);
    expect(received(harness, 'sendMessage')).toHaveLength(1);
  });

  it('is acknowledged by being met in a page of old history', async () => {
    const harness = createHarness();
    harness.gateway.pageSize = 2;
    const { room } = await harness.joined();
    lose(harness, 'reply', (frame) => frame.type === 'ack');
    lose(harness, 'request', () => false);
    void room.send('mine');
    await harness.clock.pass(100);
    lose(harness, 'request', (frame) => frame.action === 'sendMessage');

    for (let i = 1; i <= 4; i++) harness.gateway.post('lobby', `${i}`);
    harness.gateway.logId = 'log-2';
    for (const socket of harness.gateway.live()) harness.gateway.cut(socket);
    await harness.clock.pass(5_000);
    const unsent = room.snapshot.pending;
    void loadOlder(room);
    await harness.clock.pass(100);
    void loadOlder(room);
    await harness.clock.pass(100);

    expect(unsent).toMatchObject([{ text: 'mine', state: 'unknown' }]);
    expect(room.snapshot.pending).toEqual([]);
  });

  it('is not acknowledged by the same id of someone else', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    lose(harness, 'request', (frame) => frame.action === 'sendMessage');

    void room.send('mine');
    const forged = {
      type: 'message' as const,
      room: 'lobby',
      seq: 1,
      id: 'ann-message-1',
      text: 'forged',
      at: 1,
    };
    harness.gateway.push('lobby', { ...forged, from: { id: 'eve', name: 'Eve' } });
    await harness.clock.pass(1_000);

    expect(room.snapshot.pending).toMatchObject([{ text: 'mine', state: 'pending' }]);
  });

  it('is shown as it was stored', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    harness.gateway.faults.reply = (reply) => {
      if (reply.type === 'ack')
        reply.entry = {
          type: 'message',
          seq: reply.seq,
          id: reply.id,
          text: 'stored',
          from: { id: 'ann', name: 'ann' },
          at: reply.at,
        };
      return undefined;
    };

    void room.send('sent');
    await harness.clock.pass(1_000);

    expect(texts(room)).toEqual(['stored']);
  });

  it('is acknowledged by an ack that comes after its request was given up', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    harness.gateway.faults.reply = (reply) => (reply.type === 'ack' ? { delayMs: 3_000 } : undefined);
    lose(harness, 'push', () => true);

    const sent = room.send('mine');
    await harness.clock.pass(3_500);

    await expect(sent).resolves.toMatchObject({ seq: 1 });
    expect(texts(room)).toEqual(['mine']);
  });
});
