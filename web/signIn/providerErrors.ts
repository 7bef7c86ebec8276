import { AuthorizationResponseError, RESPONSE_IS_NOT_CONFORM, ResponseBodyError } from 'oauth4webapi';
import type { SignInProblem } from './problems';

/** Refusals of the user, not of the page. */
const DENIED = ['access_denied', 'login_required', 'consent_required', 'interaction_required'];
/** Codes are the provider's text: only short words of it are shown. */
const CODE = /^[\w. -]{1,60}$/;

/** Tells why a request to the provider failed. */
export function problemOf(error: unknown): SignInProblem {
  if (error instanceof AuthorizationResponseError)
    return DENIED.includes(error.error) ? { kind: 'denied' } : misconfigured(error.error);
  if (error instanceof ResponseBodyError) {
    if (error.error === 'invalid_grant') return { kind: 'ended' };
    return error.status >= 500 || error.status === 429 ? { kind: 'unreachable' } : misconfigured(error.error);
  }
  // What `fetch` throws without an answer. The library throws this type, too, for arguments of a wrong type.
  const isNetwork = error instanceof TypeError && !('code' in error && error.code !== undefined);
  const isTimeout = error instanceof DOMException && /^(TimeoutError|AbortError)$/.test(error.name);
  if (isNetwork || isTimeout) return { kind: 'unreachable' };
  const { code, cause } = error instanceof Error ? (error as Error & { code?: unknown }) : {};
  if (code !== RESPONSE_IS_NOT_CONFORM) return misconfigured(typeof code === 'string' ? code : 'unknown');
  // An answer of something before the provider: a firewall's page, or a server that is starting.
  const status = cause instanceof Response ? cause.status : 0;
  return status < 500 && status !== 429 ? misconfigured(`HTTP ${status}`) : { kind: 'unreachable' };
}

const misconfigured = (code: string): SignInProblem => ({
  kind: 'misconfigured',
  code: CODE.test(code) ? code : 'unknown',
});
