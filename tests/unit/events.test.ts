import { connectionOf, type SocketEvent } from '../../lib/aws/apiGateway/events';
import { NOW } from './harness';

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

  it('has the role that the authorizer gave', () => {
    const authorizer = { user: 'ann', name: 'Ann', role: 'Löwe', expires: String(NOW), rooms: '*:rw' };

    expect(connectionOf(event(authorizer)).user).toEqual({ id: 'ann', name: 'Ann', role: 'Löwe' });
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
