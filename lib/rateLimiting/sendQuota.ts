import type { Connection } from '../ports/connectionStore';
import type { ChatContext, SendQuotaContext } from '../ports/contexts';
import type { RetryAfterCache } from '../ports/retryAfterCache';
import type { Settings } from '../ports/settings';
import type { Charge, ChargeResult, Judge } from '../ports/tokenBucketCharge';
import type { Content, User } from '../protocol';
import { byteLength } from '../protocol/byteLength';
import { judged, type RateLimited, type Refusal, refusalError } from '../protocol/errorReplies';
import { createCharge, sendRate } from './tokenBucket';

type CacheContext = Pick<ChatContext, 'unitQuota'> & SendQuotaContext;
type UserQuotaContext = Pick<ChatContext, 'sendQuotas' | 'unitQuota'> &
  SendQuotaContext & { settings: Pick<Settings, 'userSendsPerSecond'> };
type QuotaContext = UserQuotaContext & Pick<ChatContext, 'settings'>;

/** What the price of a send depends on: a change without words costs as much as a short message. */
type Words = Partial<Content> & { files?: readonly string[] };

/**
 * Charges a send to its connection, then to its user, unless it is judged otherwise. A send that its connection refuses
 * costs the user no token: a refused connection must not silence the others. A send that the user's bucket refuses may
 * still cost the connection a token, which affects no other connection.
 */
export async function chargeSend(
  context: Pick<ChatContext, 'connections'> & QuotaContext,
  { id, user }: Connection,
  message: { room: string } & Words,
  now: number,
  judge: () => Promise<Refusal | undefined>,
): Promise<ChargeResult> {
  const { retryAfterCache, connections, sendQuotas, settings } = context;
  const cached = cachedRefusal(context, user, [connectionKey(id), userKey(user)], now);
  if (cached) return cached;

  const tokens = tokensFor(message);
  const charge = createCharge(sendRate(settings.sendsPerSecond), now, tokens);
  let userCharge = createCharge(sendRate(settings.userSendsPerSecond), now, tokens);
  const until = now + settings.leaseMs;
  const charged = await connections.charge(id, message.room, charge, until, async (isTight) => {
    const refused = await judge();
    if (refused || !isTight) return refused;
    const foreseen = await sendQuotas.foresee(user.id, userCharge);
    if ('way' in foreseen) userCharge = { ...userCharge, ...foreseen };
    else recordRefusal(retryAfterCache, userKey(user), foreseen, userCharge, tokens);
    return 'way' in foreseen ? undefined : judged(refusalError(foreseen));
  });
  if (charged === 'ok') return takeFromUser(context, user, userCharge, tokens);
  recordRefusal(retryAfterCache, connectionKey(id), charged, charge, tokens);
  return charged;
}

/** Charges a user for a request by HTTP, unless it is judged otherwise. */
export async function chargeUser(
  context: UserQuotaContext,
  user: User,
  tokens: number,
  now: number,
  judge: Judge,
): Promise<ChargeResult> {
  const cached = cachedUserRefusal(context, user, now);
  if (cached) return cached;
  const charge = createCharge(sendRate(context.settings.userSendsPerSecond), now, tokens);
  return takeFromUser(context, user, charge, tokens, judge);
}

async function takeFromUser(
  { sendQuotas, retryAfterCache }: UserQuotaContext,
  user: User,
  charge: Charge,
  tokens: number,
  judge?: Judge,
): Promise<ChargeResult> {
  const charged = await sendQuotas.charge(user.id, charge, judge);
  if (charged !== 'ok') recordRefusal(retryAfterCache, userKey(user), charged, charge, tokens);
  return charged;
}

/** Gives the refusal of a user's sends that this container remembers. It costs no call. */
export function cachedUserRefusal(context: CacheContext, user: User, now: number): RateLimited | undefined {
  return cachedRefusal(context, user, [userKey(user)], now);
}

function cachedRefusal(
  { retryAfterCache, unitQuota }: CacheContext,
  user: User,
  keys: readonly string[],
  now: number,
): RateLimited | undefined {
  const waits = keys.map((key) => retryAfterCache.remainingMs(key, now));
  const waitMs = Math.max(unitQuota.debtMs(user.id), ...waits);
  return waitMs > 0 ? { kind: 'rateLimited', retryAfterMs: waitMs } : undefined;
}

/**
 * Gives the tokens that words cost, as their row costs the database: a row is written by the kilobyte, once with its
 * words and once with its expiry, and two buckets are charged besides. A file counts as a kilobyte.
 */
export function tokensFor({ text = '', data, mentions, files = [] }: Words): number {
  const bytes = byteLength(text + [data, mentions].map((value) => JSON.stringify(value) ?? '').join(''));
  return (1 + Math.max(1, Math.ceil(bytes / 1024)) + files.length) / 2;
}

/** Records how long the shortest message has to wait: a long one, which is refused, may leave tokens for it. */
function recordRefusal(
  cache: RetryAfterCache,
  who: string,
  refused: Refusal,
  { now, costMs }: Charge,
  tokens: number,
): void {
  if (refused.kind !== 'rateLimited') return;
  const waitMs = refused.retryAfterMs - (costMs - costMs / tokens);
  if (!refused.contended && waitMs > 0) cache.record(who, waitMs, now);
}

function connectionKey(id: string): string {
  return `connection ${id}`;
}

function userKey({ id }: User): string {
  return `user ${id}`;
}
