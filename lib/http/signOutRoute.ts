import { GUEST_TOKEN_USABLE_MS, verifyRenewableToken } from '../auth/guestTokens';
import { isFromCloudFront, ORIGIN_HEADER } from '../auth/originSecret';
import type { Secret } from '../auth/secretCache';
import { endGuest } from '../moderation/endGuest';
import type { ConnectionContext, UserContext } from '../ports/contexts';
import { Unavailable } from '../ports/unavailable';
import { refusalError, UNAVAILABLE } from '../protocol/errorReplies';
import { viewerOf } from '../telemetry/viewer';
import { bearerToken } from './bearerToken';
import { NOT_FROM_CLOUDFRONT, refuse } from './refuse';
import { type HttpResponse, NO_CONTENT } from './response';

/** What `DELETE /api/token` needs besides the users and their sockets. */
export interface SignOutContext {
  originSecret: Secret;
  guestKey: Secret | undefined;
}

/** Signs out the guest of the bearer token: 204. Every token of this guest stops working, and its sockets close. */
export async function signOutGuest(
  { originSecret, guestKey }: SignOutContext,
  context: ConnectionContext & UserContext,
  headers: Record<string, string | undefined>,
): Promise<HttpResponse> {
  const { metrics, clock } = context;
  if (!(await isFromCloudFront(headers[ORIGIN_HEADER], originSecret)))
    return refuse(metrics, 'signOut', 403, NOT_FROM_CLOUDFRONT);
  metrics.annotate({ client: viewerOf(headers) });
  const token = bearerToken(headers.authorization);
  const guest = guestKey && token !== undefined && (await verifyRenewableToken(guestKey, token));
  if (!guest)
    return refuse(metrics, 'signOut', 401, {
      code: 'expired',
      message: 'Send "Authorization: Bearer" and a guest token of this stack.',
    });
  const retryAfterMs = context.unitQuota.debtMs(guest.user.id);
  if (retryAfterMs > 0)
    return refuse(metrics, 'signOut', 429, refusalError({ kind: 'rateLimited', retryAfterMs }));
  try {
    await endGuest(context, guest.user, clock.now() + GUEST_TOKEN_USABLE_MS);
  } catch (error) {
    if (error instanceof Unavailable) return refuse(metrics, 'signOut', 503, UNAVAILABLE);
    throw error;
  } finally {
    await context.unitQuota.pay(guest.user.id);
  }
  metrics.annotate({ action: 'signOut', outcome: 'done', userId: guest.user.id });
  return NO_CONTENT;
}
