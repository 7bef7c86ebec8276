const CONNECTION_TAKES_MS = 1_000;

/**
 * Limits for an AWS client's calls. All three are needed: `requestTimeout` alone only prints a warning when a
 * reply is late, and it ends with the reply's first byte.
 */
export function postTimeouts(callTakesMs: number) {
  return {
    connectionTimeout: CONNECTION_TAKES_MS,
    requestTimeout: callTakesMs,
    throwOnRequestTimeout: true,
    socketTimeout: callTakesMs,
  };
}
