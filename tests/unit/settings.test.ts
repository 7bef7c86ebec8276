import {
  connectionsPerUser,
  editMs,
  guestDays,
  leaseMs,
  retentionMs,
  sendsPerSecond,
  userSendsPerSecond,
} from '../../lib/app/settings';

describe('settings', () => {
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

  it('edits may be switched off, connections are whole, and the days of a guest must be given', () => {
    expect(editMs({ EDIT_MINUTES: '0' })).toBe(0);
    expect(() => editMs({ EDIT_MINUTES: '-1' })).toThrow('EDIT_MINUTES must be at least 0.');
    expect(() => connectionsPerUser({ CONNECTIONS_PER_USER: '1.5' })).toThrow('must be a whole number.');
    expect(() => guestDays({})).toThrow('GUEST_DAYS is not set');
  });
});
