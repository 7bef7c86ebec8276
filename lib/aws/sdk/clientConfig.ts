import { required } from '../../util/environment';
import { readCredentials } from '../credentials';
import { endpointOverride } from '../endpointOverride';

/** A connection must be open after this, in milliseconds. */
const CONNECT_TIMEOUT_MS = 1_000;
/** An idle connection is closed after this, in milliseconds: AWS closes its end after 60 s. */
const IDLE_TIMEOUT_MS = 30_000;

export interface CallLimits {
  /** A try takes at most this long, in milliseconds. */
  tryTimeoutMs: number;
  maxAttempts: number;
  maxSockets: number;
}

/**
 * Configures a client of the AWS SDK to have the time limits and tries of our own HTTP client. `variable` names the
 * environment variable of another endpoint, as the SDK does: `AWS_ENDPOINT_URL_DYNAMODB`.
 */
export function clientConfig(
  env: Record<string, string | undefined>,
  variable: string,
  { tryTimeoutMs, maxAttempts, maxSockets }: CallLimits,
) {
  const endpoint = endpointOverride(env, variable);
  const agent = { keepAlive: true, maxSockets, timeout: IDLE_TIMEOUT_MS };
  return {
    region: required(env, 'AWS_REGION'),
    // The SDK would look for profiles and roles too, none of which a function has.
    credentials: readCredentials(env),
    ...(endpoint && { endpoint }),
    maxAttempts,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      // All three are needed: `requestTimeout` alone only prints a warning, and it ends with the first byte.
      requestTimeout: tryTimeoutMs,
      throwOnRequestTimeout: true,
      socketTimeout: tryTimeoutMs,
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
}

/** Ends a call, all its tries together, at the time our own HTTP client would have ended it. */
export function callDeadline({ tryTimeoutMs, maxAttempts }: CallLimits): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(maxAttempts * (CONNECT_TIMEOUT_MS + tryTimeoutMs)) };
}
