import { createInterface } from 'node:readline';
import WebSocket from 'ws';
import { type Chat, createChat, type Room, webSocketFrom } from '../../client';
import { signInGuest } from '../../client/guests';
import { startStack } from '../../local/stack';
import { sharedStack } from '../local/sharedStack';
import { chat, start } from './run';

jest.setTimeout(60_000);

describe('the terminal client in a pipe', () => {
  const stack = sharedStack();
  let reader: Chat;
  let room: Room;

  beforeAll(async () => {
    const { token } = await signInGuest(`${stack.url}/api/token`, 'Reader');
    reader = createChat({ url: stack.socketUrl, token: () => token, open: webSocketFrom(WebSocket) });
    reader.connect();
    room = reader.room('pipes');
    await room.join();
  });
  afterAll(() => reader.close());

  it('sends each line as a message and ends when all are acknowledged', async () => {
    const lines = Array.from({ length: 12 }, (_, at) => `line ${at + 1}`);

    const { code, out, err } = await chat(
      ['chat', stack.url, '--room', 'pipes', '--name', 'Piper'],
      `${lines.join('\n')}\n\n  \nlast, without a line end`,
    );

    expect({ code, out, err }).toEqual({ code: 0, out: '', err: '' });
    const got = room.snapshot.messages.map(({ text, from }) => `${from.name}: ${text}`);
    expect(got).toEqual([...lines, 'last, without a line end'].map((line) => `Piper: ${line}`));
  });

  it('says which line cannot be a message, sends the others, and ends with 1', async () => {
    const { code, err } = await chat(
      ['chat', stack.url, '--room', 'odd'],
      Buffer.from(`good\n\u0007bell\n${'x'.repeat(4001)}\nGr\u00fcn\nalso good`, 'latin1'),
    );

    expect(code).toBe(1);
    expect(err).toMatch(
      /^Line 2 was not sent\. A message must be .*\nLine 3 was not sent\. A message must be .*\nLine 4 was not sent\. It is not UTF-8\.\n$/,
    );
  });

  describe('tail', () => {
    /** Starts `tail`, and gives its lines as they come. */
    const startTail = (...args: string[]) => {
      const { child, ended } = start(['tail', stack.url, ...args]);
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      return { child, ended, next: async () => (await lines.next()).value as string };
    };

    it('prints each message as a line of JSON that commands no terminal, until it is interrupted', async () => {
      const hostile = 'two\nlines \u2028 three \u202e back';
      const followed = reader.room('tailed');
      await followed.join();
      for (const text of ['long ago', 'before', 'just now']) await followed.send(text);
      const { child, ended, next } = startTail('--room', 'tailed', '--room', 'other', '--history', '2');

      const earlier = [await next(), await next()].map((line) => JSON.parse(line));
      await followed.send(hostile);
      const line = await next();
      child.kill('SIGINT');

      expect(earlier.map(({ seq, text }) => [seq, text])).toEqual([
        [2, 'before'],
        [3, 'just now'],
      ]);
      expect(line).toMatch(/^[\x20-\x7e]+$/);
      expect(JSON.parse(line)).toEqual({
        room: 'tailed',
        type: 'message',
        seq: 4,
        id: expect.any(String),
        text: hostile,
        from: reader.user,
        at: expect.any(Number),
      });
      expect(await ended).toMatchObject({ code: 0, err: '' });
    });

    it('ends without a complaint when nobody reads it any more', async () => {
      const followed = reader.room('unread');
      await followed.join();
      await followed.send('1');
      const { child, ended, next } = startTail('--room', 'unread');
      await next();
      child.stdout.destroy();

      for (const text of ['2', '3', '4']) await followed.send(text);

      expect(await ended).toMatchObject({ code: 0, err: '' });
    });
  });

  it('sends what `send` is given, even with no room for a prompt', async () => {
    const { code, out } = await chat(['send', stack.url, '--room', 'pipes'], 'by name\n');

    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(room.snapshot.messages.at(-1)?.text).toBe('by name');
  });

  it('reads the address from the environment', async () => {
    expect(await chat(['send'], 'hello', { EDGE_CHAT_URL: stack.url })).toMatchObject({ code: 0, err: '' });
  });

  it.each([
    [
      'an option it does not know',
      ['--nope'],
      2,
      /^Unknown option '--nope'\..* --help lists the options\.\n$/,
    ],
    [
      'a room that breaks the rule',
      ['--room', 'Bad Room'],
      2,
      /^Option '--room <name>' argument 'Bad Room' is invalid\. A room must be .*\n$/,
    ],
    ['a name that breaks the rule', ['--name', 'x'.repeat(65)], 2, /^Option '--name .*A name must be .*\n$/],
    ['an address that is none', ['localhost'], 2, /'localhost' .* It must be an address such as .*\n$/],
    ['a count that is none', ['--history', 'all'], 2, /^Option '--history .* It must be a whole number.*\n$/],
    [
      'a server that is not there',
      ['http://127.0.0.1:59999'],
      3,
      /^http:\/\/127\.0\.0\.1:59999 \(ECONNREFUSED\): The server cannot be reached\. .*\n$/,
    ],
  ])('ends with one clear line for %s', async (_name, args, code, line) => {
    const ran = await chat(['chat', ...args], 'hello');

    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toMatch(line);
  });

  it('ends with 4 and one clear line when the token is refused', async () => {
    const ran = await chat(['send', stack.url], 'hello', { EDGE_CHAT_TOKEN: 'not.a.token' });

    expect(ran).toEqual({ code: 4, out: '', err: 'The server refuses the token in EDGE_CHAT_TOKEN.\n' });
  });

  it('ends with 3 when the server answers but opens no socket in time', async () => {
    const noSockets = await startStack({
      hooks: {
        invoke: ({ functionName }, run) =>
          functionName.endsWith('connect')
            ? Promise.resolve({ ok: false, type: 'Broken', message: 'on purpose', trace: '' })
            : run(),
      },
    });
    const ran = await chat(['send', noSockets.url, '--timeout', '2'], 'hello');
    await noSockets.stop();

    expect(ran).toEqual({ code: 3, out: '', err: `${noSockets.url} gave no connection in 2 s.\n` });
  });

  it('says in one line that EDGE_CHAT_URL is no address', async () => {
    const { code, err } = await chat(['send'], 'hello', { EDGE_CHAT_URL: 'nowhere' });

    expect(code).toBe(2);
    expect(err).toMatch(/^EDGE_CHAT_URL: It must be an address such as .*\n$/);
  });

  it('takes the escape sequences of a build log out, and says so once', async () => {
    const log = [
      '\u001b[32m✔\u001b[39m built',
      '\u001b]8;;https://a.example\u0007link\u001b]8;;\u0007',
      '\u001b(B\u001b[mdone',
    ];

    const { code, err } = await chat(['send', stack.url, '--room', 'pipes'], log.join('\r\n'));

    expect({ code, err }).toEqual({
      code: 0,
      err: 'Escape sequences, such as colours, are taken out of the lines.\n',
    });
    expect(room.snapshot.messages.slice(-3).map(({ text }) => text)).toEqual(['✔ built', 'link', 'done']);
  });

  it('keeps a line separator inside its line', async () => {
    await chat(['send', stack.url, '--room', 'pipes'], 'before\u2028after\n');

    expect(room.snapshot.messages.at(-1)?.text).toBe('before\u2028after');
  });

  it('documents its exit codes', async () => {
    const { code, out } = await chat(['chat', '--help']);

    expect(code).toBe(0);
    expect(out).toMatch(/Exit codes: 0 .* 1 .* 2 .*\n?.*3 .* 4 /s);
  });
});
