import type { Socket } from 'node:net';
import type { DeliveryResult } from '../../lib/ports/poster';
import { selfSigned } from '../../local/cloudfront/certificate';
import { posters } from './posters';
import { closed, OK, response, type Server, startServer } from './server';

let server: Server | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** A server that answers every request with the same bytes. */
const answering = async (bytes: string): Promise<Server> => {
  server = await startServer((socket) => socket.write(bytes));
  return server;
};

/** What every poster does, the one with the AWS SDK and our own. */
describe.each(Object.entries(posters))('the %s poster', (_name, open) => {
  it.each<[string, string, DeliveryResult]>([
    ['200', OK, 'delivered'],
    ['200 with a body', response(200, '{"a":1}'), 'delivered'],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', 'delivered'],
    ['410', response(410, '{"message":"Gone"}', 'x-amzn-ErrorType: GoneException\r\n'), 'gone'],
    ['410 without a body', response(410), 'gone'],
    ['410 with a body that is not JSON', response(410, '<html>'), 'gone'],
    [
      '429',
      response(429, '{"message":"Slow down"}', 'x-amzn-ErrorType: LimitExceededException\r\n'),
      'throttled',
    ],
    ['500', response(500), 'retry'],
    ['503 with a page', response(503, '<html><body>Try later</body></html>'), 'retry'],
    ['403', response(403, '{"message":"Forbidden"}', 'x-amzn-ErrorType: ForbiddenException\r\n'), 'failed'],
    ['413', response(413, '{"message":"Too large"}'), 'failed'],
    ['400 with a body that is not JSON', response(400, 'no'), 'failed'],
    ['302', response(302, '', 'Location: http://127.0.0.1:1/\r\n'), 'failed'],
    [
      'a chunked 200',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
      'delivered',
    ],
    ['a chunked 410', 'HTTP/1.1 410 Gone\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 'gone'],
    ['100 Continue before a 200', `HTTP/1.1 100 Continue\r\n\r\n${OK}`, 'delivered'],
    ['what is not HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n', 'retry'],
    ['an impossible length', 'HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n', 'retry'],
  ])('an answer of %s', async (_answer, bytes, expected) => {
    const { url } = await answering(bytes);

    expect(await open(url).prepare('{}')('abc=')).toBe(expected);
  });

  it.each<[string, string, DeliveryResult]>([
    ['before its head is complete', 'HTTP/1.1 200 OK\r\nConte', 'retry'],
    ['in the midst of the body of a 410', 'HTTP/1.1 410 Gone\r\nContent-Length: 9\r\n\r\n{"', 'retry'],
    ['in the midst of the body of a 200', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"', 'retry'],
    ['before anything was sent', '', 'retry'],
    ['as the end of a body without a length', 'HTTP/1.1 410 Gone\r\n\r\n{"message":"Gone"}', 'gone'],
  ])('an answer that the server closes %s', async (_where, bytes, expected) => {
    server = await startServer((socket) => socket.end(bytes));

    expect(await open(server.url).prepare('{}')('abc=')).toBe(expected);
  });

  it.each(['hello', 'tab\t"quotes" \\', 'ü 日本 🦄', `{"text":"${'x'.repeat(32_000)}"}`])(
    'the frame arrives byte by byte: %#',
    async (frame) => {
      const { url, heard } = await answering(OK);

      await open(url).prepare(frame)('L0SM9cOFvHcCIhw=');

      expect(heard).toHaveLength(1);
      expect(heard[0]).toMatchObject({ method: 'POST', path: '/ws/@connections/L0SM9cOFvHcCIhw%3D' });
      expect(heard[0]?.body.toString()).toBe(frame);
    },
  );

  it.each(['abc=', 'a+b/c==', 'a_b-c~d.e', "it's (a) *star*!", 'ü', '%41', 'a b'])(
    'an id of any characters is escaped: %s',
    async (id) => {
      const { url, heard } = await answering(OK);

      expect(await open(url).prepare('{}')(id)).toBe('delivered');

      const escaped = heard[0]?.path.split('/@connections/')[1] ?? '';
      expect(decodeURIComponent(escaped)).toBe(id);
      expect(escaped).toMatch(/^[A-Za-z0-9\-_.~%]+$/);
    },
  );

  it('one frame for many connections', async () => {
    const { url, heard, sockets } = await answering(OK);
    const ids = Array.from({ length: 30 }, (_, i) => `connection${i}=`);

    const post = open(url).prepare('{"n":1}');
    const deliveries = await Promise.all(ids.map(post));

    expect(new Set(deliveries)).toEqual(new Set(['delivered']));
    expect(heard.map(({ path }) => decodeURIComponent(path).split('/').at(-1)).sort()).toEqual(ids.sort());
    expect(sockets.length).toBeLessThanOrEqual(30);
  });

  it('connections are kept and used again', async () => {
    const { url, heard } = await answering(OK);
    const post = open(url).prepare('{}');

    for (const id of ['a', 'b', 'c']) expect(await post(id)).toBe('delivered');

    expect(heard.map(({ connection }) => connection)).toEqual([0, 0, 0]);
  });

  it.each([
    ['says that it closes', response(200, '', 'Connection: close\r\n'), false],
    ['closes without a word', OK, true],
  ])('a server that %s gets a new connection for the next post', async (_how, bytes, ends) => {
    server = await startServer((socket) => (ends ? socket.end(bytes) : socket.write(bytes)));
    const post = open(server.url).prepare('{}');

    expect(await post('a')).toBe('delivered');
    await closed(server.sockets[0]);
    expect(await post('b')).toBe('delivered');

    expect(server.heard.map(({ connection }) => connection)).toEqual([0, 1]);
  });

  it('an answer in single bytes', async () => {
    const bytes = response(410, '{"message":"Gone"}');
    server = await startServer((socket) => void drip(socket, bytes));

    expect(await open(server.url).prepare('{}')('a')).toBe('gone');
  });

  it('an answer that never comes is given up after a second', async () => {
    server = await startServer(() => {});
    const began = Date.now();

    expect(await open(server.url).prepare('{}')('a')).toBe('retry');

    expect(Date.now() - began).toBeGreaterThan(900);
    expect(Date.now() - began).toBeLessThan(2_500);
  });

  it.each([
    ['an answer', 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n', 'x'],
    ['a run of interim answers', '', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('%s that never ends is given up after two seconds at most', async (_what, head, drop) => {
    server = await startServer((socket) => {
      socket.write(head);
      const dripping = setInterval(() => socket.write(drop), 100);
      socket.once('close', () => clearInterval(dripping));
    });
    const began = Date.now();

    expect(await open(server.url).prepare('{}')('a')).toBe('retry');

    expect(Date.now() - began).toBeLessThan(2_900);
  });

  it('one that never answers holds up no other', async () => {
    server = await startServer((socket, { path }) => {
      if (!path.endsWith('/slow')) socket.write(OK);
    });
    const post = open(server.url).prepare('{}');
    const began = Date.now();

    const slow = post('slow');
    const others = await Promise.all(Array.from({ length: 20 }, (_, i) => post(`quick${i}`)));

    expect(new Set(others)).toEqual(new Set(['delivered']));
    expect(Date.now() - began).toBeLessThan(900);
    expect(await slow).toBe('retry');
  });

  it('nobody listens', async () => {
    const { url } = await answering(OK);
    await server?.stop();

    expect(await open(url).prepare('{}')('a')).toBe('retry');
  });

  it('a name that does not resolve', async () => {
    expect(await open('http://nowhere.invalid/ws').prepare('{}')('a')).toBe('retry');
  });

  it('a certificate that no root vouches for is refused, and the frame is not sent', async () => {
    server = await startServer((socket) => socket.write(OK), selfSigned(['localhost', '127.0.0.1']));

    expect(await open(server.url).prepare('{}')('a')).toBe('retry');

    expect(server.heard).toEqual([]);
  });
});

async function drip(socket: Socket, bytes: string): Promise<void> {
  for (const byte of bytes) {
    socket.write(byte);
    await new Promise(setImmediate);
  }
}
