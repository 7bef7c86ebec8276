/**
 * The permissions that a deployment needs, by the types of resources in the template. CloudFormation acts with its
 * caller's permissions. Each type therefore needs the actions that create, change, read and delete it. What reads it is
 * in readPermissions.json: the read handlers' permissions in the providers' published schemas (2026-08), without those
 * for other services, which only unused properties need. CloudFormation reads a type after each change and for GetAtt. Names that
 * CloudFormation makes begin with the stack's name. Where they do not, or a service has no narrower resource, the
 * statement is limited to this account.
 *
 * There are two policies, because a managed policy holds 6,144 characters. `stack` is for the functions, what they
 * use and the buckets, `front` for what is before them and monitors them. ACCOUNT, REGION and STAGE stand for what they say.
 */
const readPermissions = require('./readPermissions.json');

const STACK = 'edge-chat-STAGE';
const own = (service, rest) => `arn:aws:${service}:REGION:ACCOUNT:${rest}`;

const verbs = (service, ...names) => names.map((name) => `${service}:${name}`);

/** CloudFormation gives the tags of a stack to its resources. APIs, their stages and distributions have no other name. */
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
    ...verbs('s3', 'GetBucketPolicy', 'PutBucketPolicy', 'DeleteBucketPolicy'),
    ...verbs('s3', 'PutBucketLogging', 'PutLifecycleConfiguration'),
    // CloudFront adds itself to the access control list of the bucket it logs to.
    ...verbs('s3', 'GetBucketAcl', 'PutBucketAcl'),
    ...verbs('s3', 'GetObject', 'PutObject', 'DeleteObject', 'DeleteObjectVersion'),
  ],
  resources: [`arn:aws:s3:::${STACK}-*`],
};

const secrets = ['OriginSecret', 'GuestKey'].map((id) => own('secretsmanager', `secret:${STACK}-${id}-*`));

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
    { actions: verbs('cloudfront', 'CreateDistribution'), resources: distributions },
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
      actions: verbs('iam', 'GetRole', 'DeleteRole', 'TagRole', 'UntagRole', 'UpdateAssumeRolePolicy'),
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
      actions: verbs('wafv2', 'CreateWebACL', 'GetWebACL', 'UpdateWebACL', 'DeleteWebACL', 'TagResource'),
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

const FRONT = /^AWS::(ApiGateway|ApiGatewayV2|CloudFront|CloudWatch|Budgets|SNS|SQS|WAFv2)::/;

/** The policies for a deployment of these types of resources, by name. */
function policiesFor(types) {
  const unknown = types.filter((type) => !byType[type]);
  if (unknown.length > 0)
    throw new Error(
      `Nobody said what deploying ${unknown.join(', ')} takes: add it to infra/deploy/policy.js.`,
    );

  const needed = [...new Set(types)].sort();
  const needs = (isFront) => needed.filter((type) => FRONT.test(type) === isFront).flatMap(needsOf);
  return { stack: policyOf([...always, ...needs(false)]), front: policyOf(needs(true)) };
}

/** What a type needs, and on the resources of its first unconditioned statement with names what reads it. */
function needsOf(type) {
  const needs = byType[type] ?? [];
  const named = needs.find(({ resources, condition }) => !condition && !resources.includes('*'));
  if (!named) throw new Error(`infra/deploy/policy.js names no resource of the type ${type}.`);
  const given = new Set(needs.flatMap(({ actions }) => actions));
  const reads = (readPermissions[type] ?? []).filter((action) => !given.has(action));
  return [...needs, { actions: reads, resources: named.resources }];
}

function policyOf(needs) {
  const statements = new Map();
  for (const { actions, resources, condition } of needs) {
    const key = JSON.stringify([resources, condition]);
    const known = statements.get(key) ?? { actions: new Set(), resources, condition };
    for (const action of actions) known.actions.add(action);
    statements.set(key, known);
  }
  return {
    Version: '2012-10-17',
    Statement: [...statements.values()].map(({ actions, resources, condition }) => ({
      Effect: 'Allow',
      Action: [...actions].sort(),
      Resource: resources,
      ...(condition && { Condition: condition }),
    })),
  };
}

/** Where the functions of the stack, and the role of API Gateway's logs, may act at most. */
const boundaries = {
  dynamodb: [own('dynamodb', `table/${STACK}-*`)],
  'execute-api': [own('execute-api', '*/ws/*/@connections/*')],
  lambda: [own('lambda', `function:${STACK}-*`)],
  logs: ['*'],
  secretsmanager: secrets,
  sqs: [own('sqs', `${STACK}-*`)],
  xray: ['*'],
};

/** API Gateway's log role serves every API of the account. It writes logs and reads none. */
const writesLogs = verbs(
  'logs',
  'CreateLogGroup',
  'CreateLogStream',
  'DescribeLogGroups',
  'DescribeLogStreams',
  'PutLogEvents',
);

/** The permissions boundary of every role: the actions that the roles use, on the stack's own resources. */
function boundaryFor(actions) {
  return policyOf(
    [...actions, ...writesLogs].map((action) => ({
      actions: [action],
      resources: boundaries[action.split(':')[0]],
    })),
  );
}

module.exports = { policiesFor, boundaryFor };
