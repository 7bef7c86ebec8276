const { ofDistribution } = require('./accessLogs');
const uncachedErrors = require('./uncachedErrors');

/** The parameters of an address that S3 checks. */
const SIGNATURE = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-Security-Token',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
];

const policyName = (name) => ({ 'Fn::Sub': `${name}-\${AWS::Region}-files` });

/** The signature is in the cache key, so that no answer is another address's. Nothing is kept without a request to. */
const cachePolicy = (name) => ({
  Type: 'AWS::CloudFront::CachePolicy',
  Properties: {
    CachePolicyConfig: {
      Name: policyName(name),
      Comment: 'The signature of an address, and nothing that is kept',
      MinTTL: 0,
      DefaultTTL: 0,
      MaxTTL: 1,
      ParametersInCacheKeyAndForwardedToOrigin: {
        EnableAcceptEncodingGzip: false,
        EnableAcceptEncodingBrotli: false,
        CookiesConfig: { CookieBehavior: 'none' },
        HeadersConfig: { HeaderBehavior: 'none' },
        QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: SIGNATURE },
      },
    },
  },
});

/** What S3 needs for CORS. It never gets the bearer token, nor this distribution's name as the host. */
const requestPolicy = (name) => ({
  Type: 'AWS::CloudFront::OriginRequestPolicy',
  Properties: {
    OriginRequestPolicyConfig: {
      Name: policyName(name),
      Comment: 'The origin of the page',
      CookiesConfig: { CookieBehavior: 'none' },
      QueryStringsConfig: { QueryStringBehavior: 'none' },
      HeadersConfig: {
        HeaderBehavior: 'whitelist',
        Headers: ['Origin', 'Access-Control-Request-Headers', 'Access-Control-Request-Method'],
      },
    },
  },
});

/** No file is a page here: what a browser opens all the same is in a sandbox without an origin. */
const responseHeaders = (name) => ({
  Type: 'AWS::CloudFront::ResponseHeadersPolicy',
  Properties: {
    ResponseHeadersPolicyConfig: {
      Name: policyName(name),
      SecurityHeadersConfig: {
        ContentSecurityPolicy: {
          Override: true,
          ContentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'; sandbox",
        },
        ContentTypeOptions: { Override: true },
        FrameOptions: { FrameOption: 'DENY', Override: true },
        ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
        StrictTransportSecurity: { AccessControlMaxAgeSec: 31536000, Override: true },
      },
    },
  },
});

/**
 * The distribution through which files are read, with a host of its own. It has no right in the bucket: each request
 * brings the signature of its address, which S3 checks.
 */
const distribution = (name, { accessLogs }, webAclId) => ({
  Type: 'AWS::CloudFront::Distribution',
  Properties: {
    DistributionConfig: {
      Comment: `${name} files`,
      Enabled: true,
      HttpVersion: 'http2and3',
      IPV6Enabled: true,
      ...(webAclId && { WebACLId: webAclId }),
      ...(accessLogs === 'on' && { Logging: ofDistribution('files') }),
      ViewerCertificate: { CloudFrontDefaultCertificate: true },
      Origins: [
        {
          Id: 'files',
          DomainName: { 'Fn::GetAtt': ['FilesBucket', 'RegionalDomainName'] },
          S3OriginConfig: { OriginAccessIdentity: '' },
        },
      ],
      DefaultCacheBehavior: {
        TargetOriginId: 'files',
        ViewerProtocolPolicy: 'https-only',
        AllowedMethods: ['GET', 'HEAD', 'OPTIONS'],
        CachePolicyId: { Ref: 'FilesSignature' },
        OriginRequestPolicyId: { Ref: 'FilesRequests' },
        ResponseHeadersPolicyId: { Ref: 'FilesHeaders' },
        Compress: false,
      },
      CustomErrorResponses: uncachedErrors,
    },
  },
});

/**
 * @param {string} name
 * @param {{ accessLogs: string }} given
 * @param {unknown} webAclId that of the page's distribution
 */
module.exports = (name, given, webAclId) => ({
  FilesSignature: cachePolicy(name),
  FilesRequests: requestPolicy(name),
  FilesHeaders: responseHeaders(name),
  FilesDistribution: distribution(name, given, webAclId),
});
