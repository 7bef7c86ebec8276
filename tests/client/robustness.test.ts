import { webSocketFrom } from '../../client';
import { loadOlder } from '../../client/history';
import { request } from '../../client/requests';
import { createHarness, lose, received, refuse, texts } from './kit/harness';

describe('what the app throws', () => {
  it('is reported, and harms nothing', async () => {
    const harness = createHarness();
    const { chat, room } = await harness.joined();
    const heard: string[] = [];
    room.on('message', () => {
      throw new Error('in message');
    });
    room.on('message', ({ text }) => heard.push(text));
    room.on('change', () => {
      throw new Error('in change');
    });
    chat.on('state', () => {
      throw new Error('in state');
    });

    harness.gateway.post('lobby', 'one');
    await harness.clock.pass(100);
    for (const socket of harness.gateway.live()) harness.gateway.cut(socket);
    harness.gateway.post('lobby', 'two');
    await harness.clock.pass(5_000);

    expect(heard).toEqual(['one', 'two']);
    expect(new Set(harness.errors.map(String))).toEqual(
      new Set(['Error: in message', 'Error: in change', 'Error: in state']),
    );
  });

  it('harms nothing even where errors are reported', async () => {
    const harness = createHarness();
    const onError = () => {
      throw new Error('in onError');
    };
    const { room } = await harness.joined('ann', 'lobby', { onError });
    room.on('message', () => onError());

    harness.gateway.post('lobby', 'one');
    await harness.clock.pass(100);

    expect(texts(room)).toEqual(['one']);
  });

  it('may close the chat from inside a callback', async () => {
    const harness = createHarness();
    const { chat, room } = await harness.joined();
    room.on('message', () => chat.close());

    harness.gateway.post('lobby', 'one');
    harness.gateway.post('lobby', 'two');
    await harness.clock.pass(60_000);

    expect(chat.state).toEqual({ kind: 'disconnected', reason: 'closed' });
    expect(harness.errors).toEqual([]);
    expect(harness.clock.pending()).toBe(0);
  });

  it.each(['user', 'state'] as const)(
    'may close the chat that tells of its %s while it connects',
    async (event) => {
      const harness = createHarness();
      const chat = harness.chat();
      chat.on(event, () => chat.close());

      chat.connect();
      await harness.clock.pass(60_000);

      expect(chat.state).toEqual({ kind: 'disconnected', reason: 'closed' });
      expect(harness.gateway.live()).toEqual([]);
    },
  );

  it('may be stopped', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    let heard = 0;
    const stop = room.on('message', () => heard++);

    harness.gateway.post('lobby', 'one');
    await harness.clock.pass(100);
    stop();
    harness.gateway.post('lobby', 'two');
    await harness.clock.pass(100);

    expect(heard).toBe(1);
  });
});

describe('frames', () => {
  it('carry a reference each', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    void room.send('one');
    await harness.clock.pass(40_000);

    const refs = harness.gateway.received.map(({ ref }) => ref);
    expect(new Set(refs).size).toBe(refs.length);
    expect(refs).not.toContain(undefined);
  });

  it('that make no sense do no harm', async () => {
    const harness = createHarness();
    const { chat, room } = await harness.joined();

    for (const socket of harness.gateway.live())
      for (const frame of ['hello', '{"type":"unknown","room":"elsewhere","seq":9}'])
        socket.events.message(frame);
    harness.gateway.post('lobby', 'one');
    await harness.clock.pass(1_000);

    expect(texts(room)).toEqual(['one']);
    expect(chat.state.kind).toBe('connected');
  });

  it('lets a send that API Gateway answered with a frame of its own be sent again by its timer', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    let isFirst = true;
    harness.gateway.faults.request = (message) => {
      if (message.action !== 'sendMessage' || !isFirst) return undefined;
      isFirst = false;
      return { answer: { message: 'Internal server error', connectionId: 'x=', requestId: 'y' } };
    };

    const sent = room.send('mine');
    await harness.clock.pass(3_000);

    await expect(sent).resolves.toMatchObject({ seq: 1 });
  });
});

describe('a reply that never comes', () => {
  it('is asked for again by a join', async () => {
    const harness = createHarness();
    let losses = 2;
    harness.gateway.faults.request = (message) =>
      message.action === 'joinRoom' && losses-- > 0 ? 'drop' : undefined;
    const chat = harness.chat();
    chat.connect();

    const entered = chat.room('lobby').join();
    await harness.clock.pass(15_000);

    await expect(entered).resolves.toBeUndefined();
  });

  it('makes loadOlder reject in the end', async () => {
    const harness = createHarness();
    harness.gateway.pageSize = 2;
    for (let i = 1; i <= 5; i++) harness.gateway.post('lobby', `${i}`);
    const { room } = await harness.joined();
    lose(harness, 'request', (frame) => frame.action === 'getHistory');

    const older = loadOlder(room);
    const outcome = expect(older).rejects.toMatchObject({ code: 'timeout' });
    await harness.clock.pass(120_000);

    await outcome;
    expect(texts(room)).toEqual(['4', '5']);
  });

  it('leaves a room that was left', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    let losses = 1;
    harness.gateway.faults.request = (message) =>
      message.action === 'leaveRoom' && losses-- > 0 ? 'drop' : undefined;

    room.leave();
    await harness.clock.pass(20_000);

    expect(harness.gateway.live()[0]?.rooms.size).toBe(0);
    expect(room.snapshot.state).toBe('left');
  });
});

describe('a room', () => {
  it('is the same object for the same name, and has a good name', async () => {
    const chat = createHarness().chat();

    expect(chat.room('lobby')).toBe(chat.room('lobby'));
    expect(() => chat.room('Not A Room')).toThrow(expect.objectContaining({ code: 'badField' }));
  });

  it('that is refused rejects, says why, and fails what waited for it', async () => {
    const harness = createHarness();
    refuse(harness, 'joinRoom', { code: 'forbidden' }, 100);
    const chat = harness.chat();
    const room = chat.room('secret');
    chat.connect();

    const entered = room.join();
    const sent = room.send('mine');
    const also = room.send('mine as well');
    await harness.clock.pass(60_000);

    await expect(entered).rejects.toMatchObject({ code: 'forbidden' });
    await expect(sent).rejects.toMatchObject({ code: 'forbidden' });
    await expect(also).rejects.toMatchObject({ code: 'forbidden' });
    expect(room.snapshot).toMatchObject({ state: 'left', error: { code: 'forbidden' } });
    expect(received(harness, 'joinRoom')).toHaveLength(1);
  });

  it('that is asked something without a connection says that there is none', async () => {
    const chat = createHarness().chat();

    await expect(request(chat.room('lobby'), { action: 'typing' })).rejects.toMatchObject({
      code: 'notJoined',
      message: expect.stringContaining('Not connected'),
    });
  });

  it('that was refused may be asked for again', async () => {
    const harness = createHarness();
    refuse(harness, 'joinRoom', { code: 'forbidden' });
    const chat = harness.chat();
    const room = chat.room('secret');
    chat.connect();
    room.join().catch(() => {});
    await harness.clock.pass(1_000);

    const entered = room.join();
    await harness.clock.pass(1_000);

    await expect(entered).resolves.toBeUndefined();
    expect(room.snapshot.error).toBeUndefined();
  });

  it('that is left and joined at once ends up joined', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();

    room.leave();
    const entered = room.join();
    await harness.clock.pass(2_000);
    harness.gateway.post('lobby', 'one');
    await harness.clock.pass(100);

    await expect(entered).resolves.toBeUndefined();
    expect(texts(room)).toEqual(['one']);
  });

  it('brings what was missed while it was left', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    room.leave();
    await harness.clock.pass(1_000);
    harness.gateway.post('lobby', 'missed');

    void room.join();
    await harness.clock.pass(1_000);

    expect(texts(room)).toEqual(['missed']);
  });

  it('shows a message already where it is told of', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    const shown: (string | undefined)[] = [];
    room.on('message', () => shown.push(texts(room).at(-1)));
    expect(room.snapshot.messages).toEqual([]);

    harness.gateway.post('lobby', 'one');
    harness.gateway.post('lobby', 'two');
    await harness.clock.pass(100);

    expect(shown).toEqual(['one', 'two']);
  });

  it('has a snapshot that changes only when something has changed', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    const first = room.snapshot;

    const again = room.snapshot;
    harness.gateway.post('lobby', 'one');
    await harness.clock.pass(100);

    expect(again).toBe(first);
    expect(room.snapshot).not.toBe(first);
    expect(first.messages).toEqual([]);
  });
});

describe('a socket', () => {
  it.each(['open', 'send', 'close'] as const)('that throws in `%s` is only a failed one', async (method) => {
    const harness = createHarness();
    let throws = 3;
    const fail = () => {
      if (throws-- > 0) throw new Error(`in ${method}`);
    };
    const { room } = await harness.joined('ann', 'lobby', {
      random: () => 0.1,
      open(url, protocols, events) {
        if (method === 'open') fail();
        const socket = harness.gateway.open(url, protocols, events);
        return {
          send(frame) {
            if (method === 'send' && frame.includes('sendMessage')) fail();
            socket.send(frame);
          },
          close() {
            if (method === 'close') fail();
            socket.close();
          },
        };
      },
    });

    const sent = room.send('mine');
    await harness.clock.pass(60_000);

    await expect(sent).resolves.toMatchObject({ seq: 1 });
  });

  it('is made of a WebSocket class', () => {
    const heard: unknown[] = [];
    class Fake {
      readonly protocol = 'chat.v1';
      onopen: ((event: never) => void) | null = null;
      onmessage: ((event: never) => void) | null = null;
      onclose: ((event: never) => void) | null = null;
      onerror: ((event: never) => void) | null = null;
      constructor(
        readonly url: string,
        readonly protocols: string[],
      ) {
        heard.push(url, protocols);
      }
      send(): void {}
      close(): void {}
    }
    const events = {
      open: (protocol: string) => heard.push('open', protocol),
      message: (frame: string) => heard.push(frame),
      close: () => heard.push('close'),
    };

    const socket = webSocketFrom(Fake)('wss://chat.test/ws', ['chat.v1'], events) as unknown as Fake;
    const call = (handler: ((event: never) => void) | null, event: object = {}) => handler?.(event as never);
    call(socket.onopen);
    call(socket.onmessage, { data: 'frame' });
    call(socket.onmessage, { data: new ArrayBuffer(1) });
    call(socket.onerror);
    call(socket.onclose);

    expect(heard).toEqual(['wss://chat.test/ws', ['chat.v1'], 'open', 'chat.v1', 'frame', 'close']);
  });

  it('offers the protocol, a session and the token, and nothing in the URL', async () => {
    const harness = createHarness();
    const offered: unknown[] = [];
    await harness.joined('ann', 'lobby', {
      open(url, protocols, events) {
        offered.push(url, ...protocols);
        return harness.gateway.open(url, protocols, events);
      },
    });

    expect(offered).toEqual([
      'wss://chat.test/ws',
      'chat.v1',
      'chat.v1.refused',
      'session.ann-session',
      expect.stringMatching(/^bearer\.h\./),
    ]);
  });
});
