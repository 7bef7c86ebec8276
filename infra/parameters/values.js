/** Tests of the values of parameters. Each takes text that is not empty. */

function isRate(value) {
  return /^[1-9]\d{0,5}$/.test(value) || value === '1000000';
}

function areGrants(value) {
  return (
    value.length <= 2048 &&
    value.split(' ').every((grant) => /^(\*|[a-z0-9][a-z0-9._-]{0,63}\*?):(-|@?[rwm]{1,3})$/.test(grant))
  );
}

function isHttpsUrl(value) {
  return /^https:\/\/\S+$/.test(value) && URL.canParse(value);
}

/** Scopes as RFC 6749 writes them. */
function isScope(value) {
  return (
    value.length <= 256 &&
    /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(value) &&
    value.split(' ').includes('openid')
  );
}

/** Each ends up in the page's CSP, where a path or a wildcard would mean something else. */
function areProviderOrigins(value) {
  const origins = value.split(',');
  return (
    value.length <= 1024 &&
    origins.length <= 8 &&
    origins.every(
      (origin) => isHttpsUrl(origin) && /^[a-z0-9.:/-]+$/.test(origin) && new URL(origin).origin === origin,
    )
  );
}

function areOrigins(value) {
  return value.split(',').every((origin) => isWebOrigin(origin) || isAppOrigin(origin));
}

function isWebOrigin(origin) {
  return /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin;
}

/** Schemes that are no app's: their pages have no origin, or another one. */
const notOfApps = /^(https?|wss?|ftp|file|data|blob|about|javascript):/;

/** What WebViews of apps send: the app's own scheme and a host. */
function isAppOrigin(origin) {
  return /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+(:\d{1,5})?$/.test(origin) && !notOfApps.test(origin);
}

/** A host, all hosts below a name, or a push service on this machine. */
const PUSH_HOST = /^((\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}|(localhost|127\.0\.0\.1):\d{1,5})$/;

function arePushHosts(value) {
  return value.length <= 1024 && value.split(' ').every((host) => PUSH_HOST.test(host));
}

module.exports = { areGrants, areOrigins, areProviderOrigins, arePushHosts, isHttpsUrl, isRate, isScope };
