const accessLogs = require('./accessLogs');
const parameters = require('./parameters');
const uncachedErrors = require('./uncachedErrors');
const webAcl = require('./webAcl');

/** AWS's managed cache policies. */
const cachingDisabled = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const cachingOptimized = '658327ea-f89d-4fab-a63d-7e88639e58f6';

/**
 * CloudFront's proof to the APIs, resolved by CloudFormation while it deploys. It does so again only when this text
 * changes, so a rotation deploys with the new version's id.
 */
const originHeader = (version) => ({
  HeaderName: 'X-Edge-Chat-Origin',
  HeaderValue: {
    'Fn::Sub': `{{resolve:secretsmanager:\${OriginSecret}:SecretString${version && `:::${version}`}}}`,
  },
});

const apiOrigin = (Id, api, header) => ({
  Id,
  DomainName: { 'Fn::Sub': `\${${api}}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}` },
  CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
  OriginCustomHeaders: [header],
});

const pageOrigin = {
  Id: 'page',
  DomainName: { 'Fn::GetAtt': ['PageBucket', 'RegionalDomainName'] },
  S3OriginConfig: { OriginAccessIdentity: '' },
  OriginAccessControlId: { Ref: 'PageAccess' },
};

const page = {
  TargetOriginId: 'page',
  ViewerProtocolPolicy: 'redirect-to-https',
  CachePolicyId: cachingOptimized,
  ResponseHeadersPolicyId: { Ref: 'PageHeaders' },
  Compress: true,
};

const socket = {
  PathPattern: '/ws',
  TargetOriginId: 'ws',
  ViewerProtocolPolicy: 'https-only',
  AllowedMethods: ['GET', 'HEAD'],
  CachePolicyId: cachingDisabled,
  OriginRequestPolicyId: { Ref: 'SocketRequests' },
  Compress: false,
};

const api = {
  PathPattern: '/api/*',
  TargetOriginId: 'api',
  // Refused, not redirected: a redirect can turn a POST into a GET.
  ViewerProtocolPolicy: 'https-only',
  AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
  CachePolicyId: { Ref: 'ApiAuthorization' },
  OriginRequestPolicyId: { Ref: 'ApiRequests' },
  ResponseHeadersPolicyId: { Ref: 'ApiHeaders' },
  Compress: false,
};

/** CloudFront's own certificate accepts old TLS and cannot be told otherwise; a custom domain's can. */
const viewerCertificate = ({ domainName, certificateArn }) =>
  domainName
    ? {
        AcmCertificateArn: certificateArn,
        SslSupportMethod: 'sni-only',
        MinimumProtocolVersion: 'TLSv1.2_2021',
      }
    : { CloudFrontDefaultCertificate: true };

/**
 * There are no error pages. They hold for the whole distribution, and would turn a refused handshake into a page.
 */
const distribution = (given, name, webAclId) => ({
  Type: 'AWS::CloudFront::Distribution',
  Properties: {
    DistributionConfig: {
      Comment: name,
      Enabled: true,
      HttpVersion: 'http2and3',
      IPV6Enabled: true,
      DefaultRootObject: 'index.html',
      ...(given.domainName && { Aliases: [given.domainName] }),
      ...(webAclId && { WebACLId: webAclId }),
      ...(given.accessLogs === 'on' && { Logging: accessLogs.ofDistribution('cloudfront') }),
      ViewerCertificate: viewerCertificate(given),
      Origins: [
        pageOrigin,
        apiOrigin('ws', 'WebsocketsApi', originHeader(given.originSecretVersion)),
        apiOrigin('api', 'HttpApi', originHeader(given.originSecretVersion)),
      ],
      DefaultCacheBehavior: page,
      CacheBehaviors: [socket, api],
      CustomErrorResponses: uncachedErrors,
    },
  },
});

const sub = (text) => (text.includes('${') ? { 'Fn::Sub': text } : text);

/** The distribution's own name, which works beside a custom domain too. */
const ownDomain = `\${Distribution.DomainName}`;

module.exports = async (context) => {
  const given = await parameters(context);
  const name = await context.resolveVariable('self:custom.name');
  const domain = given.domainName || ownDomain;
  const ownOrigins = [ownDomain, given.domainName].filter(Boolean).map((host) => `https://${host}`);

  return {
    // The stack's own page may always connect.
    allowedOrigins: sub([...ownOrigins, given.allowedOrigins].filter(Boolean).join(',')),
    pageHost: sub(domain),
    resources: {
      Resources: { Distribution: distribution(given, name, await webAcl.idFor(context)) },
      Outputs: {
        PageUrl: { Description: 'The chat', Value: sub(`https://${domain}/`) },
        SocketUrl: { Description: 'The WebSocket', Value: sub(`wss://${domain}/ws`) },
        DistributionDomain: {
          Description: "The distribution's own name, which a domain of yours points to",
          Value: sub(ownDomain),
        },
        DistributionId: { Description: 'Id of the CloudFront distribution', Value: { Ref: 'Distribution' } },
      },
    },
  };
};
