const { own, secrets, STACK, verbs } = require('./policyTerms');

/** CloudFormation gives a stack's tags to its resources. APIs, their stages and distributions have no other name. */
const TAG = 'Stack';
const tagged = { StringEquals: { [`aws:ResourceTag/${TAG}`]: STACK } };

/** A deployer must not tag what is another stage's. What is new has no tag yet. */
const taggedSo = {
  StringEqualsIfExists: { [`aws:ResourceTag/${TAG}`]: STACK, [`aws:RequestTag/${TAG}`]: STACK },
};

const apiPaths = (...paths) => paths.map((path) => `arn:aws:apigateway:REGION::/${path}`);

const changesApi = verbs('apigateway', 'PATCH', 'PUT', 'DELETE');

/** The id of an API has ten characters. A `*` would cover what an API has, too. */
const ANY_API = 'apis/??????????';

/** The parts of an API have no tags, and do not inherit the API's (API Gateway Developer Guide, tagging). */
const apis = [
  { actions: verbs('apigateway', 'GET', 'POST'), resources: apiPaths('apis') },
  { actions: verbs('apigateway', 'GET'), resources: apiPaths('apis/*', 'tags/*') },
  {
    actions: [...verbs('apigateway', 'POST'), ...changesApi],
    resources: apiPaths(
      ...['authorizers', 'deployments', 'integrations', 'routes', 'stages/*'].map(
        (part) => `apis/*/${part}/*`,
      ),
    ),
  },
  {
    actions: verbs('apigateway', 'POST'),
    resources: apiPaths(
      ...['authorizers', 'deployments', 'integrations', 'routes', 'stages'].map((part) => `apis/*/${part}`),
    ),
  },
  { actions: changesApi, resources: apiPaths(ANY_API, `${ANY_API}/stages/*`), condition: tagged },
  {
    actions: verbs('apigateway', 'POST', 'PUT', 'DELETE', 'TagResource', 'UntagResource'),
    resources: apiPaths('tags/*', ANY_API, `${ANY_API}/stages/*`),
    condition: taggedSo,
  },
];

const cloudFront = (kind, type) => ({
  actions: verbs('cloudfront', `Create${kind}`, `Get${kind}`, `Update${kind}`, `Delete${kind}`),
  resources: [`arn:aws:cloudfront::ACCOUNT:${type}/*`],
});

const distributions = ['arn:aws:cloudfront::ACCOUNT:distribution/*'];

const buckets = {
  actions: [
    ...verbs('s3', 'CreateBucket', 'DeleteBucket', 'ListBucket', 'ListBucketVersions', 'GetBucketLocation'),
    ...verbs('s3', 'GetEncryptionConfiguration', 'PutEncryptionConfiguration'),
    ...verbs('s3', 'GetBucketPublicAccessBlock', 'PutBucketPublicAccessBlock'),
    ...verbs('s3', 'GetBucketOwnershipControls', 'PutBucketOwnershipControls', 'PutBucketTagging'),
    ...verbs('s3', 'TagResource', 'UntagResource'),
    ...verbs('s3', 'GetBucketPolicy', 'PutBucketPolicy', 'DeleteBucketPolicy'),
    ...verbs('s3', 'PutBucketLogging', 'PutLifecycleConfiguration', 'PutBucketCORS'),
    // CloudFront adds itself to the access control list of the bucket it logs to.
    ...verbs('s3', 'GetBucketAcl', 'PutBucketAcl'),
    ...verbs('s3', 'GetObject', 'PutObject', 'DeleteObject', 'DeleteObjectVersion'),
  ],
  resources: [`arn:aws:s3:::${STACK}-*`],
};

const roles = [`arn:aws:iam::ACCOUNT:role/${STACK}-*`];

const withinBoundary = {
  StringEquals: { 'iam:PermissionsBoundary': `arn:aws:iam::ACCOUNT:policy/${STACK}-boundary` },
};

/** What watches the stack: one statement for all of it. */
const watching = [
  own('cloudwatch', `alarm:${STACK}-*`),
  `arn:aws:cloudwatch::ACCOUNT:dashboard/${STACK}-*`,
  `arn:aws:budgets::ACCOUNT:budget/${STACK}-*`,
  own('sns', `${STACK}-*`),
  own('sqs', `${STACK}-*`),
];

/** A mapping's ARN has an id in place of a name; only its function tells whose it is. */
const mappings = [own('lambda', 'event-source-mapping:*')];
const woken = {
  ArnEquals: {
    'lambda:FunctionArn': ['relay', 'noticeMessages', 'notifyUsers'].map((name) =>
      own('lambda', `function:${STACK}-${name}`),
    ),
  },
};

/** @type {Record<string, {actions: string[], resources: string[], condition?: object}[]>} */
const byType = {
  'AWS::ApiGateway::Account': [
    { actions: verbs('apigateway', 'GET', 'PATCH'), resources: ['arn:aws:apigateway:REGION::/account'] },
  ],
  'AWS::ApiGatewayV2::Api': apis,
  'AWS::ApiGatewayV2::Authorizer': apis,
  'AWS::ApiGatewayV2::Deployment': apis,
  'AWS::ApiGatewayV2::Integration': apis,
  'AWS::ApiGatewayV2::Route': apis,
  'AWS::ApiGatewayV2::RouteResponse': apis,
  'AWS::ApiGatewayV2::Stage': [
    ...apis,
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
  'AWS::CloudFront::CachePolicy': [cloudFront('CachePolicy', 'cache-policy')],
  'AWS::CloudFront::Distribution': [
    {
      actions: verbs('cloudfront', 'CreateDistribution', 'CreateDistributionWithTags'),
      resources: distributions,
    },
    {
      actions: [
        ...verbs('cloudfront', 'GetDistribution', 'GetDistributionConfig', 'UpdateDistribution'),
        ...verbs('cloudfront', 'DeleteDistribution', 'CreateInvalidation'),
        ...verbs('cloudfront', 'ListTagsForResource', 'UntagResource'),
      ],
      resources: distributions,
      condition: tagged,
    },
    { actions: verbs('cloudfront', 'TagResource'), resources: distributions, condition: taggedSo },
  ],
  'AWS::CloudFront::OriginAccessControl': [cloudFront('OriginAccessControl', 'origin-access-control')],
  'AWS::CloudFront::OriginRequestPolicy': [cloudFront('OriginRequestPolicy', 'origin-request-policy')],
  'AWS::CloudFront::ResponseHeadersPolicy': [cloudFront('ResponseHeadersPolicy', 'response-headers-policy')],
  'AWS::CloudWatch::Alarm': [
    {
      actions: [
        ...verbs('cloudwatch', 'PutMetricAlarm', 'DescribeAlarms', 'DeleteAlarms'),
        ...verbs('cloudwatch', 'TagResource', 'UntagResource'),
      ],
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
        ...verbs('dynamodb', 'CreateTable', 'DescribeTable', 'UpdateTable', 'DeleteTable'),
        ...verbs('dynamodb', 'TagResource', 'UntagResource'),
        ...verbs('dynamodb', 'DescribeTimeToLive', 'UpdateTimeToLive', 'ListTagsOfResource'),
        ...verbs('dynamodb', 'DescribeContinuousBackups', 'UpdateContinuousBackups'),
      ],
      resources: [own('dynamodb', `table/${STACK}-*`)],
    },
  ],
  'AWS::IAM::Role': [
    {
      actions: [
        ...verbs('iam', 'GetRole', 'UpdateRole', 'UpdateRoleDescription', 'DeleteRole'),
        ...verbs('iam', 'TagRole', 'UntagRole', 'UpdateAssumeRolePolicy'),
      ],
      resources: roles,
    },
    {
      // A role that could exceed the boundary would give the deployer every right in the account.
      actions: [
        ...verbs('iam', 'CreateRole', 'PutRolePermissionsBoundary'),
        ...verbs('iam', 'PutRolePolicy', 'DeleteRolePolicy', 'DetachRolePolicy'),
      ],
      resources: roles,
      condition: withinBoundary,
    },
    {
      actions: ['iam:AttachRolePolicy'],
      resources: roles,
      condition: {
        StringEquals: withinBoundary.StringEquals,
        ArnEquals: {
          'iam:PolicyARN': 'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs',
        },
      },
    },
    {
      actions: ['iam:PassRole'],
      resources: roles,
      condition: {
        StringEquals: { 'iam:PassedToService': ['lambda.amazonaws.com', 'apigateway.amazonaws.com'] },
      },
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
  'AWS::Lambda::EventSourceMapping': [
    // What is new has no ARN yet.
    { actions: ['lambda:CreateEventSourceMapping'], resources: ['*'], condition: woken },
    {
      actions: verbs(
        'lambda',
        'GetEventSourceMapping',
        'UpdateEventSourceMapping',
        'DeleteEventSourceMapping',
      ),
      resources: mappings,
      condition: woken,
    },
    {
      actions: verbs('lambda', 'ListTags', 'TagResource', 'UntagResource'),
      resources: mappings,
      condition: taggedSo,
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
    { actions: verbs('logs', 'DescribeLogGroups', 'DescribeResourcePolicies'), resources: ['*'] },
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
      resources: ['/aws/lambda/', '/aws/vendedlogs/', ''].map((prefix) =>
        own('logs', `log-group:${prefix}${STACK}-*`),
      ),
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
  'AWS::WAFv2::WebACL': [
    {
      actions: verbs(
        'wafv2',
        'CreateWebACL',
        'GetWebACL',
        'UpdateWebACL',
        'DeleteWebACL',
        'TagResource',
        'UntagResource',
      ),
      // CloudFront reads web ACLs from this Region only.
      resources: [`arn:aws:wafv2:us-east-1:ACCOUNT:global/webacl/${STACK}-*`],
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
      resources: secrets,
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
    resources: [
      own('cloudformation', `stack/${STACK}/*`),
      `arn:aws:cloudformation:us-east-1:ACCOUNT:stack/${STACK}-web-acl-*`,
      own('ecr', `repository/serverless-${STACK}`),
    ],
  },
  { actions: ['cloudformation:ValidateTemplate'], resources: ['*'] },
];

module.exports = { always, byType };
