import { errorReply, refusalError } from '../../lib/protocol/errorReplies';

describe('a refusal', () => {
  it.each([
    [{ kind: 'closed' } as const, 'expired'],
    [{ kind: 'expired' } as const, 'expired'],
    [{ kind: 'notMember' } as const, 'notMember'],
    [{ kind: 'tooManyRooms' } as const, 'tooManyRooms'],
    [{ kind: 'tooManyConnections' } as const, 'tooManyConnections'],
    [{ kind: 'bannedEverywhere', until: 9 } as const, 'banned'],
    [{ kind: 'rateLimited', retryAfterMs: 7 } as const, 'rateLimited'],
  ])('%j is told as %s, in a sentence that says what to do', (refused, code) => {
    const told = refusalError(refused);

    expect(told.code).toBe(code);
    expect(told.message).toMatch(/^[A-Z].*: .*\.$/);
    expect(told.until).toBe('until' in refused ? 9 : undefined);
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
