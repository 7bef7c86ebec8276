/** The hosts of messages' files: the page uploads to the bucket, and is redirected to the distribution to read. */
const BUCKET = { 'Fn::GetAtt': ['FilesBucket', 'RegionalDomainName'] };
const READS = { 'Fn::GetAtt': ['FilesDistribution', 'DomainName'] };

/**
 * The Content Security Policy (CSP) of the page, which may call these hosts beside its own.
 * 'self' covers wss on the same host. Naming the distribution's domain here would be a circular dependency.
 * Sign-in and sign-out are navigations, which need no source here.
 * With files, the page shows pictures that it has read with a token: object URLs (`blob:`), and no others.
 * @param {string[]} hosts
 * @param {boolean} takesFiles
 */
module.exports = (hosts, takesFiles) => {
  const start = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data:${takesFiles ? ' blob:' : ''}`,
    ["connect-src 'self'", ...new Set(hosts)].join(' '),
  ].join('; ');
  const end = [
    '',
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types edge-chat',
  ].join('; ');
  return takesFiles
    ? { 'Fn::Join': ['', [`${start} https://`, BUCKET, ' https://', READS, end]] }
    : start + end;
};
