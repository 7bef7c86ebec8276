import { leaseMs, retentionMs, sendsPerSecond, userSendsPerSecond } from '../../lib/app/settings';
import { connectionOf, type SocketEvent } from '../../lib/aws/apiGateway/events';
import { parseFanOutJob } from '../../lib/delivery/fanOutJob';
import { errorReply, refusalError } from '../../lib/protocol/errorReplies';
import { isOn, optional, required } from '../../lib/util/environment';
import { settleAll } from '../../lib/util/settleAll';
import { NOW } from './stage';

describe('settings', () => {
  it.each<[string, string | undefined, string | undefined]>([
    ['a value', 'value', 'value'],
    ['a value with white space around it', ' value\n', 'value'],
    ['an empty one', '', undefined],
    ['a blank one', ' \t', undefined],
    ['none', undefined, undefined],
  ])('%s', (_name, given, expected) => {
    const env = { NAME: given };

    expect(optional(env, 'NAME')).toBe(expected);
    if (expected) expect(required(env, 'NAME')).toBe(expected);
    else
      expect(() => required(env, 'NAME')).toThrow(
        'NAME is not set; serverless.yml must pass it to this function.',
      );
  });

  it.each([
    ['on', true],
    ['off', false],
  ])('a switch is %s', (given, expected) => {
    expect(isOn({ GUESTS: given }, 'GUESTS')).toBe(expected);
  });

  it.each(['On', 'true', '1', 'on,off'])('a switch is never %s', (given) => {
    expect(() => isOn({ GUESTS: given }, 'GUESTS')).toThrow('GUESTS must be "on" or "off".');
  });

  it.each<[string, number | undefined]>([
    ['0', undefined],
    ['1', 3_600_000],
    ['1.5', 5_400_000],
    ['720', 2_592_000_000],
  ])('history of %s hours', (given, expected) => {
    expect(retentionMs({ HISTORY_HOURS: given })).toBe(expected);
  });

  it.each(['0.5', '-1', 'forever', 'NaN', 'Infinity'])('history is never of %s hours', (given) => {
    expect(() => retentionMs({ HISTORY_HOURS: given })).toThrow('HISTORY_HOURS must be');
  });

  it('rates and leases have defaults, and are never less than one', () => {
    expect(sendsPerSecond({})).toBe(5);
    expect(sendsPerSecond({ SENDS_PER_SECOND: '20' })).toBe(20);
    expect(userSendsPerSecond({ SENDS_PER_SECOND: '20', USER_SENDS_PER_SECOND: '' })).toBe(40);
    expect(userSendsPerSecond({ SENDS_PER_SECOND: '20', USER_SENDS_PER_SECOND: '25' })).toBe(25);
    expect(leaseMs({})).toBe(90_000);
    expect(leaseMs({ PRESENCE_SECONDS: '900' })).toBe(900_000);
    expect(() => leaseMs({ PRESENCE_SECONDS: 'long' })).toThrow('PRESENCE_SECONDS must be at least 1.');
    expect(() => sendsPerSecond({ SENDS_PER_SECOND: '0' })).toThrow('SENDS_PER_SECOND must be at least 1.');
    expect(() => userSendsPerSecond({ USER_SENDS_PER_SECOND: '0' })).toThrow(
      'USER_SENDS_PER_SECOND must be at least 1.',
    );
  });
});

describe('the sender of an event', () => {
  const event = (authorizer: unknown) =>
    ({ requestContext: { connectionId: 'abc=', authorizer } }) as unknown as SocketEvent;

  it('is who the authorizer let in', () => {
    const authorizer = { user: 'ann', name: 'Ann', expires: String(NOW), rooms: '*:rw', principalId: 'ann' };

    expect(connectionOf(event(authorizer))).toEqual({
      id: 'abc=',
      user: { id: 'ann', name: 'Ann' },
      expiresAt: NOW,
      permissions: '*:rw',
    });
  });

  it.each<[string, unknown]>([
    ['no context', undefined],
    ['an empty one', {}],
    ['no user', { name: 'Ann', expires: '1' }],
    ['no name', { user: 'ann', expires: '1', rooms: '*:rw' }],
    ['no expiry', { user: 'ann', name: 'Ann', rooms: '*:rw' }],
    ['no rights', { user: 'ann', name: 'Ann', expires: '1' }],
    ['an empty user', { user: '', name: 'Ann', expires: '1' }],
  ])('is nobody with %s', (_name, authorizer) => {
    expect(() => connectionOf(event(authorizer))).toThrow('The event carries no authorizer context.');
  });
});

describe('a job', () => {
  it.each<[string, unknown, object]>([
    ['for everyone', { room: 'den', seq: 7 }, { room: 'den', seq: 7 }],
    ['for all but one', { room: 'den', seq: 7, except: 'abc=' }, { room: 'den', seq: 7, except: 'abc=' }],
    ['for some', { room: 'den', seq: 7, only: ['a', 'b'] }, { room: 'den', seq: 7, only: ['a', 'b'] }],
    [
      'with more than it needs',
      { room: 'den', seq: 7, only: ['a', 5], text: 'x' },
      { room: 'den', seq: 7, only: ['a'] },
    ],
  ])('%s', (_name, event, expected) => {
    expect(parseFanOutJob(JSON.parse(JSON.stringify(event)))).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'den'],
    ['a list', ['den', 7]],
    ['no room', { seq: 7 }],
    ['a bad room', { room: 'Den', seq: 7 }],
    ['no seq', { room: 'den' }],
    ['a seq as a text', { room: 'den', seq: '7' }],
    ['a test event', { key1: 'value1' }],
  ])('is not %s', (_name, event) => {
    expect(() => parseFanOutJob(event)).toThrow('A job needs a room and a seq.');
  });
});

describe('settling', () => {
  it('gives the values in their order', async () => {
    expect(await settleAll(Promise.resolve(1), Promise.resolve('b'), Promise.resolve())).toEqual([
      1,
      'b',
      undefined,
    ]);
    expect(await settleAll()).toEqual([]);
  });

  it('throws the first failure, once all the rest has ended', async () => {
    let end = () => {};
    let hasEnded = false;
    const slow = new Promise<void>((resolve) => {
      end = resolve;
    }).then(() => {
      hasEnded = true;
    });

    const settling = settleAll(slow, Promise.reject(new Error('first')), Promise.reject(new Error('second')));
    setImmediate(() => end());

    await expect(settling).rejects.toThrow('first');
    expect(hasEnded).toBe(true);
  });
});

describe('a refusal', () => {
  it.each([
    [{ kind: 'closed' } as const, 'expired'],
    [{ kind: 'expired' } as const, 'expired'],
    [{ kind: 'notMember' } as const, 'notMember'],
    [{ kind: 'tooManyRooms' } as const, 'tooManyRooms'],
    [{ kind: 'rateLimited', retryAfterMs: 7 } as const, 'rateLimited'],
  ])('%j is told as %s, in a sentence that says what to do', (refused, code) => {
    const told = refusalError(refused);

    expect(told.code).toBe(code);
    expect(told.message).toMatch(/^[A-Z].*: .*\.$/);
    expect(told.retryAfterMs).toBe('retryAfterMs' in refused ? 7 : undefined);
  });

  it('names the frame as far as it has a name', () => {
    const { code, message } = refusalError({ kind: 'notMember' });
    const frame = { action: 'sendMessage', room: 'den', id: 'my-own-id', text: 'secret', after: 0 } as const;

    expect(errorReply(frame, { code, message })).toEqual({
      type: 'error',
      code,
      message,
      action: 'sendMessage',
      room: 'den',
      id: 'my-own-id',
    });
    expect(errorReply({ action: 'ping' }, { code, message })).toEqual({
      type: 'error',
      code,
      message,
      action: 'ping',
    });
  });
});
