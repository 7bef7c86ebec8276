import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { WebSocket } from 'ws';
import { type Stack, startStack } from '../../local/stack';
import { recordAt } from '../../local/template/template';
import { type Listening, listen } from '../../local/util/listen';
import { enter, guestIn, guestToken } from '../local/guests';
import { type Client, handshake, portOf, rawRequest, upgradeLines, within } from '../local/support';
import { FRAMES } from './corpus/frames';
import { HANDSHAKES, type Handshake } from './corpus/handshakes';
import { REQUESTS } from './corpus/requests';
import { BAD_TEXTS, ODD_TEXTS } from './corpus/texts';
import { BAD_TOKENS, GOOD_TOKENS, type Workshop } from './corpus/tokens';
import { hundredSends } from './hundredSends';

jest.setTimeout(60_000);

const issuer = 'https://issuer.example.com';
const audience = 'the-chat';

/** What no log may hold; every token and secret that was used is added. */
const canaries: string[] = ['CANARY'];
const printed: string[] = [];
/** Everything that was answered to a refused stranger. */
const said: string[] = [];

let stack: Stack;
let provider: Listening;
let workshop: Workshop;
let token: string;

beforeAll(async () => {
  const keys = await generateKeyPair('RS256', { extractable: true });
  const jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }] };
  provider = await listen(createServer((_request, response) => response.end(JSON.stringify(jwks))));
  const jwksUrl = `http://127.0.0.1:${provider.port}/`;

  stack = await startStack({
    params: { logLevel: 'debug' },
    print: (line) => printed.push(line),
    template(template) {
      const { Properties = {} } = template.Resources.AuthorizeLambdaFunction ?? {};
      const variables = recordAt(recordAt(Properties, 'Environment'), 'Variables');
      Object.assign(variables, { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, OIDC_JWKS_URL: jwksUrl });
      return template;
    },
  });
  workshop = {
    guestKey: secret('GuestKey'),
    issuer,
    audience,
    jwksUrl,
    provider: keys,
    stranger: await generateKeyPair('RS256', { extractable: true }),
  };
  token = await guestToken(stack, 'Mallory');
  canaries.push(token, secret('GuestKey'), secret('OriginSecret'));
});

afterAll(async () => {
  await stack?.stop();
  await provider?.stop();
});

const secret = (id: string) => stack.secrets.value(stack.ref(id))?.value ?? '';

const all = { acknowledged: 100, arrived: 100 };

describe('a handshake', () => {
  const fill = (text: string) =>
    text
      .replaceAll('TOKEN', token)
      .replaceAll('ORIGIN', stack.url)
      .replaceAll('HALF', secret('OriginSecret').slice(0, 24))
      .replaceAll('SECRET', secret('OriginSecret'));

  const linesOf = ({ first, headers = {}, direct }: Handshake) => {
    const url = direct ? stack.socketDirectUrl : stack.socketUrl;
    const [start = '', ...good] = upgradeLines('/ws', new URL(url).host, [
      `Origin: ${stack.url}`,
      `Sec-WebSocket-Protocol: chat.v1, bearer.${token}`,
      ...(direct ? [`X-Edge-Chat-Origin: ${secret('OriginSecret')}`] : []),
    ]).lines;
    const changed = Object.keys(headers).map((name) => name.toLowerCase());
    const kept = good.filter((line) => !changed.includes(line.split(':')[0]?.toLowerCase() ?? ''));
    const given = Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [value].flat().map((each) => `${name}: ${fill(each)}`),
    );
    return { port: portOf(url), lines: [fill(first ?? start), ...kept, ...given] };
  };

  it.each([
    ['through the edge', { status: 101 }],
    ['past the edge with the secret', { status: 101, direct: true as const }],
  ])('%s is let in when nothing is wrong with it', async (_name, good) => {
    const { port, lines } = linesOf(good);
    const { status, headers, socket } = await rawRequest(port, lines);
    socket.destroy();

    expect({ status, protocol: headers.get('sec-websocket-protocol') }).toEqual({
      status: 101,
      protocol: 'chat.v1',
    });
  });

  it.each(Object.entries(HANDSHAKES))('%s is refused', async (_name, bad) => {
    const { port, lines } = linesOf(bad);

    const { status, headers, socket } = await rawRequest(port, lines);
    said.push(JSON.stringify([...headers]), await bodyOf(socket, headers));
    socket.destroy();

    expect(status).toBe(bad.status);
  });

  it('leaves a hundred good sends alone', async () => {
    expect(await hundredSends(stack, 'after-handshakes')).toEqual(all);
  });
});

describe('a token', () => {
  const connect = async (jwt: string) => {
    canaries.push(...(jwt.length > 20 ? [jwt] : []));
    const outcome = await handshake(stack.socketUrl, ['chat.v1', `bearer.${jwt}`], {
      origin: stack.url,
    }).catch(
      // What no header can hold does not even leave the client.
      (error: unknown) => ({ open: false as const, status: 403, body: String(error), headers: {} }),
    );
    if (outcome.open) outcome.socket.socket.close();
    else said.push(outcome.body, JSON.stringify(outcome.headers));
    return outcome.open ? 101 : outcome.status;
  };

  it.each(Object.entries(GOOD_TOKENS))('%s opens a connection', async (_name, forge) => {
    expect(await connect(await forge(workshop))).toBe(101);
  });

  it.each(Object.entries(BAD_TOKENS))('%s does not', async (_name, forge) => {
    expect(await connect(await forge(workshop))).toBe(403);
  });

  // A guest whose token has just expired is known again: the one bad token that is worth something.
  const forged = Object.entries(BAD_TOKENS).filter(([name]) => name !== 'of a guest that has expired');

  it.each(forged)('%s gives nobody its user', async (_name, forge) => {
    const answer = await fetch(`${stack.url}/api/token`, {
      method: 'POST',
      body: JSON.stringify({ name: 'Mallory', token: await forge(workshop) }),
    });
    const { user } = (await answer.json()) as { user: { id: string } };

    expect(user.id).toMatch(/^guest:[\w-]{16}$/);
  });

  it('leaves a hundred good sends alone', async () => {
    expect(await hundredSends(stack, 'after-tokens')).toEqual(all);
  });
});

describe('a request for a token', () => {
  it.each(Object.entries(REQUESTS))('%s is refused', async (_name, { body, status, code }) => {
    const answer = await fetch(`${stack.url}/api/token`, { method: 'POST', body });
    const text = await answer.text();
    said.push(text);

    expect(answer.status).toBe(status);
    if (code) expect(JSON.parse(text)).toMatchObject({ error: { code } });
  });

  it('leaves a hundred good sends alone', async () => {
    expect(await hundredSends(stack, 'after-requests')).toEqual(all);
  });
});

describe('a frame', () => {
  let mallory: Client | undefined;
  let sent = 0;
  /**
   * A member of the room `den`. A new one after forty frames, because the server closes a connection with many
   * refusals.
   */
  const inDen = async (): Promise<Client> => {
    if (sent++ % 40 === 0) mallory?.socket.close();
    if (mallory?.socket.readyState !== WebSocket.OPEN) mallory = await guestIn(stack, 'den', 'Mallory');
    return mallory;
  };
  afterAll(() => mallory?.socket.close());

  it.each(Object.entries(FRAMES).filter(([, { answer }]) => !('closes' in answer)))(
    'of %s gets one error',
    async (_name, { data, answer }) => {
      const client = await inDen();
      client.send(data);
      const reply = await client.next();
      said.push(JSON.stringify(reply));

      expect(reply).toMatchObject({ type: 'error', ...answer });
    },
  );

  it.each(Object.entries(FRAMES).filter(([, { answer }]) => 'closes' in answer))(
    'of %s ends its connection',
    async (_name, { data, answer }) => {
      const client = await guestIn(stack, 'den', 'Mallory');
      client.socket.send(data);

      expect(await within('the end', client.closed)).toMatchObject({ code: Object.values(answer)[0] });
    },
  );

  it.each<[string, number, Buffer]>([
    ['that is not masked', 1002, Buffer.from([0x81, 0x02, 0x7b, 0x7d])],
    ['of a reserved kind', 1002, Buffer.from([0x83, 0x80, 0, 0, 0, 0])],
    ['with a reserved bit', 1002, Buffer.from([0xc1, 0x80, 0, 0, 0, 0])],
    ['that goes on where nothing began', 1002, Buffer.from([0x80, 0x80, 0, 0, 0, 0])],
    ['of a ping in parts', 1002, Buffer.from([0x09, 0x80, 0, 0, 0, 0])],
    ['that is no UTF-8', 1007, Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28])],
    [
      'that says it is endless',
      1009,
      Buffer.from([0x81, 0xff, 0, 0, 0xff, 255, 255, 255, 255, 255, 0, 0, 0, 0]),
    ],
  ])('%s ends its connection with %d', async (_name, code, bytes) => {
    const lines = upgradeLines('/ws', new URL(stack.url).host, [
      `Origin: ${stack.url}`,
      `Sec-WebSocket-Protocol: chat.v1, bearer.${token}`,
    ]).lines;
    const { socket } = await rawRequest(portOf(stack.url), lines);
    const ended = new Promise<Buffer>((resolve) => {
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk)).once('close', () => resolve(Buffer.concat(chunks)));
    });

    socket.resume().write(bytes);
    const farewell = await within('the end', ended);

    expect([farewell[0], farewell.readUInt16BE(2)]).toEqual([0x88, code]);
  });

  it('leaves its connection as good as before', async () => {
    const client = await inDen();
    client.send({ action: 'ping', rooms: { den: 0 } });

    expect(await client.nextOf('pong')).toMatchObject({ notJoined: [] });
  });

  it('leaves a hundred good sends alone', async () => {
    expect(await hundredSends(stack, 'after-frames')).toEqual(all);
  });
});

describe('a text', () => {
  const frame = (text: unknown, id = 'a-good-id') => ({
    action: 'sendMessage',
    room: 'den',
    id,
    text,
    after: 0,
  });

  it.each(Object.entries(BAD_TEXTS))('of %s is refused', async (_name, text) => {
    const client = await guestIn(stack, 'den', 'Mallory');
    client.send(frame(text));
    const reply = await client.next();
    client.socket.close();
    said.push(JSON.stringify(reply));

    expect(reply).toMatchObject({ type: 'error', code: 'badField', action: 'sendMessage', room: 'den' });
  });

  it.each(Object.entries(ODD_TEXTS))('of %s arrives as it was sent', async (name, text) => {
    const room = `odd-${Object.keys(ODD_TEXTS).indexOf(name)}`;
    const [ann, mallory] = [await guestIn(stack, room, 'Ann'), await guestIn(stack, room, 'Mallory')];

    mallory.send({ ...frame(text), room });

    expect(await mallory.nextOf('ack')).toMatchObject({ seq: 1 });
    expect(await ann.nextOf('message')).toMatchObject({ seq: 1, text, from: { name: 'Mallory' } });
    for (const client of [ann, mallory]) client.socket.close();
  });

  it('leaves a hundred good sends alone', async () => {
    expect(await hundredSends(stack, 'after-texts')).toEqual(all);
  });
});

it('are more than a hundred and fifty, all told', () => {
  const families = [HANDSHAKES, BAD_TOKENS, REQUESTS, FRAMES, BAD_TEXTS, ODD_TEXTS];

  expect(families.flatMap((family) => Object.keys(family)).length).toBeGreaterThan(150);
});

it('gives a frame that is captured and sent again on a new socket no second message', async () => {
  const [ann, listener] = [await enter(stack, token), await guestIn(stack, 'replayed')];
  ann.send({ action: 'joinRoom', room: 'replayed' });
  await ann.nextOf('joined');
  const captured = Array.from({ length: 10 }, (_, i) =>
    JSON.stringify({ action: 'sendMessage', room: 'replayed', id: `captured-${i}`, text: 'once', after: 0 }),
  );
  for (const frame of captured) {
    ann.send(frame);
    await ann.nextOf('ack');
  }

  const thief = await enter(stack, token);
  thief.send({ action: 'joinRoom', room: 'replayed' });
  await thief.nextOf('joined');
  for (const frame of captured) {
    thief.send(frame);
    expect(await thief.nextOf('ack')).toMatchObject({ duplicate: true });
  }
  listener.send({ action: 'ping', rooms: { replayed: 0 } });

  expect(await listener.nextOf('pong')).toMatchObject({ behind: { replayed: 10 } });
  for (const client of [ann, thief, listener]) client.socket.close();
});

it('tells a stranger nothing of the inside', () => {
  const inside = [
    ...Object.values(stack.tables),
    ...canaries.slice(1),
    'arn:',
    'dynamo',
    'node_modules',
    '.ts:',
    '.js:',
    'at async',
    'Error\n',
    'TypeError',
    'SyntaxError',
  ];

  expect(said.length).toBeGreaterThan(150);
  for (const text of said)
    for (const word of inside) expect(text.toLowerCase()).not.toContain(word.toLowerCase());
});

it('writes no token, secret or text into any log', () => {
  const log = printed.join('\n');

  for (const canary of canaries) expect(log).not.toContain(canary);
});

/** What follows an answer's head, as far as it says how long that is. */
async function bodyOf(
  socket: Awaited<ReturnType<typeof rawRequest>>['socket'],
  headers: Map<string, string>,
): Promise<string> {
  const length = Number(headers.get('content-length') ?? 0);
  let body = '';
  if (length === 0) return body;
  const read = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      body += chunk.toString('latin1');
      if (body.length >= length) resolve();
    });
    socket.once('close', () => resolve());
  });
  socket.resume();
  await within('the body', read);
  return body;
}
