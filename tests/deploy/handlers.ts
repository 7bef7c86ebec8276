import handlers from './handlerPermissions.json';

/** What the handlers of the resource types use, from the providers' published schemas (2026-08). */
export const HANDLERS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = handlers;

/** Actions of the handlers that no deployer of this stack needs, and why. */
export const NOT_NEEDED: readonly (readonly [action: RegExp, reason: string])[] = [
  [/^s3:getObject$/, 'no API is imported from a file in a bucket'],
  [/^cloudfront:(Create|Get)ConnectionGroup$/, 'the distribution has one tenant'],
  [/^cloudfront:GetVpcOrigin$/, 'the distribution has no origin in a VPC'],
  [/^cloudfront:UpdateDistributionWithStagingConfig$/, 'the distribution has no staging copy'],
  [/^dynamodb:(DescribeImport|ImportTable)$|^s3:GetObjectMetadata$/, 'no table is imported'],
  [/^logs:(CreateLogStream|DescribeLogStreams|PutLogEvents)$/, 'no import of a table is logged'],
  [/^dynamodb:UpdateContributorInsights$/, 'no table has contributor insights'],
  [/^dynamodb:\w*KinesisStreamingDestination$|^kinesis:/, 'no table streams into Kinesis'],
  [/^dynamodb:(Put|Delete)ResourcePolicy$/, 'no table has a policy of its own'],
  [/^dynamodb:(CreateTableReplica|AssociateTableReplica)$/, 'no table has a replica'],
  [/^dynamodb:(Scan|Query|\w+Item)$/, 'a deployer reads and writes no rows of a table'],
  [/^kms:/, 'the stack has no encryption keys of its own'],
  [/^iam:DeleteRolePermissionsBoundary$/, 'a role without its boundary could do everything in the account'],
  [/^ec2:|^elasticfilesystem:|^s3files:/, 'no function is in a VPC'],
  [/^s3:GetObjectVersion$/, 'the framework deploys code by key, without a version'],
  [/^lambda:\w*CodeSigningConfig$/, 'no function has signed code'],
  [
    /^lambda:(GetLayerVersion|PassCapacityProvider|PutFunctionScalingConfig)$/,
    'no function has layers or a capacity provider',
  ],
  [/^lambda:(PutRuntimeManagementConfig|PutFunctionRecursionConfig)$/, 'the functions keep the defaults'],
  [/^lambda:PublishVersion$/, 'the functions have one version'],
  [/^logs:(Put|Delete)DataProtectionPolicy$|^s3:REST|^firehose:/, 'no log group masks data'],
  [
    /^logs:(Put|Delete)IndexPolicy$|^logs:PutBearerTokenAuthentication$/,
    'no log group has an index or a bearer token',
  ],
  [/^logs:(Associate|Disassociate)KmsKey$/, 'no log group has a key of its own'],
  [
    /^logs:(DeleteResourcePolicy|PutLogGroupDeletionProtection)$/,
    'no log group has a policy or a protection',
  ],
  [/^s3:PutBucketAbac$|^s3:PutObjectAcl$/, 'no bucket gives access by tags or by access control lists'],
  [
    /^s3:\w*(Analytics|Inventory|Metrics|IntelligentTiering|Accelerate)Configuration$/,
    'no bucket has analytics, inventories, request metrics, tiering or acceleration',
  ],
  [/^s3:\w*BucketMetadata\w*$|^s3tables:/, 'no bucket has tables of metadata'],
  [/^s3:\w*(Replication|ReplicationConfiguration)$/, 'no bucket is replicated'],
  [
    /^[sS]3:\w*(BucketWebsite|BucketNotification|Versioning)$/,
    'no bucket is a website, notifies or has versions',
  ],
  [/^s3:\w*ObjectLockConfiguration$/, 'no bucket is locked'],
  [
    /^s3:DeleteBucket(Cors|Encryption|Lifecycle|Metrics|Analytics)/,
    'IAM has no such action, and `s3:Put…` covers it',
  ],
  [/^sns:PutDataProtectionPolicy$/, 'no topic masks data'],
  [/^secretsmanager:\w*(ReplicateSecretToRegions|RegionsFromReplication)$/, 'no secret is replicated'],
];

/** Why a deployer does not need an action of a handler; `undefined` where none says so. */
export function reasonAgainst(action: string): string | undefined {
  return NOT_NEEDED.find(([pattern]) => pattern.test(action))?.[1];
}
