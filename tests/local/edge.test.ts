import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { distributionOf } from '../../local/cloudfront/distribution';
import { type CloudFrontOptions, startCloudFront } from '../../local/cloudfront/server';
import { compileTemplate } from '../../local/template/compile';
import { resourceNamesOf } from '../../local/template/resourceNames';
import type { JsonRecord, Template } from '../../local/template/template';
import { type Listening, listen } from '../../local/util/listen';
import { rawRequest, root, upgradeLines, within } from './support';

jest.setTimeout(60_000);

interface Received {
  method: string;
  url: string;
  headers: Record<string, string>;
}

let compiled: Template;
let pages: string;
const running: Listening[] = [];

beforeAll(async () => {
  compiled = await compileTemplate({ root, stage: 'dev', params: {} });
  pages = mkdtempSync(path.join(tmpdir(), 'edge-chat-page-'));
  mkdirSync(path.join(pages, 'site/assets'), { recursive: true });
  writeFileSync(path.join(pages, 'secret.txt'), 'not for viewers');
  writeFileSync(path.join(pages, 'site/index.html'), '<title>page</title>');
  writeFileSync(path.join(pages, 'site/assets/app.js'), 'js');
});

afterAll(() => rmSync(pages, { recursive: true }));
afterEach(async () => {
  for (const each of running.splice(0)) await each.stop();
});

/** An origin that keeps what it was asked, and on an upgrade says 101 and hands over its socket. */
async function origin() {
  const received: Received[] = [];
  let muted = false;
  const server = createServer((request, response) => {
    received.push(request as unknown as Received);
    if (muted) return;
    response.writeHead(200, { 'X-Origin': 'yes', 'Set-Cookie': ['a=1', 'b=2'] }).end('from the origin');
  });
  server.on('upgrade', (request, socket: Socket) => {
    received.push(request as unknown as Received);
    socket.on('error', () => {});
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    server.emit('upgraded', socket);
  });
  const listening = await listen(server);
  running.push(listening);
  const upgraded = () => within('an upgrade at the origin', once(server, 'upgraded'));
  const mute = () => {
    muted = true;
  };
  return { port: listening.port, received, upgraded, mute, remove: listening.stop };
}

const config = (template: Template) =>
  template.Resources.Distribution?.Properties?.DistributionConfig as JsonRecord;

/** The edge of the real template, changed as a test likes, before an origin that records. */
async function edge(change: (config: JsonRecord) => void = () => {}, options: CloudFrontOptions = {}) {
  const template = structuredClone(compiled);
  change(config(template));
  const world = resourceNamesOf(template, 'test');
  const distribution = distributionOf(template, world, () => 'the-secret');
  const hosts = [...new Set(distribution.behaviours.map((behaviour) => behaviour.origin.host))];
  const behind = await origin();
  const started = await startCloudFront(options);
  running.push(started);
  started.serve({
    distribution,
    ports: new Map(hosts.map((host) => [host, behind.port])),
    page: { directory: path.join(pages, 'site'), settings: '{}' },
  });
  return { ...behind, url: `http://127.0.0.1:${started.port}`, port: started.port, hosts };
}

describe('what reaches the API', () => {
  it('is what the policy lets through, and what CloudFront adds', async () => {
    const { port, received } = await edge();

    const answer = await rawRequest(port, [
      'POST /api/token?secret=1 HTTP/1.1',
      'Host: chat.example',
      'Content-Type: application/json',
      'Content-Length: 0',
      'Origin: https://chat.example',
      'Cookie: session=1',
      'Authorization: Bearer x',
      'User-Agent: a browser',
      'X-Unlisted: 1',
      'X-Edge-Chat-Origin: guessed',
      'CloudFront-Viewer-Address: 1.2.3.4:5',
      'X-Forwarded-For: 9.9.9.9',
      'Accept-Encoding: gzip',
    ]);

    expect(received[0]).toMatchObject({ method: 'POST', url: '/api/token' });
    expect(received[0]?.headers).toEqual({
      host: expect.stringMatching(/^[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com$/),
      'user-agent': 'Amazon CloudFront',
      via: expect.any(String),
      'x-amz-cf-id': expect.any(String),
      'x-forwarded-for': '9.9.9.9, 127.0.0.1',
      'cloudfront-viewer-address': `127.0.0.1:${answer.socket.localPort}`,
      'x-edge-chat-origin': 'the-secret',
      'content-type': 'application/json',
      'content-length': '0',
      authorization: 'Bearer x',
      origin: 'https://chat.example',
      connection: 'keep-alive',
    });
    answer.socket.destroy();
  });

  it('on a handshake is the handshake and nothing else of the viewer', async () => {
    const { port, received } = await edge();
    const more = [
      'Origin: https://chat.example',
      'Sec-WebSocket-Protocol: chat.v1',
      'Cookie: a=1',
      'X-Unlisted: 1',
    ];
    const { lines } = upgradeLines('/ws?token=1', 'chat.example', more);

    const answer = await rawRequest(port, lines);

    expect(answer.status).toBe(101);
    expect(received[0]?.url).toBe('/ws');
    expect(Object.keys(received[0]?.headers ?? {}).sort()).toEqual([
      'cloudfront-viewer-address',
      'connection',
      'host',
      'origin',
      'sec-websocket-key',
      'sec-websocket-protocol',
      'sec-websocket-version',
      'upgrade',
      'user-agent',
      'via',
      'x-amz-cf-id',
      'x-edge-chat-origin',
      'x-forwarded-for',
    ]);
    answer.socket.destroy();
  });

  it('loses an upgrade to anything but WebSocket', async () => {
    const { port, received } = await edge();

    const answer = await rawRequest(port, [
      'GET /api/x HTTP/1.1',
      'Host: chat.example',
      'Connection: Upgrade',
      'Upgrade: h2c',
    ]);

    expect(answer.status).toBe(200);
    expect(received[0]?.headers).not.toHaveProperty('upgrade');
  });

  it.each([
    ['216adef6-5c7f-47e4-b989-5492eafa07d3', 'chat.example'],
    ['b689b0a8-53d0-40ab-baf2-68738e2966ac', expect.stringContaining('execute-api')],
  ])('with managed policy %s has everything of the viewer', async (policy, host) => {
    const { port, received } = await edge((distribution) => {
      for (const behaviour of distribution.CacheBehaviors as JsonRecord[])
        behaviour.OriginRequestPolicyId = policy;
    });

    const answer = await rawRequest(port, [
      'GET /api/x?a=1 HTTP/1.1',
      'Host: chat.example',
      'Cookie: a=1',
      'User-Agent: a browser',
    ]);

    expect(received[0]).toMatchObject({
      url: '/api/x?a=1',
      headers: { host, cookie: 'a=1', 'user-agent': 'a browser' },
    });
    answer.socket.destroy();
  });
});

describe('a request', () => {
  it.each([
    ['POST', '/ws'],
    ['PUT', '/'],
    ['DELETE', '/index.html'],
  ])('%s %s is refused by its behaviour', async (method, target) => {
    const { url, received } = await edge();

    const answer = await fetch(url + target, { method });

    expect(answer.status).toBe(403);
    expect(answer.headers.get('x-cache')).toBe('Error from cloudfront');
    expect(received).toEqual([]);
  });

  it.each([
    ['/api/token', 'api'],
    ['/api/', 'api'],
    ['/api', 'page'],
    ['/ws', 'ws'],
    ['/ws/', 'page'],
    ['/WS', 'page'],
    ['/', 'page'],
  ])('for %s goes to %s', async (target, kind) => {
    const { url, received, hosts } = await edge();
    const [ws, api] = hosts;

    await fetch(url + target);

    expect(received[0]?.headers.host).toBe({ ws, api, page: undefined }[kind]);
  });

  it.each([
    ['a URL over 8,192 bytes', `/${'a'.repeat(8192)}`, {}],
    ['headers over 20,480 bytes', '/', { 'X-Large': 'a'.repeat(20_400) }],
  ])('with %s is refused', async (_case, target, headers) => {
    const { url } = await edge();

    expect((await fetch(url + target, { headers })).status).toBe(413);
  });

  it('that the origin does not answer in time is 504', async () => {
    const { url, mute } = await edge((distribution) => {
      for (const each of distribution.Origins as JsonRecord[])
        if (each.CustomOriginConfig) each.CustomOriginConfig = { OriginReadTimeout: 0.05 };
    });
    mute();

    expect((await fetch(`${url}/api/token`)).status).toBe(504);
  });

  it('for an origin that is not there is 502', async () => {
    const { url, remove } = await edge();
    await remove();

    expect((await fetch(`${url}/api/token`)).status).toBe(502);
  });
});

it('brings the origin’s answer back, with CloudFront’s own headers', async () => {
  const { url } = await edge();

  const answer = await fetch(`${url}/api/token`);

  expect(await answer.text()).toBe('from the origin');
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'x-origin': 'yes',
    'x-cache': 'Miss from cloudfront',
    via: expect.stringContaining('CloudFront'),
    'x-amz-cf-id': expect.any(String),
  });
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
});

describe('the page', () => {
  it('is the root object, with the policy’s headers', async () => {
    const { url } = await edge();

    const answer = await fetch(url);

    expect(await answer.text()).toBe('<title>page</title>');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.stringContaining("connect-src 'self'"),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000',
    });
  });

  it.each([
    ['/assets/app.js', 200, 'text/javascript; charset=utf-8'],
    ['/assets/', 404, 'application/xml'],
    ['/missing', 404, 'application/xml'],
    ['/%2e%2e/secret.txt', 404, 'application/xml'],
    ['/..%2fsecret.txt', 404, 'application/xml'],
    ['/%', 404, 'application/xml'],
  ])('%s is %d', async (target, status, type) => {
    const { port } = await edge();

    const answer = await rawRequest(port, [`GET ${target} HTTP/1.1`, 'Host: chat.example']);

    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe(type);
    answer.socket.destroy();
  });
});

describe('an upgraded connection', () => {
  async function pair(options: CloudFrontOptions) {
    const { port, upgraded } = await edge(undefined, options);
    const atOrigin = upgraded();
    const { socket } = await rawRequest(port, upgradeLines('/ws', 'chat.example').lines);
    const [originSocket] = (await atOrigin) as [Socket];
    return { viewer: socket, origin: originSocket };
  }

  /** Everything that arrives, once there is so much of it. */
  const arrived = (socket: Socket, count: number) =>
    new Promise<Buffer>((resolve) => {
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => {
        chunks.push(chunk);
        const all = Buffer.concat(chunks);
        if (all.length >= count) resolve(all);
      });
      socket.resume();
    });

  it('carries every byte both ways, whatever it is', async () => {
    const { viewer, origin: far } = await pair({});
    const sent = randomBytes(300_000);
    const atOrigin = arrived(far, sent.length);
    const atViewer = arrived(viewer, sent.length);

    viewer.write(sent);
    far.write(sent);

    expect((await within('bytes at the origin', atOrigin)).equals(sent)).toBe(true);
    expect((await within('bytes at the viewer', atViewer)).equals(sent)).toBe(true);
    viewer.destroy();
  });

  it('passes on an end behind the last bytes', async () => {
    const { viewer, origin: far } = await pair({});
    const ended = once(viewer, 'end');
    const got: Buffer[] = [];
    viewer.on('data', (chunk) => got.push(chunk)).resume();

    far.end('last words');

    await within('the end at the viewer', ended);
    expect(Buffer.concat(got).toString()).toBe('last words');
  });

  it('is cut when the origin is silent, though the viewer is not', async () => {
    const { viewer } = await pair({ limits: { idleMs: 80 } });
    viewer.resume();
    const talk = setInterval(() => viewer.write('still here'), 10);

    await within('the cut', once(viewer, 'close'));

    clearInterval(talk);
  });

  it('is not cut while the origin talks', async () => {
    const { viewer, origin: far } = await pair({ limits: { idleMs: 400 } });
    viewer.resume();
    const began = Date.now();
    const talk = setInterval(
      () => (Date.now() - began < 900 ? far.write('still here') : clearInterval(talk)),
      10,
    );

    await within('the cut', once(viewer, 'close'));

    expect(Date.now() - began).toBeGreaterThanOrEqual(900);
  });

  it('lets a hook cut it at any byte', async () => {
    const { Transform } = await import('node:stream');
    const { viewer, origin: far } = await pair({
      tunnel: (cut) => {
        let left = 10;
        const toViewer = new Transform({
          transform(chunk, _encoding, done) {
            this.push(chunk.subarray(0, left));
            left -= chunk.length;
            done();
            if (left <= 0) setImmediate(cut);
          },
        });
        return { toViewer };
      },
    });
    const got: Buffer[] = [];
    viewer.on('data', (chunk) => got.push(chunk)).resume();
    const closed = once(viewer, 'close');

    far.write('0123456789abcdef');
    await within('the cut', closed);

    expect(Buffer.concat(got).toString()).toBe('0123456789');
  });
});

it.each(['CustomErrorResponses', 'OriginGroups'])('refuses to imitate %s', async (name) => {
  await expect(
    edge((distribution) => {
      distribution[name] = [{}];
    }),
  ).rejects.toThrow(name);
});

it('answers 503 until it knows what to serve', async () => {
  const started = await startCloudFront({});
  running.push(started);

  expect((await fetch(`http://127.0.0.1:${started.port}`)).status).toBe(503);
});
