import { once } from 'node:events';
import { compileTemplate } from '../../local/template/compile';
import { guestToken } from './guests';
import { sharedStack } from './sharedStack';
import { portOf, type RawAnswer, rawRequest, root, upgradeLines, within } from './support';

jest.setTimeout(60_000);

/**
 * Which is true of WebSocket through CloudFront? It is on for every distribution and needs no setting; the client
 * asks for the upgrade and the server agrees. What a distribution must do is let the handshake's headers through.
 */
describe('WebSocket through CloudFront', () => {
  const stack = sharedStack();
  let protocols: string;

  beforeAll(async () => {
    protocols = `chat.v1, bearer.${await guestToken(stack, 'ann')}`;
  });

  const ask = (lines: string[]): Promise<RawAnswer> => rawRequest(portOf(stack.url), lines);
  const host = () => new URL(stack.url).host;
  const ours = () => [`Origin: ${stack.url}`, `Sec-WebSocket-Protocol: ${protocols}`];

  it('is switched on by no property of the distribution', async () => {
    const template = await compileTemplate({ root, stage: 'dev', params: {} });
    const distribution = JSON.stringify(template.Resources.Distribution?.Properties);

    expect(distribution).not.toMatch(/websocket(?!sapi)/i);
  });

  it('begins with the client’s GET, and the server’s 101 proves that it read its key', async () => {
    const { lines, accept } = upgradeLines('/ws', host(), ours());

    const { status, headers, socket } = await ask(lines);

    expect(status).toBe(101);
    expect(headers.get('upgrade')?.toLowerCase()).toBe('websocket');
    expect(headers.get('connection')?.toLowerCase()).toBe('upgrade');
    expect(headers.get('sec-websocket-accept')).toBe(accept);
    expect(headers.get('sec-websocket-protocol')).toBe('chat.v1');
    socket.destroy();
  });

  it('is never begun by the server: a plain request gets a plain answer, and no upgrade follows', async () => {
    const { status, headers, socket } = await ask([
      'GET /ws HTTP/1.1',
      `Host: ${host()}`,
      'Connection: close',
      ...ours(),
    ]);
    const rest: Buffer[] = [];
    socket.on('data', (chunk) => rest.push(chunk)).resume();
    await within('the end of the answer', once(socket, 'end'));

    expect(status).toBeGreaterThanOrEqual(400);
    expect(headers.has('sec-websocket-accept')).toBe(false);
    expect(Buffer.concat(rest).toString()).not.toMatch(/^(GET|HTTP\/)|Upgrade:/im);
  });

  it('is not begun by a request for another method', async () => {
    const { lines } = upgradeLines('/ws', host(), ours());
    const [, ...rest] = lines;

    expect((await ask(['POST /ws HTTP/1.1', ...rest])).status).toBe(403);
  });

  it.each(['Sec-WebSocket-Key', 'Sec-WebSocket-Version'])('is refused without %s', async (name) => {
    const { lines } = upgradeLines('/ws', host(), ours());

    const { status } = await ask(lines.filter((line) => !line.startsWith(`${name}:`)));

    expect(status).toBe(400);
  });

  it('is a matter of the behaviour: the page’s answers with the page’s bucket', async () => {
    const { lines } = upgradeLines('/elsewhere', host(), ours());

    expect((await ask(lines)).status).toBe(404);
  });
});
