import { createHandshakePolicy } from '../../lib/app/handshakePolicy';
import { authorizeHandshake, type HandshakePolicy } from '../../lib/auth/authorizeHandshake';
import type { Headers } from '../../lib/auth/headers';
import { ORIGIN_HEADER } from '../../lib/auth/originSecret';
import { HOUR, NOW } from './harness';
import { secretOf } from './secretOf';

const asked: string[] = [];

const policy = (given: Partial<HandshakePolicy> = {}): HandshakePolicy => ({
  originSecret: secretOf(['open-sesame']),
  allowedOrigins: new Set(['https://chat.example.com', 'https://d111.cloudfront.net']),
  admitsWithoutOrigin: true,
  async verify(token) {
    asked.push(token);
    return token.startsWith('good')
      ? { user: { id: 'guest:ann', name: 'Ann' }, expiresAt: NOW + HOUR }
      : undefined;
  },
  defaults: { guest: 'lobby:rw', user: '*:rw' },
  now: () => NOW,
  ...given,
});

const headers = {
  [ORIGIN_HEADER]: 'open-sesame',
  origin: 'https://chat.example.com',
  'sec-websocket-protocol': 'chat.v1, bearer.good',
};

/** As API Gateway has them: every header a list. */
const sent = (given: Record<string, string | string[] | undefined>): Headers =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value].flat()]])),
  );

const ann = {
  ok: true,
  user: { id: 'guest:ann', name: 'Ann' },
  expiresAt: NOW + HOUR,
  permissions: 'lobby:rw',
};
const refused = (why: string) => ({ ok: false, why });

beforeEach(() => {
  asked.length = 0;
});

it.each<[string, Record<string, string | string[] | undefined>, object]>([
  ['all it needs', {}, ann],
  ['the other origin', { origin: 'https://d111.cloudfront.net' }, ann],
  ['no origin, as it is no page', { origin: undefined }, ann],
  ['our origin twice', { origin: [headers.origin, headers.origin] }, refused('origin')],
  ['our origin behind another', { origin: ['https://evil.com', headers.origin] }, refused('origin')],
  ['the secret twice', { [ORIGIN_HEADER]: ['open-sesame', 'open-sesame'] }, refused('notFromEdge')],
  ['the secret behind another', { [ORIGIN_HEADER]: ['x', 'open-sesame'] }, refused('notFromEdge')],
  ['an empty secret', { [ORIGIN_HEADER]: '' }, refused('notFromEdge')],
  ['a secret of 500 KB', { [ORIGIN_HEADER]: 'open-sesame'.padEnd(500_000, 'x') }, refused('notFromEdge')],
  ['the subprotocols in a header each', { 'sec-websocket-protocol': ['bearer.good', 'chat.v1'] }, ann],
  ['no secret', { [ORIGIN_HEADER]: undefined }, refused('notFromEdge')],
  ['another secret', { [ORIGIN_HEADER]: 'open-sesame!' }, refused('notFromEdge')],
  ['an empty origin', { origin: '' }, refused('origin')],
  ['the origin "null"', { origin: 'null' }, refused('origin')],
  [
    'our origin as the beginning of another',
    { origin: 'https://chat.example.com.evil.com' },
    refused('origin'),
  ],
  ['our origin as the end of another', { origin: 'https://evil-chat.example.com' }, refused('origin')],
  ['a domain below ours', { origin: 'https://a.chat.example.com' }, refused('origin')],
  ['the domain above ours', { origin: 'https://example.com' }, refused('origin')],
  ['our origin in capitals', { origin: 'https://CHAT.example.com' }, refused('origin')],
  ['our origin by http', { origin: 'http://chat.example.com' }, refused('origin')],
  ['our origin with its port', { origin: 'https://chat.example.com:443' }, refused('origin')],
  ['our origin with another port', { origin: 'https://chat.example.com:8443' }, refused('origin')],
  ['our origin with a slash', { origin: 'https://chat.example.com/' }, refused('origin')],
  ['our origin with a dot', { origin: 'https://chat.example.com.' }, refused('origin')],
  ['our origin with a user', { origin: 'https://chat.example.com@evil.com' }, refused('origin')],
  ['our origin with white space', { origin: ' https://chat.example.com' }, refused('origin')],
  ['two origins', { origin: 'https://chat.example.com, https://evil.com' }, refused('origin')],
  ['both of ours', { origin: 'https://chat.example.com,https://d111.cloudfront.net' }, refused('origin')],
  ['our origin from within a file', { origin: 'file://chat.example.com' }, refused('origin')],
  ['what every object has', { origin: 'constructor' }, refused('origin')],
  ['the subprotocols without a space', { 'sec-websocket-protocol': 'chat.v1,bearer.good' }, ann],
  ['the token first', { 'sec-websocket-protocol': 'bearer.good, chat.v1' }, ann],
  ['other subprotocols beside', { 'sec-websocket-protocol': 'mqtt, chat.v1 ,chat.v2, bearer.good' }, ann],
  ['no subprotocol', { 'sec-websocket-protocol': undefined }, refused('subprotocol')],
  ['another subprotocol', { 'sec-websocket-protocol': 'chat.v2, bearer.good' }, refused('subprotocol')],
  [
    'our subprotocol in capitals',
    { 'sec-websocket-protocol': 'CHAT.V1, bearer.good' },
    refused('subprotocol'),
  ],
  ['a session', { 'sec-websocket-protocol': 'chat.v1, session.a-session, bearer.good' }, ann],
  [
    'a session that is too short',
    { 'sec-websocket-protocol': 'chat.v1, session.short, bearer.good' },
    refused('subprotocol'),
  ],
  [
    'two sessions',
    { 'sec-websocket-protocol': 'chat.v1, session.a-session, session.b-session, bearer.good' },
    refused('subprotocol'),
  ],
  ['no token', { 'sec-websocket-protocol': 'chat.v1' }, refused('token')],
  ['semicolons', { 'sec-websocket-protocol': 'chat.v1; bearer.good' }, refused('subprotocol')],
  ['a space for the dot', { 'sec-websocket-protocol': 'chat.v1, bearer good' }, refused('token')],
  ['an empty token', { 'sec-websocket-protocol': 'chat.v1, bearer.' }, refused('token')],
  ['a token that does not hold', { 'sec-websocket-protocol': 'chat.v1, bearer.bad' }, refused('token')],
  [
    'a bad token behind a good one',
    { 'sec-websocket-protocol': 'chat.v1, bearer.good, bearer.bad' },
    refused('token'),
  ],
  [
    'two tokens in a header each',
    { 'sec-websocket-protocol': ['chat.v1, bearer.good', 'bearer.bad'] },
    refused('token'),
  ],
  [
    'a good token behind a bad one',
    { 'sec-websocket-protocol': 'chat.v1, bearer.bad, bearer.good' },
    refused('token'),
  ],
])('a handshake with %s', async (_name, changed, expected) => {
  expect(await authorizeHandshake(policy(), sent({ ...headers, ...changed }))).toEqual(expected);
});

it('reads header names in any case, as they come from API Gateway', async () => {
  const capitals = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
  );

  expect(await authorizeHandshake(policy(), sent(capitals))).toEqual(ann);
  expect(await authorizeHandshake(policy(), sent({ ...capitals, ORIGIN: 'https://evil.com' }))).toEqual(
    refused('origin'),
  );
});

it.each([
  [4_096, 1],
  [4_097, 0],
  [500_000, 0],
])('a token of %s characters is looked at %s times', async (length, times) => {
  const token = 'x'.repeat(length);

  await authorizeHandshake(
    policy(),
    sent({ ...headers, 'sec-websocket-protocol': `chat.v1, bearer.${token}` }),
  );

  expect(asked).toHaveLength(times);
});

it('lets nobody in without an origin, where that is switched off', async () => {
  const strict = policy({ admitsWithoutOrigin: false });

  expect(await authorizeHandshake(strict, sent({ ...headers, origin: undefined }))).toEqual(
    refused('origin'),
  );
  expect(await authorizeHandshake(strict, sent(headers))).toEqual(ann);
});

it('reads the secret before anything else, and nothing besides when it is not from the edge', async () => {
  const unread = { values: () => Promise.reject(new Error('read')), reread: async () => [] };

  expect(await authorizeHandshake(policy({ originSecret: unread }), {})).toEqual(refused('notFromEdge'));
});

it('looks at no token of a request that is not from the edge, or of another page', async () => {
  await authorizeHandshake(policy(), sent({ ...headers, [ORIGIN_HEADER]: 'no' }));
  await authorizeHandshake(policy(), sent({ ...headers, origin: 'https://evil.com' }));

  expect(asked).toEqual([]);
});

it.each([
  ['its token, when that is sooner', HOUR, HOUR],
  ['the longest there is, when its token is later', 10 * HOUR, 2 * HOUR],
])('lets a connection last as long as %s', async (_name, lasts, expected) => {
  const verify = async () => ({ user: { id: 'ann', name: 'Ann' }, expiresAt: NOW + lasts });

  expect(await authorizeHandshake(policy({ verify }), sent(headers))).toMatchObject({
    expiresAt: NOW + expected,
  });
});

it.each([
  ['a guest', 'guest:ann', undefined, 'lobby:rw'],
  ['a user', 'ann', undefined, '*:rw'],
  ['a user whose token says so', 'ann', 'news:r', 'news:r'],
])('gives %s the permissions there are', async (_name, id, permissions, expected) => {
  const verify = async () => ({
    user: { id, name: 'Ann' },
    expiresAt: NOW + HOUR,
    ...(permissions !== undefined && { permissions }),
  });

  expect(await authorizeHandshake(policy({ verify }), sent(headers))).toMatchObject({
    permissions: expected,
  });
});

it('does not take a failure to verify for a bad token', async () => {
  const verify = () => Promise.reject(new TypeError('fetch failed'));

  await expect(authorizeHandshake(policy({ verify }), sent(headers))).rejects.toThrow('fetch failed');
});

describe('the policy of an environment', () => {
  const env = {
    ORIGIN_SECRET_ARN: 'arn:aws:secretsmanager:eu-west-1:1:secret:origin',
    ALLOWED_ORIGINS: 'https://chat.example.com,https://d111.cloudfront.net',
    GUESTS: 'off',
    CLIENTS_WITHOUT_ORIGIN: 'on',
    GUEST_ROOMS: '*:rw',
    USER_ROOMS: '*:rw news:r',
    AWS_REGION: 'eu-west-1',
  };

  it('allows its origins', () => {
    expect([...createHandshakePolicy(env).allowedOrigins]).toEqual([
      'https://chat.example.com',
      'https://d111.cloudfront.net',
    ]);
  });

  it.each([
    'ORIGIN_SECRET_ARN',
    'ALLOWED_ORIGINS',
    'CLIENTS_WITHOUT_ORIGIN',
    'GUESTS',
    'GUEST_ROOMS',
    'USER_ROOMS',
  ])('does not start without %s', (name) => {
    expect(() => createHandshakePolicy({ ...env, [name]: '' })).toThrow(`${name} is not set`);
  });

  it.each([
    ['guests', { GUESTS: 'on' }, 'GUEST_KEY_ARN'],
    ['a provider and no audience', { OIDC_ISSUER: 'https://issuer.example.com' }, 'OIDC_AUDIENCE'],
    [
      'a provider and no keys',
      { OIDC_ISSUER: 'https://issuer.example.com', OIDC_AUDIENCE: 'edge-chat' },
      'OIDC_JWKS_URL',
    ],
  ])('does not start with %s', (_name, given, missing) => {
    expect(() => createHandshakePolicy({ ...env, ...given })).toThrow(`${missing} is not set`);
  });

  it('reads what those may do whose tokens do not say', () => {
    expect(createHandshakePolicy(env).defaults).toEqual({ guest: '*:rw', user: '*:rw news:r' });
    expect(() => createHandshakePolicy({ ...env, GUEST_ROOMS: 'everything' })).toThrow(
      'GUEST_ROOMS must be grants',
    );
  });

  it('lets nobody in who is neither a guest nor known to a provider', async () => {
    const { verify } = createHandshakePolicy(env);
    const claims = Buffer.from('{"iss":"edge-chat","sub":"guest:ann"}').toString('base64url');

    expect(await verify(`e30.${claims}.c2ln`)).toBeUndefined();
    expect(await verify('no token at all')).toBeUndefined();
    expect(await verify('')).toBeUndefined();
  });
});
