const filesDistribution = require('./filesDistribution');
const parameters = require('./parameters');
const webAcl = require('./webAcl');

/** A pending file is one that no message names. S3 removes it at the midnight (UTC) after this many days. */
const PENDING_DAYS = 1;

/** Days after which the log has forgotten a message, and its files go as well. */
const retentionDays = (historyHours) => Math.ceil(Number(historyHours) / 24);

const expiry = (days, filter) => ({ Status: 'Enabled', ExpirationInDays: days, ...filter });

/** Every read and upload brings a signature and no cookie, so any page's origin may make them. */
const cors = {
  CorsRules: [
    { AllowedOrigins: ['*'], AllowedMethods: ['GET', 'POST'], AllowedHeaders: ['*'], MaxAge: 3600 },
  ],
};

const bucketOf = (historyHours) => ({
  Type: 'AWS::S3::Bucket',
  // Files go with the messages, whose table stays when the stack goes.
  DeletionPolicy: 'RetainExceptOnCreate',
  UpdateReplacePolicy: 'Retain',
  Properties: {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    CorsConfiguration: cors,
    LifecycleConfiguration: {
      Rules: [
        expiry(PENDING_DAYS, { Id: 'pending', TagFilters: [{ Key: 'pending', Value: '1' }] }),
        ...(Number(historyHours) > 0 ? [expiry(retentionDays(historyHours), { Id: 'retention' })] : []),
      ],
    },
  },
});

const arn = { 'Fn::GetAtt': ['FilesBucket', 'Arn'] };

const policy = {
  Type: 'AWS::S3::BucketPolicy',
  Properties: {
    Bucket: { Ref: 'FilesBucket' },
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: [arn, { 'Fn::Join': ['/', [arn, '*']] }],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  },
};

module.exports = async (context) => {
  const given = await parameters(context);
  const { files, historyHours } = given;
  if (files !== 'on') return { bucket: '', origin: '', resources: {} };
  const name = await context.resolveVariable('self:custom.name');
  return {
    bucket: { Ref: 'FilesBucket' },
    /** Where files are read. */
    origin: { 'Fn::Sub': `https://\${FilesDistribution.DomainName}` },
    resources: {
      Resources: {
        FilesBucket: bucketOf(historyHours),
        FilesBucketPolicy: policy,
        ...filesDistribution(name, given, await webAcl.idFor(context)),
      },
      Outputs: {
        FilesBucketName: {
          Description: 'Bucket of the files of messages, kept on removal',
          Value: { Ref: 'FilesBucket' },
        },
      },
    },
  };
};
