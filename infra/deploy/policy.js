/**
 * The permissions that a deployment needs, by the types of resources in the template. CloudFormation acts with its
 * caller's permissions. Each type therefore needs the actions that create, change, read and delete it. Names that
 * CloudFormation makes begin with the stack's name. Where they do not, or a service has no narrower resource, the
 * statement is limited to this account.
 *
 * There are two policies, because a managed policy holds 6,144 characters. `stack` is for the functions and what they
 * use, `front` for what is before them and monitors them. ACCOUNT, REGION and STAGE stand for what they say.
 */
const STACK = 'edge-chat-STAGE';
const own = (service, rest) => `arn:aws:${service}:REGION:ACCOUNT:${rest}`;

const verbs = (service, ...names) => names.map((name) => `${service}:${name}`);

const apis = {
  actions: verbs('apigateway', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TagResource', 'UntagResource'),
  resources: ['/apis', '/apis/*', '/tags/*'].map((path) => `arn:aws:apigateway:REGION::${path}`),
};

const cloudFront = (kind) => ({
  actions: verbs('cloudfront', `Create${kind}`, `Get${kind}`, `Update${kind}`, `Delete${kind}`),
  resources: ['arn:aws:cloudfront::ACCOUNT:*'],
});

const buckets = {
  actions: [
    ...verbs('s3', 'CreateBucket', 'DeleteBucket', 'ListBucket', 'ListBucketVersions', 'GetBucketLocation'),
    ...verbs('s3', 'GetEncryptionConfiguration', 'PutEncryptionConfiguration'),
    ...verbs('s3', 'GetBucketPublicAccessBlock', 'PutBucketPublicAccessBlock'),
    ...verbs('s3', 'GetBucketOwnershipControls', 'PutBucketOwnershipControls', 'PutBucketTagging'),
    ...verbs('s3', 'GetBucketPolicy', 'PutBucketPolicy', 'DeleteBucketPolicy'),
    ...verbs('s3', 'GetObject', 'PutObject', 'DeleteObject', 'DeleteObjectVersion'),
  ],
  resources: [`arn:aws:s3:::${STACK}-*`],
};

/** What watches the stack: one statement for all of it. */
const watching = [
  own('cloudwatch', `alarm:${STACK}-*`),
  `arn:aws:cloudwatch::ACCOUNT:dashboard/${STACK}-*`,
  `arn:aws:budgets::ACCOUNT:budget/${STACK}-*`,
  own('sns', `${STACK}-*`),
  own('sqs', `${STACK}-*`),
];

/** @type {Record<string, {actions: string[], resources: string[]}[]>} */
const byType = {
  'AWS::ApiGateway::Account': [
    { actions: verbs('apigateway', 'GET', 'PATCH'), resources: ['arn:aws:apigateway:REGION::/account'] },
  ],
  'AWS::ApiGatewayV2::Api': [apis],
  'AWS::ApiGatewayV2::Authorizer': [apis],
  'AWS::ApiGatewayV2::Deployment': [apis],
  'AWS::ApiGatewayV2::Integration': [apis],
  'AWS::ApiGatewayV2::Route': [apis],
  'AWS::ApiGatewayV2::RouteResponse': [apis],
  'AWS::ApiGatewayV2::Stage': [
    apis,
    {
      // Switching an access log on goes through these, which know no narrower resource.
      actions: [
        ...verbs('logs', 'CreateLogDelivery', 'GetLogDelivery', 'ListLogDeliveries', 'UpdateLogDelivery'),
        ...verbs('logs', 'DeleteLogDelivery', 'DescribeResourcePolicies', 'PutResourcePolicy'),
      ],
      resources: ['*'],
    },
    {
      actions: ['iam:CreateServiceLinkedRole'],
      resources: ['arn:aws:iam::ACCOUNT:role/aws-service-role/ops.apigateway.amazonaws.com/*'],
    },
  ],
  'AWS::CloudFront::CachePolicy': [cloudFront('CachePolicy')],
  'AWS::CloudFront::Distribution': [
    cloudFront('Distribution'),
    {
      actions: verbs(
        'cloudfront',
        'TagResource',
        'UntagResource',
        'ListTagsForResource',
        'CreateInvalidation',
      ),
      resources: ['arn:aws:cloudfront::ACCOUNT:*'],
    },
  ],
  'AWS::CloudFront::OriginAccessControl': [cloudFront('OriginAccessControl')],
  'AWS::CloudFront::OriginRequestPolicy': [cloudFront('OriginRequestPolicy')],
  'AWS::CloudFront::ResponseHeadersPolicy': [cloudFront('ResponseHeadersPolicy')],
  'AWS::CloudWatch::Alarm': [
    {
      actions: verbs('cloudwatch', 'PutMetricAlarm', 'DescribeAlarms', 'DeleteAlarms', 'TagResource'),
      resources: watching,
    },
  ],
  'AWS::Budgets::Budget': [
    {
      actions: verbs('budgets', 'ViewBudget', 'ModifyBudget'),
      resources: watching,
    },
  ],
  'AWS::CloudWatch::Dashboard': [
    {
      actions: verbs('cloudwatch', 'PutDashboard', 'GetDashboard', 'DeleteDashboards'),
      resources: watching,
    },
  ],
  'AWS::DynamoDB::Table': [
    {
      actions: [
        ...verbs('dynamodb', 'CreateTable', 'DescribeTable', 'UpdateTable', 'DeleteTable', 'TagResource'),
        ...verbs('dynamodb', 'DescribeTimeToLive', 'UpdateTimeToLive', 'ListTagsOfResource'),
        ...verbs('dynamodb', 'DescribeContinuousBackups', 'UpdateContinuousBackups'),
      ],
      resources: [own('dynamodb', `table/${STACK}-*`)],
    },
  ],
  'AWS::IAM::Role': [
    {
      actions: [
        ...verbs(
          'iam',
          'CreateRole',
          'GetRole',
          'DeleteRole',
          'TagRole',
          'UntagRole',
          'UpdateAssumeRolePolicy',
        ),
        ...verbs('iam', 'GetRolePolicy', 'PutRolePolicy', 'DeleteRolePolicy', 'ListRolePolicies'),
        ...verbs('iam', 'AttachRolePolicy', 'DetachRolePolicy', 'ListAttachedRolePolicies', 'PassRole'),
      ],
      resources: [`arn:aws:iam::ACCOUNT:role/${STACK}-*`],
    },
  ],
  'AWS::Lambda::EventInvokeConfig': [
    {
      actions: [
        ...verbs('lambda', 'PutFunctionEventInvokeConfig', 'GetFunctionEventInvokeConfig'),
        ...verbs('lambda', 'UpdateFunctionEventInvokeConfig', 'DeleteFunctionEventInvokeConfig'),
      ],
      resources: [own('lambda', `function:${STACK}-*`)],
    },
  ],
  'AWS::Lambda::Function': [
    {
      actions: [
        ...verbs('lambda', 'CreateFunction', 'GetFunction', 'GetFunctionConfiguration', 'DeleteFunction'),
        ...verbs(
          'lambda',
          'UpdateFunctionCode',
          'UpdateFunctionConfiguration',
          'GetFunctionCodeSigningConfig',
        ),
        ...verbs('lambda', 'GetRuntimeManagementConfig', 'GetFunctionRecursionConfig', 'ListTags'),
        ...verbs(
          'lambda',
          'TagResource',
          'UntagResource',
          'PutFunctionConcurrency',
          'DeleteFunctionConcurrency',
        ),
      ],
      resources: [own('lambda', `function:${STACK}-*`)],
    },
  ],
  'AWS::Lambda::Permission': [
    {
      actions: verbs('lambda', 'AddPermission', 'RemovePermission', 'GetPolicy'),
      resources: [own('lambda', `function:${STACK}-*`)],
    },
  ],
  'AWS::Logs::LogGroup': [
    { actions: verbs('logs', 'DescribeLogGroups'), resources: ['*'] },
    {
      actions: [
        ...verbs('logs', 'CreateLogGroup', 'DeleteLogGroup', 'PutRetentionPolicy', 'DeleteRetentionPolicy'),
        ...verbs(
          'logs',
          'TagResource',
          'UntagResource',
          'ListTagsForResource',
          'DescribeSubscriptionFilters',
        ),
      ],
      resources: [own('logs', `log-group:/aws/lambda/${STACK}-*`), own('logs', `log-group:${STACK}-*`)],
    },
  ],
  'AWS::S3::Bucket': [buckets],
  'AWS::S3::BucketPolicy': [buckets],
  'AWS::SNS::Topic': [
    {
      actions: [
        ...verbs('sns', 'CreateTopic', 'DeleteTopic', 'GetTopicAttributes', 'SetTopicAttributes'),
        ...verbs('sns', 'Subscribe', 'Unsubscribe', 'ListSubscriptionsByTopic'),
        ...verbs('sns', 'TagResource', 'UntagResource', 'ListTagsForResource', 'GetDataProtectionPolicy'),
      ],
      resources: watching,
    },
  ],
  'AWS::SQS::Queue': [
    {
      actions: [
        ...verbs(
          'sqs',
          'CreateQueue',
          'DeleteQueue',
          'GetQueueAttributes',
          'SetQueueAttributes',
          'GetQueueUrl',
        ),
        ...verbs('sqs', 'TagQueue', 'UntagQueue', 'ListQueueTags'),
      ],
      resources: watching,
    },
  ],
  'AWS::SecretsManager::Secret': [
    // A password is made before there is a secret to make it for.
    { actions: ['secretsmanager:GetRandomPassword'], resources: ['*'] },
    {
      actions: [
        ...verbs('secretsmanager', 'CreateSecret', 'DescribeSecret', 'UpdateSecret', 'DeleteSecret'),
        ...verbs('secretsmanager', 'GetSecretValue', 'PutSecretValue', 'TagResource', 'UntagResource'),
      ],
      // CloudFormation names a secret after its logical id alone.
      resources: [own('secretsmanager', 'secret:OriginSecret-*'), own('secretsmanager', 'secret:GuestKey-*')],
    },
  ],
};

/** What the framework and the plugin call themselves, besides CloudFormation. */
const always = [
  { actions: ['sts:GetCallerIdentity'], resources: ['*'] },
  {
    actions: [
      ...verbs('cloudformation', 'CreateStack', 'UpdateStack', 'DeleteStack', 'GetTemplate'),
      ...verbs('cloudformation', 'DescribeStacks', 'DescribeStackEvents', 'DescribeStackResource'),
      ...verbs('cloudformation', 'ListStackResources'),
      // `sls remove` asks whether the service has images. It has none.
      'ecr:DescribeRepositories',
    ],
    resources: [own('cloudformation', `stack/${STACK}/*`), own('ecr', `repository/serverless-${STACK}`)],
  },
  { actions: ['cloudformation:ValidateTemplate'], resources: ['*'] },
];

const FRONT = /^AWS::(CloudFront|S3|CloudWatch|Budgets|SNS|SQS)::/;

/** The policies for a deployment of these types of resources, by name. */
function policiesFor(types) {
  const unknown = types.filter((type) => !byType[type]);
  if (unknown.length > 0)
    throw new Error(
      `Nobody said what deploying ${unknown.join(', ')} takes: add it to infra/deploy/policy.js.`,
    );

  const needed = [...new Set(types)].sort();
  const needs = (isFront) =>
    needed.filter((type) => FRONT.test(type) === isFront).flatMap((type) => byType[type]);
  return { stack: policyOf([...always, ...needs(false)]), front: policyOf(needs(true)) };
}

function policyOf(needs) {
  const byResources = new Map();
  for (const { actions, resources } of needs) {
    const known = byResources.get(resources.join()) ?? { actions: new Set(), resources };
    for (const action of actions) known.actions.add(action);
    byResources.set(resources.join(), known);
  }
  return {
    Version: '2012-10-17',
    Statement: [...byResources.values()].map(({ actions, resources }) => ({
      Effect: 'Allow',
      Action: [...actions].sort(),
      Resource: resources,
    })),
  };
}

module.exports = { policiesFor };
