import { sharedStack } from './sharedStack';
import { handshake } from './support';

jest.setTimeout(60_000);

const PAGE = 'http://localhost:5173';
const APP = 'capacitor://localhost';

const stack = sharedStack({ params: { allowedOrigins: `${PAGE},${APP}` } });

const MESSAGES = '/api/rooms/lobby/messages';

const post = (path: string, origin: string | undefined, body: object, bearer?: string) =>
  fetch(`${stack.url}${path}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(origin !== undefined && { Origin: origin }),
      ...(bearer && { Authorization: `Bearer ${bearer}` }),
    },
    body: JSON.stringify(body),
  });

const tokenFor = async (origin: string) =>
  ((await (await post('/api/token', origin, { name: 'ann' })).json()) as { token: string }).token;

it.each([['/api/token'], [MESSAGES]])('answers the preflight of %s', async (path) => {
  const answer = await fetch(`${stack.url}${path}`, {
    method: 'OPTIONS',
    headers: {
      Origin: PAGE,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,content-type',
    },
  });

  expect(answer.status).toBe(204);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'access-control-allow-origin': PAGE,
    'access-control-allow-methods': 'GET, POST, DELETE',
    'access-control-allow-headers': 'authorization, content-type',
    vary: 'origin',
  });
});

it.each([
  ['the page on another origin', () => PAGE],
  ['the app', () => APP],
  ["the stack's own page", () => stack.url],
])('%s gets a token, publishes and opens a socket', async (_who, origin) => {
  const token = await tokenFor(origin());
  const message = { id: `from-${origin().replaceAll(/\W/g, '-')}`, text: 'tea?' };
  const published = await post(MESSAGES, origin(), message, token);
  const refused = await post(MESSAGES, origin(), message);
  const opened = await handshake(stack.socketUrl, ['chat.v1', `bearer.${token}`], { origin: origin() });

  expect([published.status, refused.status, opened.open]).toEqual([201, 401, true]);
  for (const { headers } of [published, refused]) {
    expect(headers.get('access-control-allow-origin')).toBe(origin());
    expect(headers.get('access-control-expose-headers')).toBe('retry-after');
  }
});

it.each([['https://evil.example'], ['http://localhost:5174'], ['capacitor://other'], ['null']])(
  'a page of %s is refused, on every path',
  async (origin) => {
    const preflight = await fetch(`${stack.url}/api/token`, {
      method: 'OPTIONS',
      headers: { Origin: origin },
    });
    const token = await tokenFor(PAGE);
    const opened = await handshake(stack.socketUrl, ['chat.v1', `bearer.${token}`], { origin });
    const answers = [
      preflight,
      await post('/api/token', origin, { name: 'ann' }),
      await post(MESSAGES, origin, { id: 'message-1', text: 'tea?' }, token),
    ];

    expect(opened).toMatchObject({ open: false, status: 403 });
    for (const answer of answers) {
      expect(answer.status).toBe(403);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
  },
);

it('a back end, which sends no Origin, is answered without CORS headers', async () => {
  const token = await tokenFor(PAGE);
  const answer = await post(MESSAGES, undefined, { id: 'back-end-1', text: 'tea?' }, token);

  expect(answer.status).toBe(201);
  expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
});
