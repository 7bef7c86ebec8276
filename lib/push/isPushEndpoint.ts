/** A push service on this machine, for tests. */
const LOCAL = /^(?:localhost|127\.0\.0\.1):\d+$/;

/**
 * Tells whether an address is that of a push service that the operator allows. A stranger names it, and the stack calls
 * it. So it is `https` on the usual port, has no user and password, and its host is in the list: as it stands there, or
 * below a name after `*`.
 */
export function isPushEndpoint(address: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') return false;
  if (protocol === 'http:') return LOCAL.test(host) && hosts.includes(host);
  return protocol === 'https:' && host === hostname && hosts.some((allowed) => fits(allowed, hostname));
}

function fits(allowed: string, hostname: string): boolean {
  return allowed.startsWith('*.') ? hostname.endsWith(allowed.slice(1)) : hostname === allowed;
}
