import { createBrowserStorage, type Memory } from '../../web/browserStorage';
import { createSignIn } from '../../web/session';

const NOW = 1_000_000;

function answers(status: number, body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return jest.fn(async (_url: unknown, _init?: RequestInit) => new Response(text, { status }));
}

function guest(token: string, expiresAt = NOW + 3_600_000) {
  return { token, user: { id: 'guest:1', name: 'Ann' }, expiresAt };
}

function noStorage(): Memory {
  return createBrowserStorage(() => {
    throw new DOMException('denied', 'SecurityError');
  });
}

function bodyOf(ask: ReturnType<typeof answers>): unknown {
  return JSON.parse(String(ask.mock.calls.at(-1)?.[1]?.body));
}

it('signs in once and uses the token while it is good', async () => {
  const ask = answers(200, guest('first'));
  const signIn = createSignIn(noStorage(), ask, () => NOW);
  await signIn.join('Ann');

  expect(await signIn.token({ reason: 'first' })).toBe('first');
  expect(ask).toHaveBeenCalledTimes(1);
  expect(bodyOf(ask)).toEqual({ name: 'Ann' });
});

it.each([
  ['the token is about to end', 'first', NOW + 60_000],
  ['the token was refused', 'refused', NOW + 3_600_000],
  ['the client says it expires', 'expiring', NOW + 3_600_000],
] as const)('renews with the old token when %s', async (_name, reason, expiresAt) => {
  const memory = noStorage();
  memory.write('guest', guest('old', expiresAt));
  const ask = answers(200, guest('new'));

  expect(await createSignIn(memory, ask, () => NOW).token({ reason })).toBe('new');
  expect(bodyOf(ask)).toEqual({ name: 'Ann', token: 'old' });
});

it.each([
  [
    'guests are switched off',
    403,
    { error: { code: 'forbidden', message: 'Guests are off.' } },
    true,
    'Guests are off.',
  ],
  [
    'there are too many requests',
    429,
    'slow down',
    false,
    'The server could not sign you in (HTTP 429). Try again in a moment.',
  ],
  [
    'a firewall refuses with a page of its own',
    403,
    '<html>',
    false,
    'The server could not sign you in (HTTP 403). Try again in a moment.',
  ],
  [
    'the server is broken',
    502,
    '<html>',
    false,
    'The server could not sign you in (HTTP 502). Try again in a moment.',
  ],
  [
    'the answer is no token',
    200,
    { hello: 1 },
    false,
    'The server could not sign you in (HTTP 200). Try again in a moment.',
  ],
])('says why when %s, and whether to ask again', async (_name, status, body, final, message) => {
  await expect(createSignIn(noStorage(), answers(status, body)).join('Ann')).rejects.toMatchObject({
    final,
    message,
  });
});

it('says that the server cannot be reached', async () => {
  const signIn = createSignIn(noStorage(), async () => {
    throw new TypeError('fetch failed');
  });

  await expect(signIn.join('Ann')).rejects.toMatchObject({
    final: false,
    message: 'The server cannot be reached. Check the connection and try again.',
  });
});

it('asks for nothing more once signed out', async () => {
  const signIn = createSignIn(noStorage(), answers(200, guest('first')), () => NOW);
  await signIn.join('Ann');
  await signIn.signOut();

  expect(signIn.remembered()).toBeUndefined();
  await expect(signIn.token({ reason: 'first' })).rejects.toMatchObject({ final: true });
});

it('ends the tokens on the server with the sign-out', async () => {
  const memory = noStorage();
  memory.write('guest', guest('old'));
  const ask = answers(200, '');

  await createSignIn(memory, ask, () => NOW).signOut();

  expect(memory.read('guest')).toBeUndefined();
  expect(ask.mock.calls).toEqual([
    ['/api/token', expect.objectContaining({ method: 'DELETE', headers: { authorization: 'Bearer old' } })],
  ]);
});

it('says that the server did not confirm a sign-out, and is signed out all the same', async () => {
  const memory = noStorage();
  memory.write('guest', guest('old'));
  const signIn = createSignIn(memory, answers(503, ''), () => NOW);

  await expect(signIn.signOut()).rejects.toMatchObject({ code: 'unavailable' });
  expect(signIn.remembered()).toBeUndefined();
});

it('joins as a new guest when the server takes the old one no more', async () => {
  const memory = noStorage();
  memory.write('guest', guest('old', NOW));
  const refusal = { error: { code: 'forbidden', message: 'This guest signed out.' } };
  const ask = jest
    .fn()
    .mockImplementation((_url: unknown, init: RequestInit) =>
      String(init.body).includes('old') ? answers(403, refusal)('') : answers(200, guest('new'))(''),
    );
  const signIn = createSignIn(memory, ask, () => NOW);

  await expect(signIn.token({ reason: 'first' })).rejects.toMatchObject({ final: true });
  expect((await signIn.join('Ann')).token).toBe('new');
});

it('takes what a browser kept for what it is', () => {
  const memory = createBrowserStorage(() => ({ getItem: () => '{broken' }) as unknown as Storage);

  expect(createSignIn(memory).remembered()).toBeUndefined();
});

it('stays signed out although a renewal was under way when another tab signed out', async () => {
  const memory = noStorage();
  memory.write('guest', guest('old', NOW));
  const signIn = createSignIn(memory, async () => {
    memory.clear();
    return answers(200, guest('new'))('');
  });

  await expect(signIn.token({ reason: 'first' })).rejects.toMatchObject({ final: true });
  expect(signIn.remembered()).toBeUndefined();
});
