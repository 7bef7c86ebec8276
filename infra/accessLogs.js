const parameters = require('./parameters');

const PAGE_PREFIX = 'page/';

/** How long a log is kept, in days: as long as those of the functions. */
const DAYS = 30;

/**
 * The bucket of the access logs. CloudFront delivers logs hours later, after the stack has gone too, so the bucket
 * stays. Its files expire.
 */
const AccessLogs = {
  Type: 'AWS::S3::Bucket',
  DeletionPolicy: 'RetainExceptOnCreate',
  UpdateReplacePolicy: 'Retain',
  Properties: {
    // CloudFront writes with an access control list.
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    LifecycleConfiguration: {
      Rules: [
        {
          Id: 'expire',
          Status: 'Enabled',
          ExpirationInDays: DAYS,
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        },
      ],
    },
  },
};

const files = { 'Fn::Sub': `\${AccessLogs.Arn}/*` };

const AccessLogsPolicy = {
  Type: 'AWS::S3::BucketPolicy',
  DeletionPolicy: 'RetainExceptOnCreate',
  UpdateReplacePolicy: 'Retain',
  Properties: {
    Bucket: { Ref: 'AccessLogs' },
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'logging.s3.amazonaws.com' },
          Action: 's3:PutObject',
          Resource: { 'Fn::Sub': `\${AccessLogs.Arn}/${PAGE_PREFIX}*` },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        },
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: [{ 'Fn::GetAtt': ['AccessLogs', 'Arn'] }, files],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  },
};

/** Merged into the page's bucket. */
const PageBucket = {
  DependsOn: ['AccessLogsPolicy'],
  Properties: {
    LoggingConfiguration: { DestinationBucketName: { Ref: 'AccessLogs' }, LogFilePrefix: PAGE_PREFIX },
  },
};

const template = async (context) => {
  const given = await parameters(context);
  if (given.accessLogs !== 'on') return {};
  return {
    Resources: { AccessLogs, AccessLogsPolicy, PageBucket },
    Outputs: {
      AccessLogsBucket: { Description: 'Bucket of the access logs', Value: { Ref: 'AccessLogs' } },
    },
  };
};

/** How a distribution logs, in a folder of its own. Cookies are never sent, and never logged. */
const ofDistribution = (folder) => ({
  Bucket: { 'Fn::GetAtt': ['AccessLogs', 'DomainName'] },
  Prefix: `${folder}/`,
  IncludeCookies: false,
});

module.exports = Object.assign(template, { ofDistribution });
