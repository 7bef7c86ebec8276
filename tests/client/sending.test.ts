import type { Sent } from '../../client';
import { createHarness, type Harness, listen, lose, received, refuse, texts, tokenFor } from './kit/harness';

const isSend = (frame: { action?: string }) => frame.action === 'sendMessage';

describe('sending', () => {
  it('has one send in flight at a time, in order', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    harness.gateway.faults.reply = (reply) => (reply.type === 'ack' ? { delayMs: 500 } : undefined);

    const all = ['a', 'b', 'c'].map((text) => room.send(text));
    await harness.clock.pass(400);
    const early = received(harness, 'sendMessage').length;
    await harness.clock.pass(2_000);

    expect(early).toBe(1);
    expect((await Promise.all(all)).map(({ seq }: Sent) => seq)).toEqual([1, 2, 3]);
    expect(texts(room)).toEqual(['a', 'b', 'c']);
  });

  it('waits for `joined` before the first send', async () => {
    const harness = createHarness();
    harness.gateway.post('lobby', 'old');
    harness.gateway.faults.reply = (reply) => (reply.type === 'joined' ? { delayMs: 1_000 } : undefined);
    const chat = harness.chat();
    const room = chat.room('lobby');
    chat.connect();
    void room.join();

    void room.send('mine');
    await harness.clock.pass(900);
    const early = received(harness, 'sendMessage').length;
    await harness.clock.pass(1_000);

    expect(early).toBe(0);
    expect(received(harness, 'sendMessage')).toMatchObject([{ after: 1 }]);
  });

  it('enters a room that the app has not joined, for as long as the send takes', async () => {
    const harness = createHarness();
    const chat = harness.chat();
    chat.connect();

    const sent = chat.room('elsewhere').send('a word');
    await harness.clock.pass(2_000);

    await expect(sent).resolves.toMatchObject({ seq: 1 });
    expect(chat.room('elsewhere').snapshot.state).toBe('left');
    const actions = harness.gateway.received
      .map(({ action }) => action)
      .filter((action) => action !== 'ping');
    expect(actions).toEqual(['joinRoom', 'sendMessage', 'leaveRoom']);
  });

  it('repeats a send with the same id and the same `after`, after 2 s and doubling to 30 s', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    const at: number[] = [];
    const frames: object[] = [];
    harness.gateway.faults.request = (message) => {
      if (message.action !== 'sendMessage') return undefined;
      at.push(harness.clock.now());
      frames.push({ ...message, ref: undefined });
      return 'drop';
    };

    void room.send('mine');
    for (let i = 0; i < 14; i++) {
      await harness.clock.pass(10_000);
      harness.gateway.post('lobby', 'meanwhile');
    }

    const waits = at.slice(1).map((time, i) => time - (at[i] ?? 0));
    const least = [2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
    for (const [i, low] of least.entries()) {
      expect(waits[i]).toBeGreaterThanOrEqual(low);
      expect(waits[i]).toBeLessThanOrEqual(low * 1.25);
    }
    expect(new Set(frames.map((frame) => JSON.stringify(frame))).size).toBe(1);
    expect(frames[0]).toMatchObject({ id: 'ann-message-1', after: 0 });
  });

  it('is in the log once when only the acknowledgement was lost', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    let lost = 3;
    harness.gateway.faults.reply = (reply) => (reply.type === 'ack' && lost-- > 0 ? 'drop' : undefined);

    const sent = room.send('mine');
    await harness.clock.pass(30_000);

    await expect(sent).resolves.toMatchObject({ seq: 1 });
    expect(harness.gateway.entries('lobby')).toHaveLength(1);
    expect(received(harness, 'sendMessage')).toHaveLength(4);
  });

  it('sends again on a new socket, once the room is joined there', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    lose(harness, 'request', isSend);
    void room.send('mine');
    await harness.clock.pass(100);
    harness.gateway.faults.request = () => undefined;

    for (const socket of harness.gateway.live()) harness.gateway.cut(socket);
    await harness.clock.pass(1_500);

    const { received: frames } = harness.gateway.live()[0] ?? { received: [] };
    expect(frames).toMatchObject([
      { action: 'joinRoom', after: 0 },
      { action: 'sendMessage', id: 'ann-message-1', after: 0 },
    ]);
    expect(texts(room)).toEqual(['mine']);
  });

  it.each([
    ['rateLimited', 3_000],
    ['unavailable', 1_000],
    ['ofALaterVersion', 2_000],
  ])('waits as long as `%s` says, then sends the same frame', async (code, retryAfterMs) => {
    const harness = createHarness();
    const { room } = await harness.joined();
    refuse(harness, 'sendMessage', { code, retryAfterMs });

    const sent = room.send('mine');
    await harness.clock.pass(retryAfterMs - 100);
    const early = received(harness, 'sendMessage').length;
    harness.gateway.post('lobby', 'meanwhile');
    await harness.clock.pass(retryAfterMs);

    const frames = received(harness, 'sendMessage').map(({ id, after }) => ({ id, after }));
    expect(early).toBe(1);
    expect(frames).toEqual([
      { id: 'ann-message-1', after: 0 },
      { id: 'ann-message-1', after: 0 },
    ]);
    await expect(sent).resolves.toMatchObject({ seq: 2 });
  });

  it('joins again when it is told that it is not in the room', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    for (const socket of harness.gateway.live()) harness.gateway.evict(socket, 'lobby');

    const sent = room.send('mine');
    await harness.clock.pass(500);

    await expect(sent).resolves.toMatchObject({ seq: 1 });
    expect(received(harness, 'joinRoom')).toHaveLength(2);
  });

  it('does not storm a server that always says that it is not in the room', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    refuse(harness, 'sendMessage', { code: 'notMember' }, 1_000);

    void room.send('mine');
    await harness.clock.pass(60_000);

    expect(received(harness, 'sendMessage').length).toBeLessThan(25);
    expect(received(harness, 'sendMessage').length).toBeGreaterThan(5);
  });

  it.each(['badField', 'tooLarge', 'forbidden', 'badFrame', 'unknownAction', 'tooManyRooms'])(
    'fails for good on `%s`, and goes on with the next',
    async (code) => {
      const harness = createHarness();
      const { room } = await harness.joined();
      refuse(harness, 'sendMessage', { code });

      const failed = room.send('refused');
      const next = room.send('next');
      await harness.clock.pass(60_000);

      await expect(failed).rejects.toMatchObject({ name: 'ChatError', code });
      await expect(next).resolves.toMatchObject({ seq: 1 });
      expect(received(harness, 'sendMessage')).toHaveLength(2);
      expect(room.snapshot.pending).toMatchObject([{ text: 'refused', state: 'failed', error: { code } }]);
    },
  );

  it('gets a new token and a new socket when its own has expired', async () => {
    const harness = createHarness();
    const asked: string[] = [];
    const token = ({ reason }: { reason: string }) => {
      asked.push(reason);
      return tokenFor('ann', harness.clock.now());
    };
    const { room } = await harness.joined('ann', 'lobby', { token });
    refuse(harness, 'sendMessage', { code: 'expired' });

    const sent = room.send('mine');
    await harness.clock.pass(5_000);

    await expect(sent).resolves.toMatchObject({ seq: 1 });
    expect(asked).toEqual(['first', 'expired']);
    expect(harness.gateway.handshakes).toBe(2);
    expect(received(harness, 'sendMessage').map(({ after }) => after)).toEqual([0, 0]);
  });

  it('refuses a text that the server would refuse, and unifies line ends', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();

    const empty = room.send('');
    const control = room.send('\u0007');
    void room.send('two\r\nlines');
    await harness.clock.pass(500);

    await expect(empty).rejects.toMatchObject({ code: 'badField' });
    await expect(control).rejects.toMatchObject({ code: 'badField' });
    expect(texts(room)).toEqual(['two\nlines']);
  });
});

describe('a send that is `behind`', () => {
  /** A room that moved on by ten while the send was not heard. */
  async function fallBehind(isWritten: boolean) {
    const harness = createHarness();
    harness.gateway.pageSize = 4;
    harness.gateway.mostCompared = 5;
    harness.gateway.post('lobby', '0');
    const { chat, room } = await harness.joined();
    const heard = listen(room);
    lose(harness, isWritten ? 'reply' : 'request', (frame) => isSend(frame) || frame.type === 'ack');
    harness.gateway.faults.push = () => 'drop';
    const sent = room.send('mine');
    await harness.clock.pass(100);
    for (let i = 1; i <= 10; i++) harness.gateway.post('lobby', `${i}`);
    harness.gateway.faults.request = () => undefined;
    harness.gateway.faults.reply = () => undefined;
    return { harness, chat, room, heard, sent };
  }

  it('is acknowledged if it is found in the log', async () => {
    const { harness, room, heard, sent } = await fallBehind(true);
    refuse(harness, 'sendMessage', { code: 'behind' });

    await harness.clock.pass(5_000);

    await expect(sent).resolves.toMatchObject({ seq: 2 });
    expect(harness.gateway.entries('lobby')).toHaveLength(12);
    expect(heard).toEqual(['mine', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
    expect(room.snapshot.pending).toEqual([]);
  });

  it('raises `after` to the head only once all was read and nothing was missing', async () => {
    const { harness, sent } = await fallBehind(false);

    await harness.clock.pass(5_000);

    await expect(sent).resolves.toMatchObject({ seq: 12 });
    expect(received(harness, 'getHistory').map(({ after }) => after)).toEqual([1, 5, 9]);
    expect(received(harness, 'sendMessage').map(({ id, after }) => ({ id, after }))).toEqual([
      { id: 'ann-message-1', after: 1 },
      { id: 'ann-message-1', after: 11 },
    ]);
  });

  it.each([
    ['rows have expired', 'expire'],
    ['rows expire while it reads', 'expireLate'],
    ['the log is another one', 'restore'],
  ])('is of unknown outcome if %s: it is never sent again by itself', async (_name, how) => {
    const { harness, room, sent } = await fallBehind(false);
    if (how === 'expire') harness.gateway.expire('lobby', 3);
    if (how === 'restore') harness.gateway.restore('lobby', []);
    if (how === 'expireLate')
      harness.gateway.faults.reply = (reply) => {
        if (reply.type === 'history') harness.gateway.expire('lobby', 7);
        return undefined;
      };

    await harness.clock.pass(120_000);

    await expect(sent).rejects.toMatchObject({ code: 'outcomeUnknown' });
    expect(room.snapshot.pending).toMatchObject([{ text: 'mine', state: 'unknown' }]);
    expect(received(harness, 'sendMessage').length).toBeLessThanOrEqual(1);
    expect(
      harness.gateway.entries('lobby').some((entry) => entry && 'text' in entry && entry.text === 'mine'),
    ).toBe(false);
  });

  it('reads on through lost replies and refusals', async () => {
    const { harness, sent } = await fallBehind(false);
    let left = 4;
    harness.gateway.faults.request = (message) => {
      if (message.action !== 'getHistory' || left-- <= 0) return undefined;
      return left % 2 ? 'drop' : { answer: { type: 'error', code: 'unavailable', message: 'Later.' } };
    };

    await harness.clock.pass(60_000);

    await expect(sent).resolves.toMatchObject({ seq: 12 });
  });
});

describe('a send that failed', () => {
  it('is tried again under the same id and `after`', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    refuse(harness, 'sendMessage', { code: 'forbidden' });
    room.send('mine').catch(() => {});
    await harness.clock.pass(500);
    harness.gateway.post('lobby', 'meanwhile');
    await harness.clock.pass(500);

    const again = room.retry('ann-message-1');
    await harness.clock.pass(500);

    await expect(again).resolves.toMatchObject({ id: 'ann-message-1', seq: 2 });
    expect(received(harness, 'sendMessage').map(({ after }) => after)).toEqual([0, 0]);
    expect(room.snapshot.pending).toEqual([]);
  });

  it('is forgotten when it is discarded; one that is under way is not', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    refuse(harness, 'sendMessage', { code: 'forbidden' });
    room.send('failed').catch(() => {});
    await harness.clock.pass(500);
    lose(harness, 'request', isSend);
    room.send('under way').catch(() => {});
    const waiting = room.send('waiting');
    await harness.clock.pass(0);

    const discarded = [1, 2, 3, 4].map((n) => room.discard(`ann-message-${n}`));

    expect(discarded).toEqual([true, false, true, false]);
    await expect(waiting).rejects.toMatchObject({ code: 'discarded' });
    expect(room.snapshot.pending).toMatchObject([{ text: 'under way' }]);
  });

  it('of unknown outcome becomes a new message when a person says so', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    lose(harness, 'reply', (frame) => frame.type === 'ack');
    room.send('mine').catch(() => {});
    await harness.clock.pass(500);
    harness.gateway.faults.reply = () => undefined;
    harness.gateway.logId = 'log-2';
    for (const socket of harness.gateway.live()) harness.gateway.cut(socket);
    harness.gateway.restore('lobby', []);
    await harness.clock.pass(3_000);

    const before = room.snapshot.pending;
    const again = room.retry('ann-message-1');
    await harness.clock.pass(1_000);

    expect(before).toMatchObject([{ state: 'unknown' }]);
    await expect(again).resolves.toMatchObject({ id: 'ann-message-2', seq: 1 });
  });

  it('is acknowledged after all when it turns up', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    let isFirst = true;
    harness.gateway.faults.reply = (reply) => {
      if (reply.type !== 'ack' || !isFirst) return undefined;
      isFirst = false;
      Object.assign(reply, { type: 'error', code: 'forbidden', message: 'No.' });
      return undefined;
    };
    lose(harness, 'push', () => true);

    room.send('mine').catch(() => {});
    await harness.clock.pass(32_000);

    expect(texts(room)).toEqual(['mine']);
    expect(room.snapshot.pending).toEqual([]);
  });
});

describe('a send whose acknowledgement was lost before its author lost the room', () => {
  /** Sends a message whose acknowledgement is lost; then the server refuses the room. */
  async function commitThenForbid(harness: Harness, isCommitted: boolean) {
    const { room } = await harness.joined();
    if (isCommitted) lose(harness, 'reply', (frame) => frame.type === 'ack');
    else lose(harness, 'request', isSend);
    const sent = room.send('mine');
    sent.catch(() => {});
    await harness.clock.pass(500);
    harness.gateway.faults.reply = () => undefined;
    return { room, sent };
  }

  it.each([true, false])(
    'is unknown, not refused, after the send is refused (in the log: %p)',
    async (isCommitted) => {
      const harness = createHarness();
      const { room, sent } = await commitThenForbid(harness, isCommitted);
      refuse(harness, 'sendMessage', { code: 'forbidden' }, 9);
      await harness.clock.pass(5_000);

      await expect(sent).rejects.toMatchObject({ code: 'outcomeUnknown' });
      expect(room.snapshot.pending).toMatchObject([{ state: 'unknown' }]);
    },
  );

  it('is unknown, not refused, after the join is refused', async () => {
    const harness = createHarness();
    const { room, sent } = await commitThenForbid(harness, true);
    refuse(harness, 'joinRoom', { code: 'forbidden' }, 9);
    for (const socket of harness.gateway.live()) harness.gateway.cut(socket);
    await harness.clock.pass(30_000);

    await expect(sent).rejects.toMatchObject({ code: 'outcomeUnknown' });
    expect(room.snapshot.error).toMatchObject({ code: 'forbidden' });
  });

  it('is acknowledged if the message is met in the log', async () => {
    const harness = createHarness();
    const { room, sent } = await commitThenForbid(harness, true);
    refuse(harness, 'sendMessage', { code: 'forbidden' }, 9);
    const [entry] = harness.gateway.entries('lobby');
    if (entry) harness.gateway.push('lobby', { ...entry, room: 'lobby' });
    await harness.clock.pass(5_000);

    await expect(sent).resolves.toMatchObject({ seq: 1 });
    expect(room.snapshot.pending).toEqual([]);
  });

  it('is refused when the only attempt was', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    refuse(harness, 'sendMessage', { code: 'forbidden' }, 9);
    const sent = room.send('mine');
    sent.catch(() => {});
    await harness.clock.pass(1_000);
    const again = room.retry('ann-message-1');
    await Promise.all([
      expect(again).rejects.toMatchObject({ code: 'forbidden' }),
      harness.clock.pass(1_000),
    ]);

    await expect(sent).rejects.toMatchObject({ code: 'forbidden' });
  });
});
