import type { Charge, ChargeResult } from '../ports/charge';
import type { Connection } from '../ports/connectionStore';
import type { ChatContext, SendQuotaContext } from '../ports/contexts';
import type { RetryAfterCache } from '../ports/retryAfterCache';
import type { Settings } from '../ports/settings';
import { Unavailable } from '../ports/unavailable';
import type { User } from '../protocol';
import type { RateLimited } from '../protocol/errorReplies';
import { settleAll } from '../util/settleAll';
import { createCharge, sendRate } from './tokenBucket';

type Meter = Pick<ChatContext, 'settings'> & SendQuotaContext;

/**
 * Charges a send to its connection and to its user at the same time. A send that its connection refuses costs the user
 * no token: a refused connection must not silence the others. A send that the user's bucket refuses still costs the
 * connection a token, which affects no other connection.
 */
export async function chargeSend(
  context: Pick<ChatContext, 'connections'> & Meter,
  { id, user }: Connection,
  room: string,
  now: number,
): Promise<ChargeResult> {
  const { retryAfterCache, connections, settings } = context;
  const waitMs = Math.max(
    retryAfterCache.remainingMs(connectionKey(id), now),
    retryAfterCache.remainingMs(userKey(user), now),
  );
  if (waitMs > 0) return { kind: 'rateLimited', retryAfterMs: waitMs };

  const own = createCharge('sends', sendRate(settings.sendsPerSecond), now);
  const [ofConnection, ofUser] = await settleAll(
    connections.charge(id, room, own, now + settings.leaseMs),
    chargeUser(context, user, now),
  );
  if (ofConnection === 'ok') return ofUser;
  if (ofUser === 'ok') await refundUser(context, user, now);
  if (ofConnection.kind === 'rateLimited')
    recordRefusal(retryAfterCache, connectionKey(id), ofConnection, now);
  const isUsersLonger =
    ofUser !== 'ok' && ofConnection.kind === 'rateLimited' && ofUser.retryAfterMs > ofConnection.retryAfterMs;
  return isUsersLonger ? ofUser : ofConnection;
}

/** Charges a message to its user, whatever it comes over. */
export async function chargeUser(context: Meter, user: User, now: number): Promise<'ok' | RateLimited> {
  const { sendQuotas, retryAfterCache, settings } = context;
  const waitMs = retryAfterCache.remainingMs(userKey(user), now);
  if (waitMs > 0) return { kind: 'rateLimited', retryAfterMs: waitMs };

  const charged = await sendQuotas.charge(user.id, usersCharge(settings, now));
  if (charged !== 'ok') recordRefusal(retryAfterCache, userKey(user), charged, now);
  return charged;
}

/**
 * Takes back what a user was charged for a message that is refused for another reason. Where that fails it costs the
 * user a message: it must not stand in the place of the refusal.
 */
export async function refundUser({ sendQuotas, settings }: Meter, user: User, now: number): Promise<void> {
  try {
    await sendQuotas.refund(user.id, usersCharge(settings, now));
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
  }
}

function recordRefusal(
  cache: RetryAfterCache,
  who: string,
  { retryAfterMs, contended }: RateLimited,
  now: number,
): void {
  if (!contended) cache.record(who, retryAfterMs, now);
}

function usersCharge({ userSendsPerSecond }: Settings, now: number): Charge {
  return createCharge('sends', sendRate(userSendsPerSecond), now);
}

function connectionKey(id: string): string {
  return `connection ${id}`;
}

function userKey({ id }: User): string {
  return `user ${id}`;
}
