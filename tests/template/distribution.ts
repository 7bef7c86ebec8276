import {
  type Behavior,
  named,
  ofType,
  problems,
  type SecurityHeaders,
  type Template,
  text,
} from './template';

/** What the distribution and its policies must be, each as the problems found. */

const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

const HANDSHAKE = [
  'Sec-WebSocket-Key',
  'Sec-WebSocket-Version',
  'Sec-WebSocket-Protocol',
  'Sec-WebSocket-Extensions',
  'Sec-WebSocket-Accept',
  'Origin',
];

const config = (template: Template) =>
  named(template, 'AWS::CloudFront::Distribution', 'Distribution').DistributionConfig;

const behavior = (template: Template, path: string) => {
  const found = config(template).CacheBehaviors.find(({ PathPattern }) => PathPattern === path);
  if (!found) throw new Error(`The distribution has no behaviour for ${path}.`);
  return found;
};

/** The policy a path's behaviour names, however it names it. */
const requestPolicy = (template: Template, path: string) => {
  const chosen = text(behavior(template, path).OriginRequestPolicyId);
  const policy = ofType(template, 'AWS::CloudFront::OriginRequestPolicy').find(
    ({ id }) => chosen === `<${id}>`,
  );
  return policy?.properties.OriginRequestPolicyConfig;
};

const originOf = (template: Template, id: string) =>
  config(template).Origins.find((origin) => origin.Id === id);

const APIS = ['/ws', '/api/*'];

export function eachPathHasItsOrigin(template: Template): string[] {
  const wanted = {
    '/ws': '<WebsocketsApi>.execute-api.<AWS::Region>.<AWS::URLSuffix>',
    '/api/*': '<HttpApi>.execute-api.<AWS::Region>.<AWS::URLSuffix>',
    '*': '<PageBucket.RegionalDomainName>',
  };
  const { CacheBehaviors, DefaultCacheBehavior } = config(template);
  const paths = [...CacheBehaviors, { ...DefaultCacheBehavior, PathPattern: '*' }];
  const found = paths.map(({ PathPattern, TargetOriginId }) => {
    const origin = originOf(template, TargetOriginId);
    return [PathPattern, `${text(origin?.DomainName)}${origin?.OriginPath ?? ''}`];
  });
  return JSON.stringify(found) === JSON.stringify(Object.entries(wanted))
    ? []
    : [`paths and origins are ${JSON.stringify(found)}`];
}

export function handshakePasses(template: Template): string[] {
  const { HeaderBehavior, Headers = [] } = requestPolicy(template, '/ws')?.HeadersConfig ?? {};
  if (HeaderBehavior !== 'whitelist') return ['/ws has no list of headers to forward'];
  const forwarded = Headers.map((header) => header.toLowerCase());
  return HANDSHAKE.filter((header) => !forwarded.includes(header.toLowerCase())).map(
    (header) => `/ws does not forward ${header}`,
  );
}

export function nothingElsePasses(template: Template): string[] {
  return APIS.flatMap((path) => {
    const policy = requestPolicy(template, path);
    if (!policy) return [`${path} has no origin request policy of this stack`];
    const { HeaderBehavior, Headers = [] } = policy.HeadersConfig;
    return problems({
      [`${path} forwards headers it does not list`]: HeaderBehavior !== 'whitelist',
      [`${path} forwards Host`]: Headers.some((header) => header.toLowerCase() === 'host'),
      [`${path} forwards cookies`]: policy.CookiesConfig.CookieBehavior !== 'none',
      [`${path} forwards query strings`]: policy.QueryStringsConfig.QueryStringBehavior !== 'none',
    });
  });
}

/** The cache policy a path's behaviour names, if it is the stack's own. */
const cachePolicy = (template: Template, path: string) => {
  const chosen = text(behavior(template, path).CachePolicyId);
  return ofType(template, 'AWS::CloudFront::CachePolicy').find(({ id }) => chosen === `<${id}>`)?.properties
    .CachePolicyConfig;
};

export function apisAreNotCached(template: Template): string[] {
  const policy = cachePolicy(template, '/api/*');
  return problems({
    '/ws is cached': text(behavior(template, '/ws').CachePolicyId) !== CACHING_DISABLED,
    '/api/* has no cache policy of this stack': !policy,
    '/api/* is cached without being asked to': policy?.MinTTL !== 0 || policy?.DefaultTTL !== 0,
    '/api/* is cached for longer than CloudFront insists on': policy?.MaxTTL !== 1,
  });
}

/** CloudFront passes Authorization on only in a cache key. */
export function onlyTheTokenIsInTheKey(template: Template): string[] {
  const key = cachePolicy(template, '/api/*')?.ParametersInCacheKeyAndForwardedToOrigin;
  if (!key) return ['/api/* has no key'];
  return problems({
    '/api/* does not forward the token': key.HeadersConfig.Headers?.join() !== 'Authorization',
    '/api/* forwards headers it does not list': key.HeadersConfig.HeaderBehavior !== 'whitelist',
    '/api/* forwards cookies': key.CookiesConfig.CookieBehavior !== 'none',
    '/api/* forwards query strings': key.QueryStringsConfig.QueryStringBehavior !== 'none',
    '/api/* forwards encodings': key.EnableAcceptEncodingGzip || key.EnableAcceptEncodingBrotli,
  });
}

export function originsAreReachedByTls12(template: Template): string[] {
  return APIS.flatMap((path) => {
    const { CustomOriginConfig } = originOf(template, behavior(template, path).TargetOriginId) ?? {};
    return problems({
      [`${path} reaches its origin without TLS`]: CustomOriginConfig?.OriginProtocolPolicy !== 'https-only',
      [`${path} reaches its origin by old TLS`]: CustomOriginConfig?.OriginSSLProtocols.join() !== 'TLSv1.2',
    });
  });
}

export function viewersUseTls(template: Template): string[] {
  const wanted = {
    '/ws': 'https-only',
    // A redirect can turn a POST into a GET.
    '/api/*': 'https-only',
    '*': 'redirect-to-https',
  };
  const page = config(template).DefaultCacheBehavior;
  return Object.entries(wanted)
    .filter(([path, policy]) => {
      const { ViewerProtocolPolicy } = path === '*' ? page : behavior(template, path);
      return ViewerProtocolPolicy !== policy;
    })
    .map(([path, policy]) => `${path} is not ${policy}`);
}

export function apisGetTheOriginSecret(template: Template): string[] {
  const wanted = /^\{\{resolve:secretsmanager:<OriginSecret>:SecretString(:::[\w-]+)?\}\}$/;
  return APIS.flatMap((path) => {
    const headers = originOf(template, behavior(template, path).TargetOriginId)?.OriginCustomHeaders ?? [];
    const secret = headers.find(({ HeaderName }) => HeaderName.toLowerCase() === 'x-edge-chat-origin');
    if (!secret) return [`${path} does not send the origin secret`];
    return wanted.test(text(secret.HeaderValue))
      ? []
      : [`${path} sends a literal in place of the origin secret`];
  });
}

/** What CloudFront caches without being asked to, and what it caches when the origin asks for it. */
const CACHED_ERRORS = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

export function refusalsAreNeitherMaskedNorKept(template: Template): string[] {
  const { CustomErrorResponses: responses = [] } = config(template);
  const uncached = responses.filter(({ ErrorCachingMinTTL }) => ErrorCachingMinTTL === 0);
  const codes = uncached.map(({ ErrorCode }) => ErrorCode);
  return [
    ...responses
      .filter(({ ErrorCode: _, ErrorCachingMinTTL: __, ...page }) => Object.keys(page).length > 0)
      .map(({ ErrorCode }) => `an error page for ${ErrorCode} would hide a refused handshake`),
    ...CACHED_ERRORS.filter((code) => !codes.includes(code)).map(
      (code) => `CloudFront answers ${code} for ten seconds after one failure`,
    ),
  ];
}

export function pageIsPrivate(template: Template): string[] {
  const page = originOf(template, config(template).DefaultCacheBehavior.TargetOriginId);
  const access = ofType(template, 'AWS::CloudFront::OriginAccessControl').find(
    ({ id }) => text(page?.OriginAccessControlId) === `<${id}>`,
  );
  const blocks = Object.values(
    named(template, 'AWS::S3::Bucket', 'PageBucket').PublicAccessBlockConfiguration ?? {},
  );
  const policy = ofType(template, 'AWS::S3::BucketPolicy').find(
    ({ properties }) => text(properties.Bucket) === '<PageBucket>',
  );
  const allowed = (policy?.properties.PolicyDocument.Statement ?? []).filter(
    ({ Effect }) => Effect === 'Allow',
  );
  const own = 'arn:<AWS::Partition>:cloudfront::<AWS::AccountId>:distribution/<Distribution>';
  return problems({
    'CloudFront does not sign its requests for the page':
      access?.properties.OriginAccessControlConfig.SigningBehavior !== 'always',
    'the page bucket may be made public': blocks.length !== 4 || blocks.includes(false),
    'CloudFront may not read the page': allowed.length === 0,
    'something beside this distribution may read the page': allowed.some(
      ({ Principal, Condition }) =>
        JSON.stringify(Principal) !== '{"Service":"cloudfront.amazonaws.com"}' ||
        text(Condition?.StringEquals?.['AWS:SourceArn']) !== own,
    ),
  });
}

/** The response headers policy that a behaviour names, if it is the stack's own. */
const headersPolicy = (template: Template, { ResponseHeadersPolicyId = '' }: Behavior) =>
  ofType(template, 'AWS::CloudFront::ResponseHeadersPolicy').find(
    ({ id }) => text(ResponseHeadersPolicyId) === `<${id}>`,
  );

export function apiHeadersAreStrict(template: Template): string[] {
  const policy = headersPolicy(template, behavior(template, '/api/*'));
  const security = policy?.properties.ResponseHeadersPolicyConfig.SecurityHeadersConfig;
  return problems({
    'an answer of /api/* may be read as another type': !security?.ContentTypeOptions,
    '/api/* has no HSTS of a year':
      (security?.StrictTransportSecurity?.AccessControlMaxAgeSec ?? 0) < 31_536_000,
  });
}

/** The page's policy, with hosts for the files of messages. */
export function cspOf({ ContentSecurityPolicy: policy }: SecurityHeaders): string {
  const csp = text(policy?.ContentSecurityPolicy ?? '');
  return csp
    .replace('<FilesBucket.RegionalDomainName>', 'files.s3.amazonaws.com')
    .replace('<FilesDistribution.DomainName>', 'files.cloudfront.net');
}

export function pageHeadersAreStrict(template: Template): string[] {
  const policy = headersPolicy(template, config(template).DefaultCacheBehavior);
  if (!policy) return ['the page has no response headers policy of this stack'];

  const { SecurityHeadersConfig: security, CustomHeadersConfig } =
    policy.properties.ResponseHeadersPolicyConfig;
  const csp = cspOf(security);
  const directives = csp.split(';').map((directive) => directive.trim());
  const wanted = [
    "default-src 'none'",
    "script-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types edge-chat',
    "worker-src 'self'",
  ];
  return [
    ...wanted.filter((directive) => !directives.includes(directive)).map((d) => `the CSP lacks ${d}`),
    ...problems({
      'the CSP lets through what it should not': /unsafe|\*/.test(csp),
      'the CSP lets the page call more than itself and hosts by name': !directives.some((directive) =>
        /^connect-src 'self'( https:\/\/[a-z0-9.-]+(:\d+)?)*$/.test(directive),
      ),
      'no nosniff': !security.ContentTypeOptions,
      'the page may be framed': security.FrameOptions?.FrameOption !== 'DENY',
      'the page names itself as referrer': security.ReferrerPolicy?.ReferrerPolicy !== 'no-referrer',
      'HSTS is under a year': (security.StrictTransportSecurity?.AccessControlMaxAgeSec ?? 0) < 31_536_000,
      'no permissions policy': !CustomHeadersConfig?.Items.some(
        ({ Header }) => Header === 'Permissions-Policy',
      ),
    }),
  ];
}

/** Files are read at a host of their own, by the signature that S3 checks. A stack without files has no such host. */
export function filesAreReadBySignature(template: Template): string[] {
  const found = ofType(template, 'AWS::CloudFront::Distribution').find(
    ({ id }) => id === 'FilesDistribution',
  );
  if (!found) return [];
  const {
    DefaultCacheBehavior: reads,
    Origins,
    CacheBehaviors = [],
    ...rest
  } = found.properties.DistributionConfig;
  const page = named(template, 'AWS::CloudFront::Distribution', 'Distribution').DistributionConfig;
  const cache = named(template, 'AWS::CloudFront::CachePolicy', 'FilesSignature').CachePolicyConfig;
  const key = cache.ParametersInCacheKeyAndForwardedToOrigin;
  const requests = named(
    template,
    'AWS::CloudFront::OriginRequestPolicy',
    'FilesRequests',
  ).OriginRequestPolicyConfig;
  const security = headersPolicy(template, reads)?.properties.ResponseHeadersPolicyConfig
    .SecurityHeadersConfig;
  const csp = text(security?.ContentSecurityPolicy?.ContentSecurityPolicy ?? '').split('; ');
  const headers = requests.HeadersConfig.Headers?.map((header) => header.toLowerCase()) ?? [];
  const errors =
    rest.CustomErrorResponses?.filter(({ ErrorCachingMinTTL }) => ErrorCachingMinTTL === 0) ?? [];
  return problems({
    'CloudFront itself may read files': Origins.some(({ OriginAccessControlId }) => OriginAccessControlId),
    'something but the files is at their host': Origins.length !== 1 || CacheBehaviors.length > 0,
    'files are read in the clear': reads.ViewerProtocolPolicy !== 'https-only',
    'files can be written at their host': reads.AllowedMethods?.join() !== 'GET,HEAD,OPTIONS',
    'an answer may be that of another signature':
      !key.QueryStringsConfig.QueryStrings?.includes('X-Amz-Signature'),
    'files are kept without being asked to':
      cache.MinTTL !== 0 || cache.DefaultTTL !== 0 || cache.MaxTTL !== 1,
    'S3 gets the token or another host': headers.includes('authorization') || headers.includes('host'),
    'one refusal is kept for others': errors.length !== CACHED_ERRORS.length,
    'a file that is opened runs': !csp.includes('sandbox') || !csp.includes("default-src 'none'"),
    'a file may be read as another type': !security?.ContentTypeOptions,
    "files lack the page's web ACL": text(rest.WebACLId) !== text(page.WebACLId),
    "reads of files are not logged as the page's are":
      text(rest.Logging?.Bucket) !== text(page.Logging?.Bucket),
  });
}
