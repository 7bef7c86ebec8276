import type { Connection } from '../ports/connectionStore';
import type { ChatContext, SendQuotaContext } from '../ports/contexts';
import type { RetryAfterCache } from '../ports/retryAfterCache';
import type { Charge, ChargeResult } from '../ports/tokenBucketCharge';
import type { Content, User } from '../protocol';
import { byteLength } from '../protocol/byteLength';
import type { RateLimited } from '../protocol/errorReplies';
import { createCharge, sendRate } from './tokenBucket';

type Meter = Pick<ChatContext, 'settings'> & SendQuotaContext;

/**
 * Charges a send to its connection, then to its user. A send that its connection refuses costs the user no token: a
 * refused connection must not silence the others. A send that the user's bucket refuses still costs the connection a
 * token, which affects no other connection.
 */
export async function chargeSend(
  context: Pick<ChatContext, 'connections'> & Meter,
  { id, user }: Connection,
  message: { room: string } & Partial<Content>,
  now: number,
): Promise<ChargeResult> {
  const { retryAfterCache, connections, settings } = context;
  const waitMs = Math.max(
    retryAfterCache.remainingMs(connectionKey(id), now),
    retryAfterCache.remainingMs(userKey(user), now),
  );
  if (waitMs > 0) return { kind: 'rateLimited', retryAfterMs: waitMs };

  const tokens = tokensFor(message);
  const charge = createCharge('sends', sendRate(settings.sendsPerSecond), now, tokens);
  const charged = await connections.charge(id, message.room, charge, now + settings.leaseMs);
  if (charged === 'ok') return chargeUser(context, user, message, now);
  if (charged.kind === 'rateLimited')
    recordRefusal(retryAfterCache, connectionKey(id), charged, charge, tokens);
  return charged;
}

/** Charges a message or a change to its user, by socket or by HTTP. */
export async function chargeUser(
  context: Meter,
  user: User,
  message: { room: string } & Partial<Content>,
  now: number,
): Promise<'ok' | RateLimited> {
  const { sendQuotas, retryAfterCache, settings } = context;
  const waitMs = retryAfterCache.remainingMs(userKey(user), now);
  if (waitMs > 0) return { kind: 'rateLimited', retryAfterMs: waitMs };

  const tokens = tokensFor(message);
  const charge = createCharge('sends', sendRate(settings.userSendsPerSecond), now, tokens);
  const charged = await sendQuotas.charge(user.id, charge);
  if (charged !== 'ok') recordRefusal(retryAfterCache, userKey(user), charged, charge, tokens);
  return charged;
}

/**
 * Gives the tokens that words cost, as their row costs the database: a row is written by the kilobyte, once with its
 * words and once with its expiry, and two buckets are charged besides.
 */
function tokensFor({ text = '', data, mentions }: Partial<Content>): number {
  const bytes = byteLength(text + [data, mentions].map((value) => JSON.stringify(value) ?? '').join(''));
  return (1 + Math.max(1, Math.ceil(bytes / 1024))) / 2;
}

/** Records how long the shortest message has to wait: a long one, which is refused, may leave tokens for it. */
function recordRefusal(
  cache: RetryAfterCache,
  who: string,
  { retryAfterMs, contended }: RateLimited,
  { now, costMs }: Charge,
  tokens: number,
): void {
  const waitMs = retryAfterMs - (costMs - costMs / tokens);
  if (!contended && waitMs > 0) cache.record(who, waitMs, now);
}

function connectionKey(id: string): string {
  return `connection ${id}`;
}

function userKey({ id }: User): string {
  return `user ${id}`;
}
