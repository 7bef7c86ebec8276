import { decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT } from 'jose';
import { signGuestToken, verifyGuestToken, verifyRenewableToken } from '../../lib/auth/guestTokens';
import { ORIGIN_HEADER } from '../../lib/auth/originSecret';
import type { Secret } from '../../lib/auth/secretCache';
import { type GuestTokenContext, issueGuestToken } from '../../lib/http/guestTokenRoute';
import { Unavailable } from '../../lib/ports/unavailable';
import { createInvocationMetrics } from '../../lib/telemetry/invocationMetrics';
import { HOUR, NOW } from './harness';
import { secretOf } from './secretOf';

const DAY = 24 * HOUR;
const key = 'guest-key-'.padEnd(64, 'k');
const oldKey = 'old-guest-key-'.padEnd(64, 'o');

beforeEach(() => {
  jest.useFakeTimers({ now: NOW, doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'queueMicrotask'] });
});
afterEach(() => jest.useRealTimers());

const seconds = NOW / 1000;
const claims = {
  iss: 'edge-chat',
  aud: 'edge-chat',
  sub: 'guest:ann',
  name: 'Ann',
  iat: seconds,
  auth_time: seconds,
  exp: seconds + 3600,
};

const sign = (given: JWTPayload = {}, by = key, alg = 'HS256') =>
  new SignJWT({ ...claims, ...given }).setProtectedHeader({ alg }).sign(new TextEncoder().encode(by));

const unsigned = (header: object, payload: object = claims) =>
  `${[header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;

const renew = async (secret: Secret, name: string, token: string) =>
  signGuestToken(secret, name, 30, await verifyRenewableToken(secret, token));

describe('a guest’s token', () => {
  it('is for an hour, for a new user, and holds', async () => {
    const secret = secretOf([key]);

    const { token, user, expiresAt } = await signGuestToken(secret, 'Ann', 30);

    expect(user).toEqual({ id: expect.stringMatching(/^guest:[A-Za-z0-9_-]{16}$/), name: 'Ann' });
    expect(expiresAt).toBe(NOW + HOUR);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(decodeJwt(token)).toEqual({ ...claims, sub: user.id });
    expect(await verifyGuestToken(secret, token)).toEqual({ user, expiresAt, signedInAt: seconds });
  });

  it('gives no role, whatever it says', async () => {
    const verified = await verifyGuestToken(secretOf([key]), await sign({ role: 'moderator' }));

    expect(verified?.user).toEqual({ id: 'guest:ann', name: 'Ann' });
  });

  it('ends 30 days after the first sign-in, however often it is renewed and under which name', async () => {
    const secret = secretOf([key]);
    const first = await signGuestToken(secret, 'Ann', 30);
    let last = first;
    for (let day = 1; day < 30; day++) {
      jest.setSystemTime(NOW + day * DAY);
      last = await renew(secret, `Ann ${day}`, last.token);
      expect(last.user.id).toBe(first.user.id);
    }

    jest.setSystemTime(NOW + 30 * DAY - HOUR / 2);
    last = await renew(secret, 'Ann', last.token);
    expect(last).toMatchObject({ user: { id: first.user.id }, expiresAt: NOW + 30 * DAY });
    jest.setSystemTime(NOW + 30 * DAY);

    expect((await renew(secret, 'Ann', last.token)).user.id).not.toBe(first.user.id);
  });

  it('is for another user each time', async () => {
    const ids = await Promise.all(
      Array.from({ length: 50 }, async () => (await signGuestToken(secretOf([key]), 'Ann', 30)).user.id),
    );

    expect(new Set(ids).size).toBe(50);
  });

  it.each([
    ['that still holds', 0, true],
    ['of yesterday', DAY, true],
    ['of almost a week ago', 7 * DAY + HOUR - 1_000, true],
    ['of more than a week ago', 7 * DAY + HOUR + 1_000, false],
  ])('keeps the user of one %s', async (_name, later, expected) => {
    const secret = secretOf([key]);
    const first = await signGuestToken(secret, 'Ann', 30);
    jest.setSystemTime(NOW + later);

    const second = await renew(secret, 'Anna', first.token);

    expect(second.user.id === first.user.id).toBe(expected);
    expect(second).toMatchObject({ user: { name: 'Anna' }, expiresAt: NOW + later + HOUR });
  });

  it('keeps the user of one signed before the key was rotated', async () => {
    const first = await signGuestToken(secretOf([oldKey]), 'Ann', 30);

    const second = await renew(secretOf([key, oldKey]), 'Ann', first.token);

    expect(second.user.id).toBe(first.user.id);
    expect(await verifyGuestToken(secretOf([key]), second.token)).toMatchObject({ user: first.user });
  });

  it('gives nobody another’s user for a token that is not ours', async () => {
    const forged = await sign({ sub: 'guest:bob' }, 'x'.repeat(64));

    expect((await renew(secretOf([key]), 'Ann', forged)).user.id).not.toBe('guest:bob');
  });

  it('signed with a key that has only just become the current one holds here, too', async () => {
    const rotated = secretOf([oldKey], [key, oldKey]);

    expect(await verifyGuestToken(rotated, await sign())).toMatchObject({ user: { id: 'guest:ann' } });
  });

  it.each<[string, () => string | Promise<string>]>([
    ['of another key', () => sign({}, 'x'.repeat(64))],
    ['without a signature', () => unsigned({ alg: 'HS256' })],
    ['of no algorithm', () => unsigned({ alg: 'none' })],
    ['of no algorithm, spelled otherwise', () => unsigned({ alg: 'nOnE' })],
    ['of another algorithm', () => sign({}, key, 'HS512')],
    ['of an algorithm with two keys', () => unsigned({ alg: 'RS256' })],
    ['of another issuer', () => sign({ iss: 'https://issuer.example.com' })],
    ['for another audience', () => sign({ aud: 'another' })],
    ['that expired six seconds ago', () => sign({ exp: seconds - 6 })],
    ['that never expires', async () => unsigned({ alg: 'HS256' }, { ...claims, exp: undefined })],
    ['that is not valid yet', () => sign({ nbf: seconds + 60 })],
    ['of a user who is no guest', () => sign({ sub: 'ann' })],
    ['of no user', () => unsigned({ alg: 'HS256' }, { ...claims, sub: undefined })],
    ['of no first sign-in', () => sign({ auth_time: undefined })],
    ['of a first sign-in that is no time', () => sign({ auth_time: 'today' })],
    ['of a user id that is a number', () => sign({ sub: 7 as unknown as string })],
    ['of no name', () => sign({ name: undefined })],
    ['of an impossible name', () => sign({ name: 'Ann\nBob' })],
    ['of a name that is a list', () => sign({ name: ['Ann'] })],
    [
      'that was changed',
      async () =>
        (await sign()).replace(
          /\.[^.]+\./,
          `.${Buffer.from(JSON.stringify({ ...claims, sub: 'guest:bob' })).toString('base64url')}.`,
        ),
    ],
    ['cut short', async () => (await sign()).slice(0, -1)],
    ['of two parts', () => 'e30.e30'],
    ['of five parts', () => 'e30.e30.e30.e30.e30'],
    ['of nothing', () => ''],
    ['of no base64', () => '!!.!!.!!'],
  ])('does not hold: one %s', async (_name, make) => {
    expect(await verifyGuestToken(secretOf([key, oldKey]), await make())).toBeUndefined();
  });

  it('holds a few seconds longer, for clocks that differ', async () => {
    expect(await verifyGuestToken(secretOf([key]), await sign({ exp: seconds - 4 }))).toBeDefined();
  });
});

describe('the token endpoint', () => {
  const context = (given: Partial<GuestTokenContext> = {}): GuestTokenContext => ({
    originSecret: secretOf(['open-sesame']),
    guestKey: secretOf([key]),
    guestDays: 30,
    bans: { findGlobalBan: async () => undefined },
    metrics: createInvocationMetrics(),
    ...given,
  });
  const headers = { [ORIGIN_HEADER]: 'open-sesame' };

  it('gives a guest a token', async () => {
    const reply = await issueGuestToken(context(), headers, '{"name":" Ann "}');

    expect(reply).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
    const { token, user, expiresAt } = JSON.parse(reply.body);
    expect({ user, expiresAt }).toEqual({
      user: { id: expect.stringMatching(/^guest:/), name: 'Ann' },
      expiresAt: NOW + HOUR,
    });
    expect(await verifyGuestToken(secretOf([key]), token)).toMatchObject({ user });
  });

  it.each([
    'DJ \u0418\u0432\u0430\u043d',
    '\u0391\u03b8\u03b7\u03bd\u03b1',
    'José Müller',
    '山田 Taro',
    'محمد',
  ])('takes the name %s', async (name) => {
    expect((await issueGuestToken(context(), headers, JSON.stringify({ name }))).statusCode).toBe(200);
  });

  it('keeps the user of an earlier token, and passes over one that does not hold', async () => {
    const token = await sign();

    const kept = await issueGuestToken(context(), headers, JSON.stringify({ name: 'Anna', token }));
    const other = await issueGuestToken(context(), headers, JSON.stringify({ name: 'Anna', token: 'x' }));

    expect(JSON.parse(kept.body)).toMatchObject({ user: { id: 'guest:ann', name: 'Anna' } });
    expect(other.statusCode).toBe(200);
    expect(JSON.parse(other.body)).not.toMatchObject({ user: { id: 'guest:ann' } });
  });

  it('gives a banned guest the same token back while it is valid, and a guest who signed out none', async () => {
    const token = await sign();
    const body = JSON.stringify({ name: 'Anna', token });
    const banned = { findGlobalBan: async () => ({ until: NOW + DAY }) };
    const ended = { findGlobalBan: async () => ({ until: NOW + DAY, isSignOut: true as const }) };

    const same = await issueGuestToken(context({ bans: banned }), headers, body);
    const none = await issueGuestToken(context({ bans: ended }), headers, body);
    jest.setSystemTime(NOW + 2 * HOUR);
    const late = await issueGuestToken(context({ bans: banned }), headers, body);

    expect(JSON.parse(same.body)).toEqual({
      token,
      user: { id: 'guest:ann', name: 'Ann' },
      expiresAt: NOW + HOUR,
    });
    expect([none, late].map(({ statusCode }) => statusCode)).toEqual([403, 403]);
    expect(none.body).toContain('This guest signed out');
    expect(late.body).toContain('This guest is banned');
  });

  it('says that it cannot look for a sign-out now', async () => {
    const bans = { findGlobalBan: () => Promise.reject(new Unavailable('no answer')) };
    const body = JSON.stringify({ name: 'Ann', token: await sign() });

    expect(await issueGuestToken(context({ bans }), headers, body)).toMatchObject({
      statusCode: 503,
      headers: { 'retry-after': '1' },
    });
  });

  it.each<[string, Partial<GuestTokenContext>, Record<string, string>, string, number, string]>([
    ['not from the edge', {}, {}, '{"name":"Ann"}', 403, 'forbidden'],
    ['with another secret', {}, { [ORIGIN_HEADER]: 'no' }, '{"name":"Ann"}', 403, 'forbidden'],
    ['when guests are off', { guestKey: undefined }, headers, '{"name":"Ann"}', 403, 'forbidden'],
    ['without a body', {}, headers, '', 400, 'badFrame'],
    ['without JSON', {}, headers, 'name=Ann', 400, 'badFrame'],
    ['with a list', {}, headers, '["Ann"]', 400, 'badFrame'],
    ['with null', {}, headers, 'null', 400, 'badFrame'],
    ['without a name', {}, headers, '{}', 400, 'badField'],
    ['with an empty name', {}, headers, '{"name":"  "}', 400, 'badField'],
    ['with a name of 65 characters', {}, headers, JSON.stringify({ name: 'x'.repeat(65) }), 400, 'badField'],
    ['with a name from elsewhere', {}, headers, '{"__proto__":{"name":"Ann"}}', 400, 'badField'],
    ['with a Cyrillic letter in a Latin name', {}, headers, '{"name":"\u0410nn"}', 400, 'badField'],
    ['with a Greek letter in a Latin name', {}, headers, '{"name":"B\u03bfb"}', 400, 'badField'],
    ['with a token that is no text', {}, headers, '{"name":"Ann","token":7}', 400, 'badField'],
    ['with too much', {}, headers, JSON.stringify({ name: 'x'.repeat(9_000) }), 413, 'tooLarge'],
  ])('refuses one %s', async (_name, given, asked, body, statusCode, code) => {
    const reply = await issueGuestToken(context(given), asked, body);

    expect(reply).toMatchObject({ statusCode, headers: { 'cache-control': 'no-store' } });
    expect(JSON.parse(reply.body)).toEqual({
      error: { code, message: expect.stringMatching(/^["A-Z].*\.$/) },
    });
  });
});
