import type { Chat, Outbox, OutboxRecord } from '../../client';
import { createMemoryOutbox, createOutbox } from '../../client/outbox/memory';
import { createHarness, type Harness, lose, received, texts, tokenFor } from './kit/harness';

const HOUR = 3_600_000;
const isSend = (frame: { action?: string }) => frame.action === 'sendMessage';

/** An outbox whose every call takes its time, and may fail. */
function slowOutbox(harness: Harness, inner: Outbox, fails: (call: string) => boolean = () => false): Outbox {
  const slowly = async <T>(call: string, run: () => T): Promise<Awaited<T>> => {
    await new Promise<void>((resolve) => harness.clock.after(50, resolve));
    if (fails(call)) throw new Error(`The disk refused to ${call}.`);
    return await run();
  };
  return createOutbox({
    open: () =>
      slowly('open', async () => {
        const share = await inner.open();
        return {
          adopt: (accepts) => slowly('adopt', () => share.adopt(accepts)),
          put: (record) => slowly('put', () => share.put(record)),
          remove: (id) => slowly('remove', () => share.remove(id)),
          close: () => slowly('close', () => share.close()),
        };
      }),
  });
}

/** Sends without waiting for what becomes of it. */
const send = (chat: Chat, text: string) =>
  void chat
    .room('lobby')
    .send(text)
    .catch(() => {});

const record = (over: Partial<OutboxRecord> = {}): OutboxRecord => ({
  id: 'old-message-1',
  room: 'lobby',
  text: 'from before',
  user: 'ann',
  at: 1_700_000_000_000,
  order: 1,
  state: 'pending',
  ...over,
});

/** An outbox in which an earlier page has left something. */
async function left(...records: OutboxRecord[]): Promise<Outbox> {
  const outbox = createMemoryOutbox();
  const share = await outbox.open();
  for (const one of records) await share.put(one);
  await share.close();
  return outbox;
}

describe('the outbox', () => {
  it('resumes a send after a restart, with the same id and the same `after`', async () => {
    const harness = createHarness();
    const outbox = createMemoryOutbox();
    harness.gateway.post('lobby', 'old');
    const { chat, room } = await harness.joined('ann', 'lobby', { outbox });
    lose(harness, 'reply', (frame) => frame.type === 'ack');
    const first = room.send('mine');
    const second = room.send('and this');
    await harness.clock.pass(100);
    chat.close();
    harness.gateway.faults.reply = () => undefined;
    harness.gateway.post('lobby', 'meanwhile');

    const again = await harness.joined('ann', 'lobby', { outbox });
    await harness.clock.pass(1_000);

    await expect(first).rejects.toMatchObject({ code: 'closed' });
    await expect(second).rejects.toMatchObject({ code: 'closed' });
    expect(texts(again.room)).toEqual(['old', 'mine', 'meanwhile', 'and this']);
    expect(received(harness, 'sendMessage').map(({ id }) => id)).toEqual(['ann-message-1', 'ann-message-2']);
    expect(again.room.snapshot.pending).toEqual([]);
  });

  it.each([false, true])(
    'keeps a held message until its entry takes its place, with a reload in between: %j',
    async (reloads) => {
      const harness = createHarness();
      const outbox = createMemoryOutbox();
      const { chat, room } = await harness.joined('ann', 'lobby', { outbox });
      harness.gateway.faults.request = (frame) =>
        isSend(frame) && 'text' in frame && frame.text === 'held'
          ? { answer: { type: 'error', code: 'held', message: 'Wait.' } }
          : undefined;

      const held = room.send('held');
      const next = room.send('next');
      held.catch(() => {});
      await harness.clock.pass(60_000);
      await expect(held).rejects.toMatchObject({ code: 'held' });
      await expect(next).resolves.toMatchObject({ seq: 1 });
      expect(received(harness, 'sendMessage')).toHaveLength(2);
      if (reloads) chat.close();
      const shown = reloads ? (await harness.joined('ann', 'lobby', { outbox })).room : room;
      expect(shown.snapshot.pending).toMatchObject([
        { text: 'held', state: 'failed', error: { code: 'held' } },
      ]);

      const [{ id } = { id: '' }] = shown.snapshot.pending;
      const from = { id: 'ann', name: 'ann' };
      const entry = { type: 'message' as const, seq: 2, id, text: 'held', from, at: harness.clock.now() };
      harness.gateway.restore('lobby', [
        ...harness.gateway.entries('lobby').flatMap((one) => one ?? []),
        entry,
      ]);
      harness.gateway.push('lobby', { ...entry, room: 'lobby' });
      await harness.clock.pass(1_000);

      expect(texts(shown)).toEqual(['next', 'held']);
      expect(shown.snapshot.pending).toEqual([]);
    },
  );

  it('needs none to go on with what a close has interrupted', async () => {
    const harness = createHarness();
    const { chat, room } = await harness.joined();
    lose(harness, 'reply', (frame) => frame.type === 'ack');
    const first = room.send('mine');
    const second = room.send('and this');
    await harness.clock.pass(100);
    chat.close();
    harness.gateway.faults.reply = () => undefined;

    chat.connect();
    await harness.clock.pass(2_000);

    await expect(first).rejects.toMatchObject({ code: 'closed' });
    await expect(second).rejects.toMatchObject({ code: 'closed' });
    expect(texts(room)).toEqual(['mine', 'and this']);
    expect(harness.gateway.entries('lobby')).toHaveLength(2);
    expect(room.snapshot.pending).toEqual([]);
  });

  it('repeats the same `after` even if the restart does not meet the message', async () => {
    const harness = createHarness();
    const outbox = createMemoryOutbox();
    const { chat, room } = await harness.joined('ann', 'lobby', { outbox });
    lose(harness, 'request', isSend);
    room.send('mine').catch(() => {});
    await harness.clock.pass(100);
    chat.close();
    harness.gateway.faults.request = () => undefined;
    harness.gateway.post('lobby', 'meanwhile');

    await harness.joined('ann', 'lobby', { outbox });

    expect(received(harness, 'sendMessage')).toMatchObject([{ id: 'ann-message-1', after: 0 }]);
  });

  it('sends what was left although the app does not open the room', async () => {
    const harness = createHarness();
    const chat = harness.chat('ann', { outbox: await left(record()) });

    chat.connect();
    await harness.clock.pass(2_000);

    expect(harness.gateway.entries('lobby')).toMatchObject([{ id: 'old-message-1', text: 'from before' }]);
    expect(harness.gateway.live()[0]?.rooms.size).toBe(0);
  });

  it('is sent by one of two clients that share it, and by the other when the first is gone', async () => {
    const harness = createHarness();
    const outbox = await left(record());
    harness.gateway.faults.handshake = () => 'refuse';
    const first = harness.chat('ann', { outbox });
    const second = harness.chat('ann', { outbox });
    first.connect();
    second.connect();
    await harness.clock.pass(1_000);
    const during = [first, second].map((chat) => chat.room('lobby').snapshot.pending.length);
    harness.gateway.faults.handshake = () => undefined;
    lose(harness, 'request', isSend);
    await harness.clock.pass(20_000);
    const frames = received(harness, 'sendMessage').length;
    harness.gateway.faults.request = () => undefined;

    first.close();
    for (const socket of harness.gateway.live()) harness.gateway.cut(socket);
    await harness.clock.pass(20_000);

    expect(during).toEqual([1, 0]);
    expect(frames).toBe(0);
    expect(received(harness, 'sendMessage')).toMatchObject([{ id: 'old-message-1' }]);
    expect(harness.gateway.entries('lobby')).toHaveLength(1);
  });

  it('sends nothing before it is kept', async () => {
    const harness = createHarness();
    const kept: OutboxRecord[] = [];
    const inner = createMemoryOutbox();
    const outbox = createOutbox({
      async open() {
        const share = await inner.open();
        return {
          ...share,
          put(one) {
            kept.push(one);
            return share.put(one);
          },
        };
      },
    });
    const { room } = await harness.joined('ann', 'lobby', { outbox: slowOutbox(harness, outbox) });
    let keptBefore: OutboxRecord[] = [];
    harness.gateway.faults.request = (message) => {
      if (message.action === 'sendMessage') keptBefore = [...kept];
      return undefined;
    };

    const sent = room.send('mine');
    await harness.clock.pass(1_000);

    await expect(sent).resolves.toMatchObject({ seq: 1 });
    expect(keptBefore.at(-1)).toMatchObject({ id: 'ann-message-1', after: 0, log: 'log-1', user: 'ann' });
  });

  it('keeps what is sent before there is a connection or a token', async () => {
    const harness = createHarness();
    const outbox = createMemoryOutbox();
    const offline = () => Promise.reject(new Error('No network.'));
    const chat = harness.chat('ann', { outbox, token: offline });
    chat.connect();
    send(chat, 'typed on a train');
    await harness.clock.pass(1_000);
    chat.close();

    const { room } = await harness.joined('ann', 'lobby', { outbox });

    expect(texts(room)).toEqual(['typed on a train']);
  });

  it('does not send what could not be kept', async () => {
    const harness = createHarness();
    let isFull = true;
    const outbox = slowOutbox(harness, createMemoryOutbox(), (call) => call === 'put' && isFull);
    const { room } = await harness.joined('ann', 'lobby', { outbox });

    const refused = room.send('mine');
    await harness.clock.pass(1_000);
    const frames = received(harness, 'sendMessage').length;
    isFull = false;
    harness.gateway.post('lobby', 'meanwhile');
    await harness.clock.pass(100);
    const again = room.retry('ann-message-1');
    await harness.clock.pass(1_000);

    await expect(refused).rejects.toMatchObject({ code: 'outboxFailed' });
    expect(frames).toBe(0);
    await expect(again).resolves.toMatchObject({ seq: 2 });
    expect(received(harness, 'sendMessage')).toMatchObject([{ after: 1 }]);
    expect(harness.errors.map(String)).toContain('Error: The disk refused to put.');
  });

  it('is in memory, also through a close, when the device refuses to open it', async () => {
    const harness = createHarness();
    const outbox = slowOutbox(harness, createMemoryOutbox(), (call) => call === 'open');
    const { chat, room } = await harness.joined('ann', 'lobby', { outbox });
    const sent = room.send('first');
    await harness.clock.pass(1_000);
    lose(harness, 'request', isSend);
    send(chat, 'second');
    await harness.clock.pass(1_000);
    chat.close();
    const refusals = harness.errors.length;
    harness.gateway.faults.request = () => undefined;

    chat.connect();
    await harness.clock.pass(2_000);

    await expect(sent).resolves.toMatchObject({ seq: 1 });
    expect(texts(room)).toEqual(['first', 'second']);
    expect(refusals).toBe(1);
  });

  it('that is slow to open is given what was sent before, and nothing goes before', async () => {
    const harness = createHarness();
    const inner = createMemoryOutbox();
    let opens = (): void => {};
    const isOpen = new Promise<void>((resolve) => {
      opens = resolve;
    });
    const outbox = createOutbox({
      async open() {
        await isOpen;
        return inner.open();
      },
    });
    const { room } = await harness.joined('ann', 'lobby', { outbox });
    const sent = [room.send('first'), room.send('second')];
    await harness.clock.pass(5_000);
    const frames = received(harness, 'sendMessage').length;

    opens();
    await harness.clock.pass(1_000);

    expect(frames).toBe(0);
    await expect(Promise.all(sent)).resolves.toMatchObject([{ seq: 1 }, { seq: 2 }]);
  });

  it('leaves a send to the client that has taken it over', async () => {
    const harness = createHarness();
    const inner = createMemoryOutbox();
    const outbox = createOutbox({
      async open() {
        return { ...(await inner.open()), put: async () => 'lost' };
      },
    });
    const { room } = await harness.joined('ann', 'lobby', { outbox });

    const sent = room.send('mine');
    await harness.clock.pass(1_000);

    await expect(sent).rejects.toMatchObject({ code: 'takenOver' });
    expect(received(harness, 'sendMessage')).toEqual([]);
    expect(room.snapshot.pending).toEqual([]);
  });

  it('does not keep what was discarded while it was told of', async () => {
    const harness = createHarness();
    const outbox = createMemoryOutbox();
    const { chat, room } = await harness.joined('ann', 'lobby', { outbox });
    room.leave();
    for (const socket of harness.gateway.live()) harness.gateway.cut(socket);
    harness.gateway.faults.handshake = () => 'refuse';
    const stop = room.on('change', () => room.discard('ann-message-1'));

    const sent = room.send('mine');
    stop();
    chat.close();
    harness.gateway.faults.handshake = () => undefined;
    await harness.joined('ann', 'lobby', { outbox });
    await harness.clock.pass(1_000);

    await expect(sent).rejects.toMatchObject({ code: 'discarded' });
    expect(harness.gateway.entries('lobby')).toEqual([]);
  });

  it('refuses more than it may hold', async () => {
    const harness = createHarness();
    const chat = harness.chat('ann', { outboxSize: 3 });
    const room = chat.room('lobby');
    for (const text of ['1', '2', '3']) room.send(text).catch(() => {});

    const fourth = chat.room('other').send('4');
    chat.connect();
    await harness.clock.pass(2_000);
    const fifth = room.send('5');
    await harness.clock.pass(1_000);

    await expect(fourth).rejects.toMatchObject({ code: 'outboxFull' });
    await expect(fifth).resolves.toMatchObject({ seq: 4 });
  });

  it.each([
    ['never tried', {}, { state: 'failed', error: { code: 'tooOld' } }],
    ['tried', { after: 0, log: 'log-1' }, { state: 'unknown', error: { code: 'outcomeUnknown' } }],
    [
      'failed before',
      { state: 'failed', code: 'forbidden' } as const,
      { state: 'failed', error: { code: 'forbidden' } },
    ],
    [
      'unknown before',
      { state: 'unknown' } as const,
      { state: 'unknown', error: { code: 'outcomeUnknown' } },
    ],
  ])('does not send by itself what is too old and was %s', async (_name, over, shown) => {
    const harness = createHarness();
    const outbox = await left(record({ at: harness.clock.now() - 25 * HOUR, ...over }));
    const { room } = await harness.joined('ann', 'lobby', { outbox });

    await harness.clock.pass(10_000);

    expect(room.snapshot.pending).toMatchObject([{ text: 'from before', ...shown }]);
    expect(received(harness, 'sendMessage')).toEqual([]);
  });

  it('does not send what another user has left', async () => {
    const harness = createHarness();
    const outbox = await left(record({ user: 'zoe' }), record({ id: 'old-message-2', user: 'zoe', at: 0 }));
    const { chat, room } = await harness.joined('ann', 'lobby', { outbox });
    await harness.clock.pass(5_000);
    const shown = room.snapshot.pending;
    chat.close();

    const zoe = await harness.joined('zoe', 'lobby', { outbox });
    await harness.clock.pass(1_000);

    expect(shown).toEqual([]);
    expect(texts(zoe.room)).toEqual(['from before']);
  });

  it('cannot tell of a send that was tried in another log', async () => {
    const harness = createHarness();
    harness.gateway.post('lobby', 'old');
    const outbox = await left(record({ after: 0, log: 'log-0' }));
    const { room } = await harness.joined('ann', 'lobby', { outbox });

    await harness.clock.pass(5_000);

    expect(room.snapshot.pending).toMatchObject([{ state: 'unknown' }]);
    expect(received(harness, 'sendMessage')).toEqual([]);
  });

  it('cannot tell of a send that was tried in another log and is adopted after the join', async () => {
    const harness = createHarness();
    const outbox = createMemoryOutbox();
    const { room } = await harness.joined('ann', 'lobby', { outbox });
    const share = await outbox.open();
    await share.put(record({ after: 0, log: 'log-0', at: harness.clock.now() }));
    await share.close();

    await harness.clock.pass(35_000);

    expect(received(harness, 'sendMessage')).toEqual([]);
    expect(room.snapshot.pending).toMatchObject([{ state: 'unknown' }]);
  });

  it('sends nothing of a user as another one who signs in, and all of it when the first is back', async () => {
    const harness = createHarness();
    let user = 'ann';
    const { chat, room } = await harness.joined('ann', 'lobby', {
      token: () => tokenFor(user, harness.clock.now()),
    });
    const users: string[] = [];
    chat.on('user', ({ id }) => users.push(id));
    const signIn = async (id: string) => {
      user = id;
      for (const socket of harness.gateway.live()) socket.expiresAt = 0;
      await harness.clock.pass(120_000);
    };
    lose(harness, 'request', isSend);
    const sent = [room.send('tried'), room.send('waiting')].map((each) => each.catch(({ code }) => code));
    await harness.clock.pass(100);
    harness.gateway.faults.request = () => undefined;

    await signIn('bob');

    expect(users).toEqual(['bob']);
    expect(await Promise.all(sent)).toEqual(['closed', 'closed']);
    expect(room.snapshot).toMatchObject({ state: 'joined', pending: [], messages: [] });

    await signIn('ann');

    const { messages } = room.snapshot;
    expect(messages.map(({ text, from }) => `${from.id}: ${text}`)).toEqual(['ann: tried', 'ann: waiting']);
  });

  it.each<[string, (chat: Chat) => void]>([
    ['its first state', (chat) => chat.on('state', ({ kind }) => kind === 'connecting' && chat.close())],
    ['its user', (chat) => chat.on('user', () => chat.close())],
  ])('is not held by a chat that is closed when it tells %s', async (_name, close) => {
    const harness = createHarness();
    const outbox = await left(record());
    const closed = harness.chat('ann', { outbox });
    close(closed);
    closed.connect();
    await harness.clock.pass(1_000);

    await harness.joined('ann', 'lobby', { outbox });

    expect(closed.state.kind).toBe('disconnected');
    expect(harness.gateway.entries('lobby')).toMatchObject([{ id: 'old-message-1' }]);
  });

  it('keeps what is sent before it has opened, also when the chat is closed before', async () => {
    const harness = createHarness();
    const outbox = slowOutbox(harness, createMemoryOutbox());
    const chat = harness.chat('ann', { outbox });
    chat.connect();
    send(chat, 'typed early');
    chat.close();
    await harness.clock.pass(1_000);

    await harness.joined('ann', 'lobby', { outbox });
    await harness.clock.pass(1_000);

    expect(harness.gateway.entries('lobby')).toMatchObject([{ text: 'typed early' }]);
  });

  it('lets a send be discarded that it has not been able to keep yet', async () => {
    const harness = createHarness();
    const outbox = createOutbox({ open: () => new Promise(() => {}) });
    const { room } = await harness.joined('ann', 'lobby', { outbox });
    const send = room.send('never mind');
    send.catch(() => {});
    await harness.clock.pass(1_000);

    expect(room.discard(room.snapshot.pending[0]?.id ?? '')).toBe(true);

    await expect(send).rejects.toMatchObject({ code: 'discarded' });
  });

  it.each([
    ['in memory', undefined],
    ['shared', createMemoryOutbox()],
  ])('%s: does not send as another user what was left at a close', async (_name, outbox) => {
    const harness = createHarness();
    let user = 'ann';
    const token = () => tokenFor(user, harness.clock.now(), 60_000);
    const { chat, room } = await harness.joined('ann', 'lobby', { token, ...(outbox && { outbox }) });
    harness.gateway.faults.handshake = () => 'refuse';
    for (const socket of harness.gateway.live()) harness.gateway.cut(socket);
    room.send('for my eyes only').catch(() => {});
    chat.close();
    harness.gateway.faults.handshake = () => undefined;
    await harness.clock.pass(60_000);

    user = 'bob';
    chat.connect();
    room.join().catch(() => {});
    await harness.clock.pass(5_000);

    expect(chat.user?.id).toBe('bob');
    expect(harness.gateway.entries('lobby')).toEqual([]);
    expect(room.snapshot.pending).toEqual([]);
  });

  it('keeps the order of sends of which one is made while another is told of', async () => {
    const harness = createHarness();
    const chat = harness.chat();
    const room = chat.room('lobby');
    const stop = room.on('change', () => {
      stop();
      room.send('second').catch(() => {});
    });
    chat.connect();
    room.send('first').catch(() => {});
    chat.close();

    chat.connect();
    room.join().catch(() => {});
    await harness.clock.pass(2_000);

    expect(texts(room)).toEqual(['first', 'second']);
  });

  it('sends what was too old when a person tries it again', async () => {
    const harness = createHarness();
    const chat = harness.chat('ann', { outboxAgeMs: 60_000 });
    const room = chat.room('lobby');
    room.send('old').catch(() => {});
    harness.clock.sleep(120_000);
    chat.connect();
    room.join().catch(() => {});
    await harness.clock.pass(2_000);

    const again = room.retry(room.snapshot.pending[0]?.id ?? '');
    await harness.clock.pass(2_000);

    expect(await again).toMatchObject({ seq: 1 });
  });

  it("leaves another user's message to that user, however long the other page is open", async () => {
    const harness = createHarness();
    const outbox = await left(record({ at: harness.clock.now() }));
    const { chat } = await harness.joined('bob', 'lobby', { outbox });
    await harness.clock.pass(25 * HOUR);
    const adoptedByBob = chat.room('lobby').snapshot.pending;

    const { room } = await harness.joined('ann', 'lobby', { outbox });
    await harness.clock.pass(1_000);

    expect(adoptedByBob).toEqual([]);
    expect(room.snapshot.pending).toMatchObject([
      { text: 'from before', state: 'failed', error: { code: 'tooOld' } },
    ]);
  });

  it("forgets another user's message after 30 days", async () => {
    const harness = createHarness();
    const outbox = await left(record({ at: harness.clock.now() - 31 * 24 * HOUR }));
    const { chat } = await harness.joined('bob', 'lobby', { outbox });
    chat.close();
    await harness.clock.pass(1_000);

    const { room } = await harness.joined('ann', 'lobby', { outbox });

    expect(room.snapshot.pending).toEqual([]);
  });

  it("sends what a closed tab has left while this user's other tab stays connected", async () => {
    const harness = createHarness();
    const outbox = createMemoryOutbox();
    await harness.joined('ann', 'lobby', { outbox });
    harness.gateway.faults.handshake = () => 'refuse';
    const other = harness.chat('ann', { outbox });
    other.connect();
    send(other, 'from the other tab');
    await harness.clock.pass(500);

    other.close();
    await harness.clock.pass(35_000);

    expect(harness.gateway.entries('lobby')).toMatchObject([{ text: 'from the other tab' }]);
  });

  it('keeps the order of sends when the clock of the device is set back', async () => {
    const harness = createHarness();
    const outbox = createMemoryOutbox();
    let aheadMs = HOUR;
    const clock = { ...harness.clock, now: () => harness.clock.now() + aheadMs };
    harness.gateway.faults.handshake = () => 'refuse';
    const first = harness.chat('ann', { outbox, clock });
    first.connect();
    await harness.clock.pass(100);
    for (const text of ['1', '2']) send(first, text);
    await harness.clock.pass(100);
    first.close();

    aheadMs = 0;
    const second = harness.chat('ann', { outbox, clock });
    second.connect();
    for (const text of ['3', '4', '5']) send(second, text);
    await harness.clock.pass(100);
    send(second, '6');
    await harness.clock.pass(100);
    second.close();
    harness.gateway.faults.handshake = () => undefined;
    const third = harness.chat('ann', { outbox, clock });
    third.connect();
    const room = third.room('lobby');
    void room.join();
    const last = room.send('7');
    await harness.clock.pass(2_000);

    await last;
    expect(texts(room)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  });

  it('tells nothing but the truth of a send whose write-down is slow when the log is replaced', async () => {
    const harness = createHarness();
    const inner = createMemoryOutbox();
    const release: (() => void)[] = [];
    const outbox = createOutbox({
      async open() {
        const share = await inner.open();
        return {
          ...share,
          async put(one) {
            if (one.after !== undefined) await new Promise<void>((resolve) => release.push(resolve));
            return share.put(one);
          },
        };
      },
    });
    const { room } = await harness.joined('ann', 'lobby', { outbox });
    const sent = room.send('mine');
    await harness.clock.pass(100);

    harness.gateway.logId = 'log-2';
    harness.networkChanged();
    await harness.clock.pass(2_000);
    const pending = room.snapshot.pending;
    for (let n = 0; n < 5; n++) {
      for (const go of release.splice(0)) go();
      await harness.clock.pass(500);
    }

    expect(pending).toMatchObject([{ text: 'mine', state: 'pending' }]);
    await expect(sent).resolves.toMatchObject({ seq: 1 });
    expect(received(harness, 'sendMessage')).toHaveLength(1);
  });
});
