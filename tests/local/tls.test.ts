import { get } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { sharedStack } from './sharedStack';
import { handshake, open, within } from './support';

jest.setTimeout(90_000);

/** The certificate is made at start; that it is the one for this machine is looked at below. */
const trusting = { rejectUnauthorized: false };

const stack = sharedStack({ tls: true });

const port = () => Number(new URL(stack.url).port);

async function guest(): Promise<string> {
  const body = await new Promise<string>((resolve, reject) => {
    const headers = { 'content-type': 'application/json', origin: stack.url };
    const call = request(
      `${stack.url}/api/token`,
      { method: 'POST', headers, ...trusting },
      async (answer) => {
        let text = '';
        for await (const chunk of answer) text += chunk;
        resolve(text);
      },
    );
    call.on('error', reject);
    call.end('{"name":"Ann"}');
  });
  return JSON.parse(body).token;
}

describe('with TLS', () => {
  it('has the certificate of this machine', async () => {
    const socket = connectTls({ port: port(), host: '127.0.0.1', ...trusting });
    await within('TLS', new Promise((resolve) => socket.once('secureConnect', resolve)));

    const { subjectaltname, valid_to } = socket.getPeerCertificate();
    socket.destroy();

    expect(subjectaltname?.split(', ').sort()).toEqual(['DNS:localhost', 'IP Address:127.0.0.1']);
    expect(Date.parse(valid_to)).toBeGreaterThan(Date.now());
  });

  it('gives the page by HTTP/2, with its headers', async () => {
    const session = connectHttp2(stack.url, trusting);
    const stream = session.request({ ':path': '/index.html' });
    const headers = await within(
      'the page',
      new Promise<Record<string, unknown>>((resolve) => stream.once('response', resolve)),
    );
    session.destroy();

    expect(session.alpnProtocol).toBe('h2');
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
    expect(headers['content-security-policy']).toMatch(/connect-src 'self'/);
  });

  it('lets people chat by wss, from its own https origin only', async () => {
    const token = await guest();
    const offered = ['chat.v1', `bearer.${token}`];
    expect(stack.socketUrl).toMatch(/^wss:/);

    const client = await open(stack.socketUrl, offered, { origin: stack.url, ...trusting });
    client.send({ action: 'joinRoom', room: 'lobby' });
    expect(await client.nextOf('joined')).toMatchObject({ room: 'lobby' });
    client.socket.close();

    const plainOrigin = stack.url.replace('https', 'http');
    const refused = await handshake(stack.socketUrl, offered, { origin: plainOrigin, ...trusting });
    expect(refused).toMatchObject({ open: false, status: 403 });
  });
});

describe('by plain HTTP on the same port', () => {
  it('is redirected from the page', async () => {
    const { statusCode, headers } = await plain('/index.html?x=1');

    expect([statusCode, headers.location]).toEqual([301, `${stack.url}/index.html?x=1`]);
  });

  it('is refused by the APIs', async () => {
    expect((await plain('/api/token')).statusCode).toBe(403);
    expect(await handshake(stack.socketUrl.replace('wss', 'ws'), ['chat.v1'])).toMatchObject({
      open: false,
      status: 403,
    });
  });

  it('does not mind a connection that says nothing, or nonsense', async () => {
    for (const bytes of ['', '\u0016\u0000\u0001nonsense', 'nonsense\r\n\r\n']) {
      const socket = connect(port(), '127.0.0.1');
      socket.on('error', () => {});
      await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
      socket.destroy();
    }

    expect((await plain('/')).statusCode).toBe(301);
  });
});

const plain = (path: string) =>
  within(
    path,
    new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      get({ host: '127.0.0.1', port: port(), path }, (answer) => resolve(answer.resume())).on(
        'error',
        reject,
      );
    }),
  );
