/** A compiled CloudFormation template, as far as the checks read it. */
export interface Template {
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: unknown }>;
}

interface Resource {
  Type: string;
  DependsOn?: string | string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  Properties: object;
}

/** A value that may be an intrinsic function; `text` reads it. */
type Value = unknown;

export interface Statement {
  Effect: string;
  Principal?: Value;
  Action: string | string[];
  Resource: Value;
  Condition?: Record<string, Record<string, Value>>;
}

export interface Policy {
  PolicyDocument: { Statement: Statement[] };
}

export interface Behavior {
  PathPattern?: string;
  TargetOriginId: string;
  ViewerProtocolPolicy: string;
  AllowedMethods?: string[];
  CachePolicyId: Value;
  OriginRequestPolicyId?: Value;
  ResponseHeadersPolicyId?: Value;
}

interface Origin {
  Id: string;
  DomainName: Value;
  OriginPath?: string;
  OriginAccessControlId?: Value;
  OriginCustomHeaders?: { HeaderName: string; HeaderValue: Value }[];
  CustomOriginConfig?: { OriginProtocolPolicy: string; OriginSSLProtocols: string[] };
}

interface CachePolicy {
  Name: Value;
  MinTTL: number;
  DefaultTTL: number;
  MaxTTL: number;
  ParametersInCacheKeyAndForwardedToOrigin: Omit<RequestPolicy, 'Name'> & {
    EnableAcceptEncodingGzip: boolean;
    EnableAcceptEncodingBrotli: boolean;
  };
}

interface RequestPolicy {
  Name: Value;
  CookiesConfig: { CookieBehavior: string };
  QueryStringsConfig: { QueryStringBehavior: string; QueryStrings?: string[] };
  HeadersConfig: { HeaderBehavior: string; Headers?: string[] };
}

export interface SecurityHeaders {
  ContentSecurityPolicy?: { ContentSecurityPolicy: Value };
  ContentTypeOptions?: object;
  FrameOptions?: { FrameOption: string };
  ReferrerPolicy?: { ReferrerPolicy: string };
  StrictTransportSecurity?: { AccessControlMaxAgeSec: number };
}

interface RateBased {
  AggregateKeyType: string;
  EvaluationWindowSec: number;
  Limit: number;
}

interface RouteSettings {
  ThrottlingRateLimit?: number;
  ThrottlingBurstLimit?: number;
  LoggingLevel?: string;
  DataTraceEnabled?: boolean;
}

/** The properties that the checks read, type by type. */
interface Properties {
  'AWS::ApiGatewayV2::Authorizer': { AuthorizerType: string; AuthorizerUri: Value; IdentitySource: string[] };
  'AWS::ApiGatewayV2::Deployment': { ApiId: Value };
  'AWS::ApiGatewayV2::Route': {
    ApiId: Value;
    RouteKey: string;
    AuthorizationType?: string;
    AuthorizerId?: Value;
    RouteResponseSelectionExpression?: string;
  };
  'AWS::ApiGatewayV2::RouteResponse': { RouteId: Value; RouteResponseKey: string };
  'AWS::ApiGatewayV2::Stage': {
    ApiId: Value;
    StageName: string;
    DefaultRouteSettings?: RouteSettings;
    RouteSettings?: Record<string, RouteSettings>;
    AccessLogSettings?: { DestinationArn: Value; Format: string };
  };
  'AWS::Budgets::Budget': { Budget: object; NotificationsWithSubscribers: object[] };
  'AWS::CloudWatch::Alarm': {
    AlarmActions: Value[];
    Metrics?: { Id: string; Expression?: string; MetricStat?: object }[];
  };
  'AWS::CloudFront::Distribution': {
    DistributionConfig: {
      Aliases?: string[];
      CacheBehaviors: Behavior[];
      CustomErrorResponses?: { ErrorCode: number; ErrorCachingMinTTL?: number; ResponsePagePath?: string }[];
      DefaultCacheBehavior: Behavior;
      Origins: Origin[];
      ViewerCertificate: Record<string, Value>;
      Logging?: { Bucket: Value };
      WebACLId?: Value;
    };
  };
  'AWS::CloudFront::OriginAccessControl': {
    OriginAccessControlConfig: { Name: Value; SigningBehavior: string };
  };
  'AWS::CloudFront::CachePolicy': { CachePolicyConfig: CachePolicy };
  'AWS::CloudFront::OriginRequestPolicy': { OriginRequestPolicyConfig: RequestPolicy };
  'AWS::CloudFront::ResponseHeadersPolicy': {
    ResponseHeadersPolicyConfig: {
      Name: Value;
      SecurityHeadersConfig: SecurityHeaders;
      CustomHeadersConfig?: { Items: { Header: string; Value: string }[] };
    };
  };
  'AWS::DynamoDB::Table': {
    AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
    BillingMode: string;
    DeletionProtectionEnabled?: boolean;
    KeySchema: { AttributeName: string; KeyType: string }[];
    OnDemandThroughput?: { MaxReadRequestUnits?: number; MaxWriteRequestUnits?: number };
    PointInTimeRecoverySpecification?: { PointInTimeRecoveryEnabled: boolean };
    TableName?: string;
    TimeToLiveSpecification?: { AttributeName: string; Enabled: boolean };
  };
  'AWS::IAM::Role': {
    PermissionsBoundary?: Value;
    AssumeRolePolicyDocument: { Statement: { Principal: { Service: string } }[] };
    ManagedPolicyArns?: Value[];
    Policies?: Policy[];
  };
  'AWS::Lambda::EventInvokeConfig': {
    FunctionName: Value;
    DestinationConfig?: { OnFailure?: { Destination: Value } };
    MaximumEventAgeInSeconds?: number;
    MaximumRetryAttempts?: number;
  };
  'AWS::Lambda::Function': {
    Architectures: string[];
    Environment: { Variables: Record<string, Value> };
    FunctionName: string;
    Handler: string;
    ReservedConcurrentExecutions?: number;
    Role: Value;
    Runtime: string;
    Timeout: number;
  };
  'AWS::Lambda::Permission': {
    Action: string;
    FunctionName: Value;
    Principal: string;
    SourceArn?: Value;
  };
  'AWS::Logs::LogGroup': { LogGroupName?: string; RetentionInDays?: number };
  'AWS::S3::Bucket': {
    BucketName?: string;
    LifecycleConfiguration?: { Rules: object[] };
    LoggingConfiguration?: { DestinationBucketName: Value };
    PublicAccessBlockConfiguration?: Record<string, boolean>;
  };
  'AWS::S3::BucketPolicy': Policy & { Bucket: Value };
  'AWS::SecretsManager::Secret': {
    GenerateSecretString?: { PasswordLength?: number; ExcludePunctuation?: boolean };
    SecretString?: string;
    Name?: Value;
  };
  'AWS::SNS::Topic': { Subscription: object[] };
  'AWS::WAFv2::WebACL': { Scope: string; Rules: { Statement: { RateBasedStatement?: RateBased } }[] };
  'AWS::SQS::Queue': { MessageRetentionPeriod?: number; SqsManagedSseEnabled?: boolean };
}

/** Every resource of a type, with its properties. */
export function ofType<T extends keyof Properties>(
  template: Template,
  type: T,
): { id: string; resource: Resource; properties: Properties[T] }[] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => ({ id, resource, properties: resource.Properties as Properties[T] }));
}

/** A resource's properties, or an error that names the missing resource. */
export function named<T extends keyof Properties>(template: Template, type: T, id: string): Properties[T] {
  const found = ofType(template, type).find((candidate) => candidate.id === id);
  if (!found) throw new Error(`The template has no ${type} ${id}.`);
  return found.properties;
}

/**
 * What an intrinsic function says: `{ Ref: 'Api' }` reads `<Api>`, `{ 'Fn::GetAtt': ['Role', 'Arn'] }` reads
 * `<Role.Arn>`, and so do their like in a Sub. So a check need not care which was used.
 */
export function text(value: Value): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, argument] = ['', undefined]] = Object.entries(value);
  if (name === 'Ref') return `<${argument}>`;
  if (name === 'Fn::GetAtt') return `<${Array.isArray(argument) ? argument.join('.') : argument}>`;
  if (name === 'Fn::Sub' && typeof argument === 'string') return argument.replace(/\$\{([^}]+)\}/g, '<$1>');
  if (name === 'Fn::Join' && Array.isArray(argument)) {
    const [separator, parts] = argument as [string, Value[]];
    return parts.map(text).join(separator);
  }
  throw new Error(`Nobody taught this test to read ${JSON.stringify(value)}.`);
}

/** A value or a list, as a list. */
export function many<T>(value: T | T[] | undefined): T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** The sentences that hold. */
export function problems(sentences: Record<string, boolean>): string[] {
  return Object.keys(sentences).filter((sentence) => sentences[sentence]);
}

/** A rule: its name, its check, and faults that the check must find, each planted in a correct template. */
export type Rule = [
  name: string,
  check: Check,
  faults: [name: string, plant: (template: Template) => unknown][],
];

export type Check = (template: Template) => string[];

/** The Fn::Sub that `text` reads as these words. */
export function sub(words: string): { 'Fn::Sub': string } {
  return { 'Fn::Sub': words.replace(/<([^>]+)>/g, (_, name) => `\${${name}}`) };
}
