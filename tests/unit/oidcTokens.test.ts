import { createServer } from 'node:http';
import { exportJWK, exportPKCS8, exportSPKI, generateKeyPair, importPKCS8, type JWK, SignJWT } from 'jose';
import { createOidcVerifier } from '../../lib/auth/oidcTokens';
import { Unavailable } from '../../lib/ports/unavailable';
import { type Listening, listen } from '../../local/util/listen';
import { NOW } from './harness';

type Key = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

let server: Listening;
let url = '';
let served: { keys: JWK[] } = { keys: [] };
let status = 200;
let fetches = 0;
let rsa: { privateKey: Key; publicKey: Key };
let ec: { privateKey: Key; publicKey: Key };
let stranger: { privateKey: Key; publicKey: Key };
let publicKeys: JWK[];

const jwkOf = async (key: Key, kid: string, alg: string): Promise<JWK> => ({
  ...(await exportJWK(key)),
  kid,
  alg,
});

beforeAll(async () => {
  const answering = createServer((_request, response) => {
    fetches++;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(served));
  });
  server = await listen(answering);
  url = `http://127.0.0.1:${server.port}/jwks.json`;
  rsa = await generateKeyPair('RS256', { extractable: true });
  ec = await generateKeyPair('ES256', { extractable: true });
  stranger = await generateKeyPair('RS256', { extractable: true });
  publicKeys = [await jwkOf(rsa.publicKey, 'rsa-1', 'RS256'), await jwkOf(ec.publicKey, 'ec-1', 'ES256')];
});
afterAll(async () => {
  await server.stop();
});
beforeEach(() => {
  jest.useFakeTimers({
    now: NOW,
    doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'clearTimeout', 'queueMicrotask', 'performance'],
  });
  served = { keys: publicKeys };
  status = 200;
  fetches = 0;
});
afterEach(() => jest.useRealTimers());

const issuer = 'https://issuer.example.com/pool';
const audience = 'edge-chat';
const seconds = NOW / 1000;
const claims: Record<string, unknown> = {
  iss: issuer,
  aud: audience,
  sub: 'ann',
  name: 'Ann',
  exp: seconds + 3600,
};

const verifier = () =>
  createOidcVerifier({
    issuer,
    audience,
    clients: [audience, 'mobile'],
    jwksUrl: url,
    roomsClaim: 'rooms',
    roleClaim: 'role',
  });

const sign = (
  given: Record<string, unknown> = {},
  { key = rsa.privateKey, ...header }: { key?: Key | Uint8Array; [field: string]: unknown } = {},
) =>
  new SignJWT({ ...claims, ...given })
    .setProtectedHeader({ alg: 'RS256', kid: 'rsa-1', ...header })
    .sign(key);

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const unsigned = (header: object, payload: object = claims) => `${encode(header)}.${encode(payload)}.`;

const textOf = (text: string) => new TextEncoder().encode(text);

describe('a token holds', () => {
  it.each<[string, () => Promise<string>]>([
    ['by RS256', () => sign()],
    ['by ES256', () => sign({}, { key: ec.privateKey, alg: 'ES256', kid: 'ec-1' })],
    ['for several audiences', () => sign({ aud: ['another', audience] })],
    ['of the usual type', () => sign({}, { typ: 'JWT' })],
    ['of the type of access tokens', () => sign({}, { typ: 'at+jwt' })],
    ['issued to the audience', () => sign({ azp: audience })],
    ['issued to another client that counts', () => sign({ azp: 'mobile' })],
    ['an access token for a client that counts', () => sign({ client_id: 'mobile' })],
    ['for a few seconds longer, as clocks differ', () => sign({ exp: seconds - 4 })],
  ])('%s', async (_name, make) => {
    expect(await verifier()(await make())).toMatchObject({ user: { id: 'ann', name: 'Ann' } });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['its name', { name: 'Ann B.' }, 'Ann B.'],
    ['its user name, without a name', { name: undefined, preferred_username: 'annb' }, 'annb'],
    ['its user name, with an impossible name', { name: 'Ann\n', preferred_username: 'annb' }, 'Ann'],
    ['its user name, with a name too long', { name: 'x'.repeat(65), preferred_username: 'annb' }, 'annb'],
    ['its subject, with neither', { name: undefined }, 'ann'],
    ['its subject cut to size', { name: undefined, sub: 's'.repeat(128) }, 's'.repeat(64)],
  ])('and tells %s', async (_name, given, expected) => {
    expect(await verifier()(await sign(given))).toMatchObject({
      user: { name: expected },
      expiresAt: NOW + 3_600_000,
    });
  });
});

it.each<[string, unknown, string | undefined]>([
  ['what it says', 'lobby:r ops.*:rwm', 'lobby:r ops.*:rwm'],
  ['what it lists', ['lobby:r', 'ops.*:rwm'], 'lobby:r ops.*:rwm'],
  ['nothing, when it says so', '', '*:-'],
  ['what is usual, when it says nothing', undefined, undefined],
])('a token allows %s', async (_name, rooms, expected) => {
  expect((await verifier()(await sign({ rooms })))?.permissions).toBe(expected);
});

it.each<[string, unknown, string | undefined]>([
  ['what it says', 'moderator', 'moderator'],
  ['nothing, when it says nothing', undefined, undefined],
  ['nothing, when the claim is no role', ['moderator'], undefined],
])('a token tells as the role of its user %s', async (_name, role, expected) => {
  const { user } = (await verifier()(await sign({ role }))) ?? {};

  expect(user).toEqual({ id: 'ann', name: 'Ann', ...(expected !== undefined && { role: expected }) });
});

it('no token tells a role where the stack names no claim', async () => {
  const withoutRoles = createOidcVerifier({
    ...{ issuer, audience, clients: [], jwksUrl: url, roomsClaim: 'rooms', roleClaim: undefined },
  });

  const { user } = (await withoutRoles(await sign({ role: 'moderator' }))) ?? {};

  expect(user).toEqual({ id: 'ann', name: 'Ann' });
});

it.each<[string, () => string | Promise<string>]>([
  ['no algorithm', () => unsigned({ alg: 'none', kid: 'rsa-1' })],
  ['no algorithm, in capitals', () => unsigned({ alg: 'NONE', kid: 'rsa-1' })],
  ['no algorithm named', () => unsigned({ kid: 'rsa-1' })],
  [
    'our public key as a shared secret',
    async () => sign({}, { key: textOf(await exportSPKI(rsa.publicKey)), alg: 'HS256' }),
  ],
  [
    'our modulus as a shared secret',
    async () => sign({}, { key: textOf(String(publicKeys[0]?.n)), alg: 'HS256' }),
  ],
  ['an empty shared secret', () => `${encode({ alg: 'HS256', kid: 'rsa-1' })}.${encode(claims)}.`],
  [
    'an algorithm we do not take',
    async () => {
      const key = await importPKCS8(await exportPKCS8(rsa.privateKey), 'RS512');
      return sign({}, { key, alg: 'RS512' });
    },
  ],
  ['another issuer', () => sign({ iss: 'https://evil.example.com' })],
  ['our issuer and a slash', () => sign({ iss: `${issuer}/` })],
  ['the beginning of our issuer', () => sign({ iss: 'https://issuer.example.com' })],
  ['a list of issuers', () => sign({ iss: [issuer] })],
  ['no issuer', () => sign({ iss: undefined })],
  ['another audience', () => sign({ aud: 'another' })],
  ['no audience', () => sign({ aud: undefined })],
  ['other audiences', () => sign({ aud: ['another', 'edge-chat2'] })],
  ['its time over', () => sign({ exp: seconds - 6 })],
  ['an end that is no number', () => sign({ exp: 'tomorrow' })],
  ['no end', () => sign({ exp: undefined })],
  ['its time to come', () => sign({ nbf: seconds + 60 })],
  ['a key that is not there', () => sign({}, { kid: 'rsa-2' })],
  ['a stranger’s signature and our key’s name', () => sign({}, { key: stranger.privateKey })],
  ['the name of a key of another kind', () => sign({}, { kid: 'ec-1' })],
  ['a path as the name of its key', () => sign({}, { kid: '../../dev/null' })],
  ['a query as the name of its key', () => sign({}, { kid: "' UNION SELECT 'x" })],
  [
    'a stranger’s key in its header',
    async () =>
      sign({}, { key: stranger.privateKey, jwk: await exportJWK(stranger.publicKey), kid: 'rsa-1' }),
  ],
  ['a stranger’s certificate in its header', () => sign({}, { key: stranger.privateKey, x5c: ['AAAA'] })],
  [
    'the address of a stranger’s keys in its header',
    () => sign({}, { key: stranger.privateKey, jku: 'https://evil.example.com/jwks.json' }),
  ],
  [
    'a critical extension we do not know',
    async () => {
      const [, payload, signature] = (await sign()).split('.');
      return `${encode({ alg: 'RS256', kid: 'rsa-1', crit: ['x'], x: 1 })}.${payload}.${signature}`;
    },
  ],
  [
    'other claims than were signed',
    async () => {
      const [header, , signature] = (await sign()).split('.');
      return `${header}.${encode({ ...claims, sub: 'bob' })}.${signature}`;
    },
  ],
  ['no signature', async () => (await sign()).replace(/[^.]+$/, '')],
  ['half its signature', async () => (await sign()).slice(0, -100)],
  ['two parts', async () => (await sign()).split('.').slice(0, 2).join('.')],
  ['five parts', () => 'e30.e30.e30.e30.e30'],
  ['what is no base64', () => '!.!.!'],
  ['nothing', () => ''],
  ['the type of a logout token', () => sign({}, { typ: 'logout+jwt' })],
  ['a type that is no text', () => sign({}, { typ: 7 })],
  ['another client that it was issued to', () => sign({ azp: 'another' })],
  ['another client that its access token names', () => sign({ client_id: 'another' })],
  ['two clients that it was issued to', () => sign({ azp: [audience] })],
  ['no subject', () => sign({ sub: undefined })],
  ['a subject that is a number', () => sign({ sub: 7 })],
  ['a subject that is a list', () => sign({ sub: ['ann'] })],
  ['an empty subject', () => sign({ sub: '' })],
  ['a guest’s subject', () => sign({ sub: 'guest:ann' })],
  ['a subject of two lines', () => sign({ sub: 'ann\nbob' })],
  ['a claim of rooms nobody can read', () => sign({ rooms: { lobby: 'r' } })],
  ['a claim of rooms of which a part is no grant', () => sign({ rooms: 'lobby:r news' })],
  ['a subject of 129 characters', () => sign({ sub: 's'.repeat(129) })],
])('a token does not hold with %s', async (_name, make) => {
  expect(await verifier()(await make())).toBeUndefined();
});

describe('the provider’s keys', () => {
  it('are fetched once for many tokens', async () => {
    const verify = verifier();
    const token = await sign();

    await Promise.all(Array.from({ length: 50 }, () => verify(token)));

    expect(fetches).toBe(1);
  });

  it('are not fetched for every token of an unknown key, and good tokens pass meanwhile', async () => {
    const verify = verifier();
    const header = (kid: string) => encode({ alg: 'RS256', kid });
    const [, payload, signature] = (await sign()).split('.');

    const flood = Array.from({ length: 1_000 }, (_, i) =>
      verify(`${header(`k-${i}`)}.${payload}.${signature}`),
    );

    expect(await Promise.all(flood)).toEqual(Array(1_000).fill(undefined));
    expect(await verify(await sign())).toBeDefined();
    expect(fetches).toBeLessThanOrEqual(2);
  });

  it('are taken when they are new, ten seconds after the last look at the latest', async () => {
    const verify = verifier();
    expect(await verify(await sign())).toBeDefined();
    served = { keys: [...publicKeys, await jwkOf(stranger.publicKey, 'rsa-2', 'RS256')] };
    const token = await sign({}, { key: stranger.privateKey, kid: 'rsa-2' });

    expect(await verify(token)).toBeUndefined();
    jest.setSystemTime(NOW + 10_001);
    expect(await verify(token)).toBeDefined();
    expect(fetches).toBe(2);
  });

  it('that have been withdrawn are no longer taken once they were read again', async () => {
    const verify = verifier();
    const token = await sign();
    expect(await verify(token)).toBeDefined();
    served = { keys: [] };
    jest.setSystemTime(NOW + 11 * 60_000);

    expect(await verify(token)).toBeUndefined();
  });

  it('are looked for ten seconds after a flood of unknown ones, and the old ones hold throughout', async () => {
    const verify = verifier();
    const [, payload, signature] = (await sign()).split('.');
    const rotated = await sign({}, { key: stranger.privateKey, kid: 'rsa-2' });
    expect(await verify(await sign())).toBeDefined();
    jest.setSystemTime(NOW + 10_000);

    for (let i = 0; i < 1_000; i++)
      await verify(`${encode({ alg: 'RS256', kid: `k-${i}` })}.${payload}.${signature}`);
    served = { keys: [...publicKeys, await jwkOf(stranger.publicKey, 'rsa-2', 'RS256')] };
    expect(await verify(await sign())).toBeDefined();
    jest.setSystemTime(NOW + 20_000);

    expect(await verify(rotated)).toBeDefined();
    expect(await verify(await sign())).toBeDefined();
    expect(fetches).toBe(3);
  });

  it.each([500, 503, 404, 302])('answered with %s are a failure, not a bad token', async (answered) => {
    status = answered;

    await expect(verifier()(await sign())).rejects.toThrow(Unavailable);
  });

  it('answered with something else are a failure, not a bad token', async () => {
    served = { keys: 'none' } as unknown as typeof served;

    await expect(verifier()(await sign())).rejects.toThrow(Unavailable);
  });

  it('are read up to 256 KB', async () => {
    const padded = (length: number) => ({ keys: publicKeys, more: ' '.repeat(length) });
    served = padded(200 * 1024);
    expect(await verifier()(await sign())).toBeDefined();
    served = padded(256 * 1024);

    await expect(verifier()(await sign())).rejects.toThrow(Unavailable);
  });

  it('that cannot be read again are used for another hour, and looked for once in ten seconds', async () => {
    const verify = verifier();
    const token = await sign({ exp: seconds + 3 * 3600 });
    expect(await verify(token)).toBeDefined();
    status = 500;

    for (let second = 0; second < 60; second++) {
      jest.setSystemTime(NOW + 11 * 60_000 + second * 1000);
      expect(await verify(token)).toBeDefined();
    }
    expect(fetches).toBe(7);
    jest.setSystemTime(NOW + 61 * 60_000);
    await expect(verify(token)).rejects.toThrow(Unavailable);
    status = 200;
    jest.setSystemTime(NOW + 61 * 60_000 + 1_000);
    expect(await verify(token)).toBeDefined();
  });

  it('that cannot be read again leave it open whether an unknown one is good', async () => {
    const verify = verifier();
    expect(await verify(await sign())).toBeDefined();
    status = 500;
    jest.setSystemTime(NOW + 10_000);

    await expect(verify(await sign({}, { kid: 'rsa-2' }))).rejects.toThrow(Unavailable);
    expect(await verify(await sign())).toBeDefined();
  });

  it('are asked for once a second while none are known', async () => {
    const verify = verifier();
    const token = await sign();
    status = 500;

    for (const at of [0, 100, 900, 1_000, 1_500]) {
      jest.setSystemTime(NOW + at);
      await expect(verify(token)).rejects.toThrow(Unavailable);
    }

    expect(fetches).toBe(2);
  });

  it('that nobody serves are a failure, not a bad token', async () => {
    const nobody = createOidcVerifier({
      issuer,
      audience,
      clients: [audience],
      jwksUrl: 'http://127.0.0.1:9/jwks.json',
      roomsClaim: 'rooms',
      roleClaim: undefined,
    });

    await expect(nobody(await sign())).rejects.toThrow();
  });
});
