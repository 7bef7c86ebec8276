import { type JsonRecord, listAt, recordAt, recordsAt, textAt } from '../../local/template/template';
import { many, type Template, text } from './template';

/**
 * The hard limits that AWS documents for the types of resources in the template, as far as our values could come near
 * them. No validator knows most of them: CloudFormation meets them only while it deploys. Where AWS has raised a quota,
 * the lower number of its pages counts.
 */

interface Limit {
  says: string;
  source: string;
  holds(properties: JsonRecord, id: string): boolean;
}

const APIGW =
  'https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html';
const CLOUDFRONT =
  'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html';
const CLOUDWATCH =
  'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html; API reference, MetricAlarm';
const IAM = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html';
const LAMBDA =
  'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; API reference, CreateFunction';
const SOURCES =
  'https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html; API reference, CreateEventSourceMapping';
const S3 = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, bucket policies';

/** The longest stage, and so the longest name of a stack. */
const STAGE = 's'.repeat(12);
const LONGEST: [RegExp, string][] = [
  [/edge-chat-(dev|prod)/g, `edge-chat-${STAGE}`],
  [/<AWS::Region>/g, 'ap-southeast-1'],
  [/<AWS::AccountId>/g, '123456789012'],
  [/<AWS::Partition>/g, 'aws'],
  [/<[^>]+>/g, 'x'.repeat(64)],
];

/** The length of a value with the longest names in it. */
const length = (value: unknown) =>
  LONGEST.reduce(
    (words, [pattern, name]) => words.replace(pattern, name),
    value === undefined ? '' : text(value),
  ).length;

/** The length of an object as JSON, every reference in it at its longest. */
const size = (value: unknown) =>
  JSON.stringify(value ?? null).replace(/\{"(Ref|Fn::\w+)":[^{}]*\}/g, 'x'.repeat(100)).length;

const atMost = (name: string, most: number, source: string): Limit => ({
  says: `${name} has at most ${most} characters`,
  source,
  holds: (properties) => length(properties[name]) <= most,
});

const between = (name: string, least: number, most: number, source: string): Limit => ({
  says: `${name} is from ${least} to ${most}`,
  source,
  holds: ({ [name]: value }) => value === undefined || (Number(value) >= least && Number(value) <= most),
});

/** What CloudFormation adds to a logical id to make a name: the stack's, hyphens, and 13 letters of its own. */
const generated = (most: number, source: string): Limit => ({
  says: `a name that CloudFormation makes has at most ${most} characters, or it cuts the stage out of it`,
  source,
  holds: (_properties, id) => `edge-chat-${STAGE}-${id}-`.length + 13 <= most,
});

/** A part of a CloudFront policy: its name and its list of headers. */
const policyLimits = (config: string, headers: (config: JsonRecord) => number): Limit[] => [
  {
    says: 'a policy has a name and a comment of at most 128 characters',
    source: CLOUDFRONT,
    holds: (properties) =>
      ['Name', 'Comment'].every((name) => length(recordAt(properties, config)[name]) <= 128),
  },
  {
    says: 'a policy lists at most 10 headers',
    source: CLOUDFRONT,
    holds: (properties) => headers(recordAt(properties, config)) <= 10,
  },
];

const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const ERROR_CODES = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

const listed = (config: JsonRecord) => listAt(recordAt(config, 'HeadersConfig'), 'Headers').length;

/** Type by type. An empty list: our values cannot come near a limit of that type. */
const LIMITS: Record<string, Limit[]> = {
  'AWS::ApiGateway::Account': [],
  'AWS::ApiGatewayV2::Api': [atMost('Name', 128, APIGW)],
  'AWS::ApiGatewayV2::Authorizer': [atMost('Name', 128, APIGW)],
  'AWS::ApiGatewayV2::Deployment': [],
  'AWS::ApiGatewayV2::Integration': [
    {
      says: 'an integration of a WebSocket API waits from 50 ms to 29 s, of an HTTP API to 30 s',
      source: APIGW,
      holds: ({ ApiId, TimeoutInMillis = 29_000 }) =>
        Number(TimeoutInMillis) >= 50 &&
        Number(TimeoutInMillis) <= (text(ApiId) === '<WebsocketsApi>' ? 29_000 : 30_000),
    },
  ],
  'AWS::ApiGatewayV2::Route': [atMost('RouteKey', 128, APIGW)],
  'AWS::ApiGatewayV2::RouteResponse': [],
  'AWS::ApiGatewayV2::Stage': [
    atMost('StageName', 128, APIGW),
    {
      says: 'the template of an access log has at most 3 KB',
      source: APIGW,
      holds: (properties) =>
        (textAt(recordAt(properties, 'AccessLogSettings'), 'Format') ?? '').length <= 3072,
    },
  ],
  'AWS::Budgets::Budget': [
    {
      says: 'a budget has a name of at most 100 characters, without :, \\ and /action/',
      source: 'https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html',
      holds: (properties) => {
        const { BudgetName } = recordAt(properties, 'Budget');
        return (
          length(BudgetName) <= 100 && !/[:\\]|\/action\//.test(text(BudgetName).replace(/<[^>]+>/g, ''))
        );
      },
    },
    {
      says: 'a budget has at most 5 notifications',
      source:
        'https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/client/budgets/command/CreateBudgetCommand',
      holds: (properties) => listAt(properties, 'NotificationsWithSubscribers').length <= 5,
    },
  ],
  'AWS::CloudFront::CachePolicy': policyLimits('CachePolicyConfig', (config) =>
    listed(recordAt(config, 'ParametersInCacheKeyAndForwardedToOrigin')),
  ),
  'AWS::CloudFront::Distribution': [
    {
      says: 'a distribution has at most 25 behaviours, 25 origins and 100 names',
      source: 'https://docs.aws.amazon.com/general/latest/gr/cf_region.html',
      holds: (properties) => {
        const config = recordAt(properties, 'DistributionConfig');
        const count = (name: string) => listAt(config, name).length;
        return count('CacheBehaviors') <= 25 && count('Origins') <= 25 && count('Aliases') <= 100;
      },
    },
    {
      says: 'an origin gets at most 10 headers, each with a value of at most 1,783 characters',
      source: CLOUDFRONT,
      holds: (properties) =>
        recordsAt(recordAt(properties, 'DistributionConfig'), 'Origins')
          .map((origin) => recordsAt(origin, 'OriginCustomHeaders'))
          .every(
            (headers) => headers.length <= 10 && headers.every((each) => length(each.HeaderValue) <= 1783),
          ),
    },
    {
      says: 'the headers of an origin have at most 10,240 characters with their names, each name at most 256',
      source: CLOUDFRONT,
      holds: (properties) =>
        recordsAt(recordAt(properties, 'DistributionConfig'), 'Origins')
          .map((origin) => recordsAt(origin, 'OriginCustomHeaders'))
          .every(
            (headers) =>
              headers.every((each) => length(each.HeaderName) <= 256) &&
              headers.reduce((sum, each) => sum + length(each.HeaderName) + length(each.HeaderValue), 0) <=
                10_240,
          ),
    },
    {
      says: 'an error response is for one of eleven codes',
      source: 'API reference, CustomErrorResponse',
      holds: (properties) =>
        recordsAt(recordAt(properties, 'DistributionConfig'), 'CustomErrorResponses').every(({ ErrorCode }) =>
          ERROR_CODES.includes(Number(ErrorCode)),
        ),
    },
    {
      says: 'a distribution has a comment of at most 128 characters',
      source: 'API reference, DistributionConfig',
      holds: (properties) => length(recordAt(properties, 'DistributionConfig').Comment) <= 128,
    },
  ],
  'AWS::CloudFront::OriginAccessControl': [
    {
      says: 'an origin access control has a name of at most 64 characters',
      source: 'API reference, OriginAccessControlConfig',
      holds: (properties) => length(recordAt(properties, 'OriginAccessControlConfig').Name) <= 64,
    },
  ],
  'AWS::CloudFront::OriginRequestPolicy': policyLimits('OriginRequestPolicyConfig', listed),
  'AWS::CloudFront::ResponseHeadersPolicy': [
    ...policyLimits(
      'ResponseHeadersPolicyConfig',
      (config) => listAt(recordAt(config, 'CustomHeadersConfig'), 'Items').length,
    ),
    {
      // The quota of the CSP has no number of its own in the guide.
      says: 'a header that CloudFront adds has at most 1,783 characters',
      source: CLOUDFRONT,
      holds: (properties) => {
        const security = recordAt(
          recordAt(properties, 'ResponseHeadersPolicyConfig'),
          'SecurityHeadersConfig',
        );
        return length(recordAt(security, 'ContentSecurityPolicy').ContentSecurityPolicy) <= 1783;
      },
    },
  ],
  'AWS::CloudWatch::Alarm': [
    {
      says: 'an alarm reads at most 10 metrics',
      source: CLOUDWATCH,
      holds: (properties) => listAt(properties, 'Metrics').length <= 10,
    },
    {
      says: 'an alarm has at most 5 actions for a state',
      source: CLOUDWATCH,
      holds: (properties) =>
        ['AlarmActions', 'OKActions', 'InsufficientDataActions'].every(
          (name) => listAt(properties, name).length <= 5,
        ),
    },
    {
      says: 'an alarm looks back at most a day',
      source: CLOUDWATCH,
      holds: ({ EvaluationPeriods, Period = 300 }) => Number(EvaluationPeriods) * Number(Period) <= 86_400,
    },
    atMost('AlarmDescription', 1024, CLOUDWATCH),
    generated(255, CLOUDWATCH),
  ],
  'AWS::CloudWatch::Dashboard': [
    {
      says: 'a dashboard has at most 500 widgets, each with at most 500 metrics, and 2,500 in all',
      source: CLOUDWATCH,
      holds: ({ DashboardBody }) => {
        const { widgets } = JSON.parse(text(DashboardBody)) as {
          widgets: { properties: { metrics?: unknown[] } }[];
        };
        const counts = widgets.map(({ properties }) => properties.metrics?.length ?? 0);
        return widgets.length <= 500 && Math.max(...counts) <= 500 && counts.reduce((a, b) => a + b) <= 2500;
      },
    },
  ],
  'AWS::DynamoDB::Table': [generated(255, 'DynamoDB Developer Guide, quotas')],
  'AWS::IAM::Role': [
    generated(64, IAM),
    {
      says: 'the inline policies of a role have at most 10,240 characters',
      source: IAM,
      holds: (properties) =>
        recordsAt(properties, 'Policies').reduce((sum, each) => sum + size(each.PolicyDocument), 0) <= 10_240,
    },
    {
      says: 'the trust policy of a role has at most 2,048 characters',
      source: IAM,
      holds: (properties) => size(properties.AssumeRolePolicyDocument) <= 2048,
    },
  ],
  'AWS::Lambda::EventInvokeConfig': [
    between('MaximumRetryAttempts', 0, 2, LAMBDA),
    between('MaximumEventAgeInSeconds', 60, 21_600, LAMBDA),
  ],
  'AWS::Lambda::EventSourceMapping': [
    {
      says: 'a batch has at most 10,000 records of a stream, and 10 messages of a queue without a window',
      source: SOURCES,
      holds: ({ BatchSize, StartingPosition }) =>
        Number(BatchSize) >= 1 && Number(BatchSize) <= (StartingPosition ? 10_000 : 10),
    },
    between('MaximumRecordAgeInSeconds', 60, 604_800, SOURCES),
    {
      says: 'the concurrency of a queue is from 2 to 1,000',
      source: SOURCES,
      holds: (properties) => {
        const { MaximumConcurrency = 2 } = recordAt(properties, 'ScalingConfig');
        return Number(MaximumConcurrency) >= 2 && Number(MaximumConcurrency) <= 1_000;
      },
    },
  ],
  'AWS::Lambda::Function': [
    atMost('FunctionName', 64, LAMBDA),
    atMost('Description', 256, LAMBDA),
    between('Timeout', 1, 900, LAMBDA),
    between('MemorySize', 128, 10_240, LAMBDA),
    {
      says: 'the environment of a function has at most 4 KB',
      source: LAMBDA,
      holds: (properties) => size(recordAt(recordAt(properties, 'Environment'), 'Variables')) <= 4096,
    },
  ],
  'AWS::Lambda::Permission': [],
  'AWS::Logs::LogGroup': [
    atMost('LogGroupName', 512, 'API reference, CreateLogGroup'),
    {
      says: 'a log is kept for one of the documented numbers of days',
      source: 'API reference, PutRetentionPolicy',
      holds: ({ RetentionInDays }) => RETENTION_DAYS.includes(Number(RetentionInDays)),
    },
  ],
  'AWS::S3::Bucket': [generated(63, S3)],
  'AWS::S3::BucketPolicy': [
    {
      says: 'the policy of a bucket has at most 20 KB',
      source: S3,
      holds: (properties) => size(properties.PolicyDocument) <= 20_480,
    },
  ],
  'AWS::SNS::Topic': [
    atMost('DisplayName', 100, 'API reference, CreateTopic'),
    generated(256, 'API reference, CreateTopic'),
  ],
  'AWS::SQS::Queue': [
    generated(80, 'API reference, CreateQueue'),
    between('MessageRetentionPeriod', 60, 1_209_600, 'API reference, SetQueueAttributes'),
  ],
  'AWS::SecretsManager::Secret': [
    atMost('Description', 2048, 'API reference, CreateSecret'),
    {
      says: 'a generated password has at most 4,096 characters',
      source: 'API reference, GetRandomPassword',
      holds: (properties) => Number(recordAt(properties, 'GenerateSecretString').PasswordLength) <= 4096,
    },
  ],
  'AWS::WAFv2::WebACL': [
    atMost('Name', 128, 'API reference, CreateWebACL'),
    {
      says: 'a rate-based rule counts 10 requests or more, over 60, 120, 300 or 600 seconds',
      source:
        'https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-high-level-settings.html',
      holds: (properties) =>
        recordsAt(properties, 'Rules')
          .map((rule) => recordAt(recordAt(rule, 'Statement'), 'RateBasedStatement'))
          .every(
            ({ Limit, EvaluationWindowSec }) =>
              Number(Limit) >= 10 && [60, 120, 300, 600].includes(Number(EvaluationWindowSec)),
          ),
    },
  ],
};

/** How many of a type an API, or a template, may have. */
const COUNTS: [type: string, most: number, source: string][] = [
  ['AWS::ApiGatewayV2::Route', 300, APIGW],
  ['AWS::ApiGatewayV2::Integration', 300, APIGW],
  ['AWS::ApiGatewayV2::Authorizer', 10, APIGW],
  ['AWS::CloudFront::OriginRequestPolicy', 20, CLOUDFRONT],
  ['AWS::CloudFront::CachePolicy', 20, CLOUDFRONT],
  ['AWS::CloudFront::ResponseHeadersPolicy', 20, CLOUDFRONT],
];

export function limitsHold(template: Template): string[] {
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
    const limits = LIMITS[Type];
    if (!limits) return [`nobody looked up the limits of ${Type}: add them to tests/template/limits.ts`];
    return limits
      .filter(({ holds }) => !holds((Properties ?? {}) as JsonRecord, id))
      .map(({ says, source }) => `${id}: ${says} (${source})`);
  });
}

export function countsAreWithinQuotas(template: Template): string[] {
  const types = Object.values(template.Resources).map(({ Type }) => Type);
  const source = 'CloudFormation User Guide, quotas';
  return [
    ...COUNTS.filter(([type, most]) => types.filter((each) => each === type).length > most).map(
      ([type, most, where]) => `there are more than ${most} of ${type} (${where})`,
    ),
    ...(types.length > 500 ? [`a template has at most 500 resources (${source})`] : []),
    ...(Object.keys(template.Outputs).length > 200 ? [`a template has at most 200 outputs (${source})`] : []),
    ...(JSON.stringify(template).length > 1_000_000 ? [`a template has at most 1 MB (${source})`] : []),
  ];
}

/** Names that an account has once, whatever the Region: where each is in its resource. */
const ACCOUNT_WIDE: Record<string, (properties: JsonRecord) => unknown> = {
  'AWS::Budgets::Budget': (properties) => recordAt(properties, 'Budget').BudgetName,
  'AWS::CloudFront::CachePolicy': (properties) => recordAt(properties, 'CachePolicyConfig').Name,
  'AWS::CloudFront::OriginAccessControl': (properties) =>
    recordAt(properties, 'OriginAccessControlConfig').Name,
  'AWS::CloudFront::OriginRequestPolicy': (properties) =>
    recordAt(properties, 'OriginRequestPolicyConfig').Name,
  'AWS::CloudFront::ResponseHeadersPolicy': (properties) =>
    recordAt(properties, 'ResponseHeadersPolicyConfig').Name,
  'AWS::CloudWatch::Dashboard': ({ DashboardName }) => DashboardName,
  'AWS::WAFv2::WebACL': ({ Name }) => Name,
};

export function accountWideNamesAreTheStacksOwn(template: Template): string[] {
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
    const nameIn = ACCOUNT_WIDE[Type];
    if (!nameIn) return [];
    return many(nameIn(Properties as JsonRecord))
      .map(text)
      .filter((name) => !/^edge-chat-[a-z0-9-]+-(<AWS::Region>|us-east-1)(-|$)/.test(name))
      .map((name) => `${id} is named ${name}, which another stack of the account may want`);
  });
}
