import * as checks from './distribution';
import { named, type Rule, type Template } from './template';

const config = (template: Template) =>
  named(template, 'AWS::CloudFront::Distribution', 'Distribution').DistributionConfig;

const { assign } = Object;

const behavior = (template: Template, path: string, changed: object) =>
  assign(config(template).CacheBehaviors.find(({ PathPattern }) => PathPattern === path) ?? {}, changed);

const origin = (template: Template, id: string, changed: object) =>
  assign(config(template).Origins.find((candidate) => candidate.Id === id) ?? {}, changed);

const requests = (template: Template, id: string) =>
  named(template, 'AWS::CloudFront::OriginRequestPolicy', id).OriginRequestPolicyConfig;

const apiCache = (template: Template) =>
  named(template, 'AWS::CloudFront::CachePolicy', 'ApiAuthorization').CachePolicyConfig;

const apiKey = (template: Template) => apiCache(template).ParametersInCacheKeyAndForwardedToOrigin;

const headers = (id: string) => (template: Template) =>
  named(template, 'AWS::CloudFront::ResponseHeadersPolicy', id).ResponseHeadersPolicyConfig;

const pageHeaders = headers('PageHeaders');

const changeCsp = (template: Template, change: (csp: string) => string) => {
  const { SecurityHeadersConfig: security } = pageHeaders(template);
  security.ContentSecurityPolicy = { ContentSecurityPolicy: change(checks.cspOf(security)) };
};

const apiHeaders = headers('ApiHeaders');

const files = (template: Template) =>
  named(template, 'AWS::CloudFront::Distribution', 'FilesDistribution').DistributionConfig;

const filesCache = (template: Template) =>
  named(template, 'AWS::CloudFront::CachePolicy', 'FilesSignature').CachePolicyConfig;

const filesKey = (template: Template) => filesCache(template).ParametersInCacheKeyAndForwardedToOrigin;

const pageBucket = (template: Template) => named(template, 'AWS::S3::Bucket', 'PageBucket');

const pageBucketPolicy = (template: Template) =>
  named(template, 'AWS::S3::BucketPolicy', 'PageBucketPolicy').PolicyDocument.Statement;

const drop = (header: string) => (template: Template) => {
  const { HeadersConfig } = requests(template, 'SocketRequests');
  HeadersConfig.Headers = HeadersConfig.Headers?.filter((name) => name !== header) ?? [];
};

const tls = (OriginProtocolPolicy: string, OriginSSLProtocols: string[]) => ({
  CustomOriginConfig: { OriginProtocolPolicy, OriginSSLProtocols },
});

export const distributionRules: Rule[] = [
  [
    'each path has its origin',
    checks.eachPathHasItsOrigin,
    [
      ['an origin path', (t) => origin(t, 'ws', { OriginPath: '/dev' })],
      ['/api/* sent to the socket', (t) => behavior(t, '/api/*', { TargetOriginId: 'ws' })],
    ],
  ],
  [
    'the handshake passes',
    checks.handshakePasses,
    [
      ['no Sec-WebSocket-Key', drop('Sec-WebSocket-Key')],
      ['no Sec-WebSocket-Version', drop('Sec-WebSocket-Version')],
      ['no Sec-WebSocket-Protocol', drop('Sec-WebSocket-Protocol')],
      ['no Sec-WebSocket-Extensions', drop('Sec-WebSocket-Extensions')],
      ['no Sec-WebSocket-Accept', drop('Sec-WebSocket-Accept')],
      ['no Origin', drop('Origin')],
    ],
  ],
  [
    'nothing else passes: no Host, no cookie, no query string',
    checks.nothingElsePasses,
    [
      ['Host', (t) => requests(t, 'SocketRequests').HeadersConfig.Headers?.push('Host')],
      ['host in lower case', (t) => requests(t, 'ApiRequests').HeadersConfig.Headers?.push('host')],
      [
        'every header',
        (t) => assign(requests(t, 'SocketRequests').HeadersConfig, { HeaderBehavior: 'allViewer' }),
      ],
      ['cookies', (t) => assign(requests(t, 'SocketRequests').CookiesConfig, { CookieBehavior: 'all' })],
      [
        'query strings',
        (t) => assign(requests(t, 'ApiRequests').QueryStringsConfig, { QueryStringBehavior: 'all' }),
      ],
      [
        "AWS's policy of all headers but Host, with cookies and query strings",
        (t) => behavior(t, '/ws', { OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac' }),
      ],
    ],
  ],
  [
    'the APIs are not cached',
    checks.apisAreNotCached,
    [
      [
        "AWS's caching policy",
        (t) => behavior(t, '/ws', { CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6' }),
      ],
      ['answers kept for a minute', (t) => assign(apiCache(t), { MaxTTL: 60 })],
      ['answers kept unasked', (t) => assign(apiCache(t), { DefaultTTL: 1 })],
    ],
  ],
  [
    'the token reaches the API, and nothing else does by that way',
    checks.onlyTheTokenIsInTheKey,
    [
      [
        'no token',
        (t) => assign(apiKey(t), { HeadersConfig: { HeaderBehavior: 'whitelist', Headers: ['Accept'] } }),
      ],
      ['query strings', (t) => assign(apiKey(t), { QueryStringsConfig: { QueryStringBehavior: 'all' } })],
      [
        'caching off',
        (t) => behavior(t, '/api/*', { CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad' }),
      ],
    ],
  ],
  [
    'origins are reached by TLS 1.2 only',
    checks.originsAreReachedByTls12,
    [
      ["the viewer's protocol", (t) => origin(t, 'ws', tls('match-viewer', ['TLSv1.2']))],
      ['TLS 1.1', (t) => origin(t, 'api', tls('https-only', ['TLSv1.1', 'TLSv1.2']))],
    ],
  ],
  [
    'viewers use TLS',
    checks.viewersUseTls,
    [
      [
        'plain HTTP for the page',
        (t) => assign(config(t).DefaultCacheBehavior, { ViewerProtocolPolicy: 'allow-all' }),
      ],
      ['/api/* redirected', (t) => behavior(t, '/api/*', { ViewerProtocolPolicy: 'redirect-to-https' })],
    ],
  ],
  [
    'the APIs get the origin secret, by reference',
    checks.apisGetTheOriginSecret,
    [
      ['no header', (t) => origin(t, 'ws', { OriginCustomHeaders: [] })],
      [
        'a literal',
        (t) =>
          origin(t, 'api', {
            OriginCustomHeaders: [{ HeaderName: 'X-Edge-Chat-Origin', HeaderValue: 'hunter2' }],
          }),
      ],
    ],
  ],
  [
    'no error page masks a refusal, and no error is kept',
    checks.refusalsAreNeitherMaskedNorKept,
    [
      [
        'an error page',
        (t) => assign(config(t).CustomErrorResponses?.[1] ?? {}, { ResponsePagePath: '/index.html' }),
      ],
      ['a failure that is kept', (t) => delete config(t).CustomErrorResponses],
      ['an error left out', (t) => config(t).CustomErrorResponses?.pop()],
    ],
  ],
  [
    'an answer of the HTTP API is neither sniffed nor downgraded',
    checks.apiHeadersAreStrict,
    [
      ['no policy', (t) => behavior(t, '/api/*', { ResponseHeadersPolicyId: '' })],
      ['no nosniff', (t) => delete apiHeaders(t).SecurityHeadersConfig.ContentTypeOptions],
      ['no HSTS', (t) => delete apiHeaders(t).SecurityHeadersConfig.StrictTransportSecurity],
    ],
  ],
  [
    'the page is private',
    checks.pageIsPrivate,
    [
      ['no access control', (t) => origin(t, 'page', { OriginAccessControlId: '' })],
      ['a public bucket', (t) => assign(pageBucket(t), { PublicAccessBlockConfiguration: {} })],
      ['any distribution', (t) => pageBucketPolicy(t).map((statement) => delete statement.Condition)],
    ],
  ],
  [
    'the page has strict headers',
    checks.pageHeadersAreStrict,
    [
      [
        'a wide CSP',
        (t) =>
          assign(pageHeaders(t).SecurityHeadersConfig.ContentSecurityPolicy ?? {}, {
            ContentSecurityPolicy: "default-src 'none'; connect-src *",
          }),
      ],
      [
        'a host by http',
        (t) => changeCsp(t, (csp) => csp.replace('connect-src', 'connect-src http://a.example')),
      ],
      ['text that may become a script', (t) => changeCsp(t, (csp) => csp.replace(/; require-.*/, ''))],
      [
        'short HSTS',
        (t) =>
          assign(pageHeaders(t).SecurityHeadersConfig.StrictTransportSecurity ?? {}, {
            AccessControlMaxAgeSec: 60,
          }),
      ],
      ['no nosniff', (t) => delete pageHeaders(t).SecurityHeadersConfig.ContentTypeOptions],
      ['no permissions policy', (t) => pageHeaders(t).CustomHeadersConfig?.Items.pop()],
    ],
  ],
  [
    'files are read at a host of their own, in a sandbox, by the signature of their address',
    checks.filesAreReadBySignature,
    [
      ['a right of CloudFront', (t) => assign(files(t).Origins[0] ?? {}, { OriginAccessControlId: 'E1' })],
      ['the page at their host', (t) => files(t).Origins.push(...config(t).Origins.slice(0, 1))],
      ['plain HTTP', (t) => assign(files(t).DefaultCacheBehavior, { ViewerProtocolPolicy: 'allow-all' })],
      ['uploads', (t) => files(t).DefaultCacheBehavior.AllowedMethods?.push('POST')],
      ['a key without the signature', (t) => filesKey(t).QueryStringsConfig.QueryStrings?.splice(5, 1)],
      ['a cache', (t) => assign(filesCache(t), { DefaultTTL: 1 })],
      ['the host', (t) => requests(t, 'FilesRequests').HeadersConfig.Headers?.push('Host')],
      ['errors that are kept', (t) => files(t).CustomErrorResponses?.splice(1, 1)],
      ["a web ACL of the page's alone", (t) => assign(config(t), { WebACLId: 'arn:acl' })],
      ["a log of the page's alone", (t) => assign(config(t), { Logging: { Bucket: 'logs' } })],
      [
        'no sandbox',
        (t) => {
          const csp = { ContentSecurityPolicy: "default-src 'none'" };
          assign(headers('FilesHeaders')(t).SecurityHeadersConfig, { ContentSecurityPolicy: csp });
        },
      ],
      [
        'no nosniff',
        (t) => Reflect.deleteProperty(headers('FilesHeaders')(t).SecurityHeadersConfig, 'ContentTypeOptions'),
      ],
    ],
  ],
];
