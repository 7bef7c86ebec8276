/**
 * The Content Security Policy (CSP) of the page, which may call these hosts beside its own.
 * 'self' covers wss on the same host. Naming the distribution's domain here would be a circular dependency.
 * Sign-in and sign-out are navigations, which need no source here.
 * @param {string[]} hosts
 */
module.exports = (hosts) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    ["connect-src 'self'", ...new Set(hosts)].join(' '),
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types edge-chat',
  ].join('; ');
