import * as checks from './limits';
import { named, ofType, type Rule, type Template } from './template';

const { assign } = Object;

const anyOf = (template: Template, type: Parameters<typeof ofType>[1]) => {
  const [found] = ofType(template, type);
  if (!found) throw new Error(`The template has no ${type}.`);
  return found;
};

const change = (type: Parameters<typeof ofType>[1], changed: object) => (template: Template) =>
  assign(anyOf(template, type).resource.Properties, changed);

const requests = (template: Template) =>
  named(template, 'AWS::CloudFront::OriginRequestPolicy', 'SocketRequests').OriginRequestPolicyConfig;

const originOf = (template: Template) => {
  const config = named(template, 'AWS::CloudFront::Distribution', 'Distribution').DistributionConfig;
  const [origin] = config.Origins;
  if (!origin) throw new Error('The distribution has no origin.');
  return origin;
};

const renamed = (id: string, name: string) => (template: Template) => {
  const { [id]: resource } = template.Resources;
  if (resource) template.Resources[name] = resource;
};

export const limitRules: Rule[] = [
  [
    'every documented limit of its types holds',
    checks.limitsHold,
    [
      [
        'a type of which nobody looked up the limits',
        (t) => assign(t.Resources, { Vpc: { Type: 'AWS::EC2::VPC' } }),
      ],
      ['a name that CloudFormation would cut', renamed('PageBucket', 'PageBucketOfTheWholeDistribution')],
      ['a role that CloudFormation would cut', renamed('ConnectRole', 'RoleOfTheFunctionThatConnects')],
      ['a long name of a function', change('AWS::Lambda::Function', { FunctionName: 'f'.repeat(65) })],
      [
        'a long environment',
        change('AWS::Lambda::Function', { Environment: { Variables: { A: 'a'.repeat(4096) } } }),
      ],
      ['eleven headers', (t) => requests(t).HeadersConfig.Headers?.push(...'abcd'.split(''))],
      [
        'a CSP that is too long',
        (t) =>
          assign(
            named(t, 'AWS::CloudFront::ResponseHeadersPolicy', 'PageHeaders').ResponseHeadersPolicyConfig
              .SecurityHeadersConfig.ContentSecurityPolicy ?? {},
            { ContentSecurityPolicy: 'x'.repeat(1784) },
          ),
      ],
      [
        'a WebSocket API that waits like an HTTP API',
        (t) =>
          assign(t.Resources, {
            Slow: {
              Type: 'AWS::ApiGatewayV2::Integration',
              Properties: { ApiId: { Ref: 'WebsocketsApi' }, TimeoutInMillis: 30_000 },
            },
          }),
      ],
      ['a log for 31 days', change('AWS::Logs::LogGroup', { RetentionInDays: 31 })],
      ['a queue for 15 days', change('AWS::SQS::Queue', { MessageRetentionPeriod: 15 * 86_400 })],
      ['a try too many', change('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 3 })],
      [
        'a long access log',
        (t) =>
          assign(named(t, 'AWS::ApiGatewayV2::Stage', 'HttpApiStage').AccessLogSettings ?? {}, {
            Format: 'f'.repeat(3073),
          }),
      ],
      [
        'an alarm over eleven metrics',
        (t) =>
          assign(t.Resources, {
            Alarm: {
              Type: 'AWS::CloudWatch::Alarm',
              Properties: { EvaluationPeriods: 1, Metrics: Array(11).fill({}) },
            },
          }),
      ],
      [
        'an alarm with six actions',
        (t) =>
          assign(t.Resources, {
            Alarm: {
              Type: 'AWS::CloudWatch::Alarm',
              Properties: { EvaluationPeriods: 1, AlarmActions: Array(6).fill('arn') },
            },
          }),
      ],
      [
        'a budget whose name is an action',
        (t) =>
          assign(t.Resources, {
            Budget: {
              Type: 'AWS::Budgets::Budget',
              Properties: { Budget: { BudgetName: 'edge-chat-dev/action/us-east-1' } },
            },
          }),
      ],
      [
        'headers of an origin that are too long together',
        (t) =>
          assign(originOf(t), {
            OriginCustomHeaders: Array.from({ length: 6 }, (_, i) => ({
              HeaderName: `X-Header-${i}`,
              HeaderValue: 'v'.repeat(1783),
            })),
          }),
      ],
      [
        'a rate over half a minute',
        (t) =>
          assign(t.Resources, {
            Acl: {
              Type: 'AWS::WAFv2::WebACL',
              Properties: {
                Name: 'acl',
                Rules: [{ Statement: { RateBasedStatement: { Limit: 100, EvaluationWindowSec: 30 } } }],
              },
            },
          }),
      ],
      [
        'an inline policy that is too long',
        (t) =>
          named(t, 'AWS::IAM::Role', 'ConnectRole').Policies?.[0]?.PolicyDocument.Statement.push({
            Effect: 'Allow',
            Action: Array(500).fill('dynamodb:UpdateItem'),
            Resource: 'x',
          }),
      ],
    ],
  ],
  [
    'an API and an account have room for what the stack counts',
    checks.countsAreWithinQuotas,
    [
      [
        'too many resources',
        (t) => {
          for (let i = 0; i < 500; i++) assign(t.Resources, { [`Extra${i}`]: { Type: 'AWS::SQS::Queue' } });
        },
      ],
      [
        'too many authorizers',
        (t) => {
          for (let i = 0; i < 10; i++)
            assign(t.Resources, { [`Extra${i}`]: { Type: 'AWS::ApiGatewayV2::Authorizer' } });
        },
      ],
    ],
  ],
  [
    'a name that an account has once carries stage and Region',
    checks.accountWideNamesAreTheStacksOwn,
    [
      ['a fixed name', (t) => assign(requests(t), { Name: 'edge-chat-ws' })],
      [
        'a budget without a Region',
        (t) =>
          assign(t.Resources, {
            Budget: { Type: 'AWS::Budgets::Budget', Properties: { Budget: { BudgetName: 'edge-chat-dev' } } },
          }),
      ],
    ],
  ],
];
