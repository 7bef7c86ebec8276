import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { selfSigned } from '../../local/cloudfront/certificate';
import { CREDENTIALS, ownPoster, REGION } from './posters';
import { closed, type Heard, OK, response, type Server, startServer } from './server';

let server: Server | undefined;
afterEach(async () => {
  jest.restoreAllMocks();
  await server?.stop();
  server = undefined;
});

const serve = async (answer: (socket: Socket, request: Heard, count: number) => void): Promise<Server> => {
  server = await startServer(answer);
  return server;
};
const connectionsOf = ({ heard }: Server) => heard.map(({ connection }) => connection);

describe('which connection a post takes', () => {
  it('the one that was used last', async () => {
    const { url, heard } = await serve((socket, { path }) => {
      setTimeout(() => socket.write(OK), path.endsWith('slow') ? 40 : 5);
    });
    const post = ownPoster(url).prepare('{}');
    await Promise.all([post('slow'), post('quick')]);
    const usedLast = heard.find(({ path }) => path.endsWith('slow'))?.connection;

    for (const id of ['a', 'b', 'c']) await post(id);

    expect(heard.slice(2).map(({ connection }) => connection)).toEqual([usedLast, usedLast, usedLast]);
  });

  it('a new one while all are busy, up to the limit', async () => {
    const { url, sockets, heard } = await serve((socket) => setTimeout(() => socket.write(OK), 10));
    const post = ownPoster(url, { limits: { maxConnections: 3 } }).prepare('{}');

    const deliveries = await Promise.all(Array.from({ length: 20 }, (_, i) => post(`c${i}`)));

    expect(new Set(deliveries)).toEqual(new Set(['delivered']));
    expect(sockets).toHaveLength(3);
    expect(heard.map(({ path }) => Number(path.split('/c')[1]))).toEqual(
      expect.arrayContaining(Array.from({ length: 20 }, (_, i) => i)),
    );
  });

  it('a new one when the others have idled for 30 s, and those are closed', async () => {
    const { url, sockets } = await serve((socket) => socket.write(OK));
    const post = ownPoster(url).prepare('{}');
    await post('a');
    const later = Date.now() + 30_000;
    jest.spyOn(Date, 'now').mockReturnValue(later);

    expect(await post('b')).toBe('delivered');

    await closed(sockets[0]);
    expect(connectionsOf(server as Server)).toEqual([0, 1]);
  });
});

it('a connection that was opened while the function loads takes the first post', async () => {
  const { url, sockets, connected } = await serve((socket) => socket.write(OK));
  const post = ownPoster(url, { warmUp: true }).prepare('{}');
  await connected;

  expect(await post('a')).toBe('delivered');

  expect(sockets).toHaveLength(1);
});

it('a connection that cannot be opened while the function loads fails no post', async () => {
  const { url } = await serve(() => {});
  await server?.stop();

  const post = ownPoster(url, { warmUp: true }).prepare('{}');
  // A connection that is asked for later is refused later.
  await once(connect(Number(new URL(url).port), '127.0.0.1'), 'error');

  expect(await post('a')).toBe('retry');
});

describe('a kept connection that turns out to be dead', () => {
  it('is replaced once, and the frame sent again', async () => {
    const { url } = await serve((socket, _request, count) =>
      count === 2 ? socket.destroy() : socket.write(OK),
    );
    const post = ownPoster(url).prepare('{}');
    await post('a');

    expect(await post('b')).toBe('delivered');

    expect(connectionsOf(server as Server)).toEqual([0, 0, 1]);
    expect(new Set(server?.heard.slice(1).map(({ path }) => path)).size).toBe(1);
  });

  it('is replaced by a new connection, not by another that idled as long', async () => {
    const { url } = await serve((socket, { path }, count) => {
      if (count > 2 && path.endsWith('b') && socket !== server?.sockets.at(2)) socket.destroy();
      else setTimeout(() => socket.write(OK), 10);
    });
    const post = ownPoster(url).prepare('{}');
    await Promise.all([post('a'), post('a')]);

    expect(await post('b')).toBe('delivered');

    expect(connectionsOf(server as Server).at(-1)).toBe(2);
  });

  it('is not replaced twice', async () => {
    const { url } = await serve((socket, _request, count) =>
      count === 1 ? socket.write(OK) : socket.destroy(),
    );
    const post = ownPoster(url).prepare('{}');
    await post('a');

    expect(await post('b')).toBe('retry');

    expect(server?.heard).toHaveLength(3);
  });

  it('is not replaced when it is new', async () => {
    const { url } = await serve((socket) => socket.destroy());

    expect(await ownPoster(url).prepare('{}')('a')).toBe('retry');

    expect(server?.heard).toHaveLength(1);
  });

  it('is not replaced once an answer has begun', async () => {
    const { url } = await serve((socket, _request, count) =>
      count === 1 ? socket.write(OK) : socket.end('HTTP/1.1 20'),
    );
    const post = ownPoster(url).prepare('{}');
    await post('a');

    expect(await post('b')).toBe('retry');

    expect(server?.heard).toHaveLength(2);
  });

  it('leaves nobody waiting when all die at once', async () => {
    const { url } = await serve((socket, _request, count) => {
      if (count <= 8) setTimeout(() => socket.write(OK), 5);
      else if (count <= 16) socket.destroy();
      else socket.write(OK);
    });
    const post = ownPoster(url, { limits: { maxConnections: 8 } }).prepare('{}');
    const everyone = Array.from({ length: 8 }, (_, i) => `c${i}`);
    await Promise.all(everyone.map(post));

    expect(await Promise.all([...everyone, ...everyone].map(post))).toEqual(Array(16).fill('delivered'));
  });
});

describe('bytes that belong to no request', () => {
  it.each([
    ['with an answer', (socket: Socket) => socket.write(OK + response(410))],
    [
      'after an answer',
      (socket: Socket) => {
        socket.write(OK);
        setTimeout(() => socket.write(response(410)), 10);
      },
    ],
  ])('%s are taken for no other', async (_when, answer) => {
    const { url } = await serve(answer);
    const post = ownPoster(url).prepare('{}');
    await post('a');
    await closed(server?.sockets[0]);

    expect(await post('b')).toBe('delivered');

    expect(connectionsOf(server as Server)).toEqual([0, 1]);
  });
});

describe('limits', () => {
  it.each([
    ['a head without an end', `HTTP/1.1 200 OK\r\n${'X-More: 1\r\n'.repeat(2_000)}`],
    ['a line without an end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}`],
    ['a body that is too large', `HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n`],
    ['a chunk that is too large', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n`],
    [
      'chunks that are too many',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${`1000\r\n${'x'.repeat(4096)}\r\n`.repeat(20)}`,
    ],
    [
      'a size line without an end',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(5_000)}`,
    ],
    ['a body without a length or an end', `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(70_000)}`],
  ])('%s is given up at once', async (_what, bytes) => {
    const { url } = await serve((socket) => socket.write(bytes));
    const began = Date.now();

    expect(await ownPoster(url).prepare('{}')('a')).toBe('retry');

    expect(Date.now() - began).toBeLessThan(800);
  });

  it('a handshake that never ends', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const began = Date.now();

    const poster = ownPoster(`https://127.0.0.1:${port}/ws`, { limits: { connectTimeoutMs: 80 } });
    expect(await poster.prepare('{}')('a')).toBe('retry');

    expect(Date.now() - began).toBeLessThan(800);
    silent.close();
  });

  it('an answer that trickles in is late all the same', async () => {
    const { url } = await serve((socket) => {
      const timer = setInterval(() => socket.write('X: 1\r\n'), 20);
      socket.write('HTTP/1.1 200 OK\r\n');
      socket.on('close', () => clearInterval(timer));
    });
    const began = Date.now();

    expect(await ownPoster(url, { limits: { responseTimeoutMs: 100 } }).prepare('{}')('a')).toBe('retry');

    expect(Date.now() - began).toBeLessThan(800);
  });

  it.each(['', 'ftp://example.com', 'chat.example.com/ws'])('an endpoint of "%s" is refused', (endpoint) => {
    expect(() => ownPoster(endpoint)).toThrow('must be an http or https URL');
  });
});

describe('in a process of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'edge-chat-poster-'));
  const script = join(folder, 'post.cjs');
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Posts once, in a process that has these certificates among its roots; gives what it prints before it ends. */
  const postFrom = async (url: string, roots: string): Promise<string> => {
    buildSync({
      stdin: {
        contents: `
          import { createConnectionPoster } from './lib/aws/apiGateway/connectionPoster';
          const poster = createConnectionPoster({
            endpoint: ${JSON.stringify(url)},
            region: '${REGION}',
            credentials: () => (${JSON.stringify(CREDENTIALS)}),
          });
          void poster.prepare('{}')('a').then((delivery) => console.log(delivery));
        `,
        resolveDir: process.cwd(),
      },
      bundle: true,
      platform: 'node',
      outfile: script,
    });
    const file = join(folder, 'roots.pem');
    writeFileSync(file, roots);
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: file };
    const { stdout } = await promisify(execFile)(process.execPath, [script], { env, timeout: 10_000 });
    return stdout.trim();
  };

  it('a certificate that a root vouches for is taken, and an idle connection keeps no process alive', async () => {
    const certificate = selfSigned(['localhost', '127.0.0.1']);
    server = await startServer((socket) => socket.write(OK), certificate);

    expect(await postFrom(server.url, certificate.cert)).toBe('delivered');

    expect(server.heard).toHaveLength(1);
  });

  it('a certificate for another name is refused', async () => {
    const certificate = selfSigned(['chat.example.com', '127.0.0.1']);
    server = await startServer((socket) => socket.write(OK), certificate);

    expect(await postFrom(server.url, certificate.cert)).toBe('retry');

    expect(server.heard).toEqual([]);
  });
});
