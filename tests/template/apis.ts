import type { Action } from '../../lib/protocol';
import { many, named, ofType, problems, type Template, text } from './template';

/** What the two APIs, their stages and their permissions must be, each as the problems found. */

const THIS_API = /^arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<(\w+)>\/\*$/;

/** What an access log may hold: nothing of a payload, a token or an authorizer's context. */
const LOGGED = new Set([
  '$context.connectionId',
  '$context.error.message',
  '$context.eventType',
  '$context.requestId',
  '$context.requestTime',
  '$context.routeKey',
  '$context.status',
]);

/** The protocol's actions; one that is added there does not compile until it is here. */
const ACTIONS: Record<Action, true> = {
  sendMessage: true,
  editMessage: true,
  deleteMessage: true,
  react: true,
  getReactions: true,
  joinRoom: true,
  leaveRoom: true,
  getHistory: true,
  typing: true,
  signal: true,
  draft: true,
  getDraft: true,
  ping: true,
  kick: true,
  unban: true,
  mute: true,
  setRoom: true,
  addMember: true,
  openDirect: true,
  removeMember: true,
  getBans: true,
  getMembers: true,
  report: true,
  getQueue: true,
  resolveReports: true,
  decide: true,
  follow: true,
  unfollow: true,
  getRooms: true,
  read: true,
};

const socketRoutes = (template: Template) =>
  ofType(template, 'AWS::ApiGatewayV2::Route').filter(
    ({ properties }) => text(properties.ApiId) === '<WebsocketsApi>',
  );

const responses = (template: Template, routeId: string) =>
  ofType(template, 'AWS::ApiGatewayV2::RouteResponse').filter(
    ({ properties }) => text(properties.RouteId) === `<${routeId}>`,
  );

export function socketStageIsNamedWs(template: Template): string[] {
  const stage = named(template, 'AWS::ApiGatewayV2::Stage', 'WebsocketsDeploymentStage');
  return stage.StageName === 'ws' ? [] : [`the WebSocket stage is named ${stage.StageName}`];
}

/** A route's settings replace the stage's: what they leave out is not limited, and may be traced. */
export function routesOfStrangersAreThrottledMore(template: Template): string[] {
  const { DefaultRouteSettings, RouteSettings = {} } = named(
    template,
    'AWS::ApiGatewayV2::Stage',
    'WebsocketsDeploymentStage',
  );
  const most = DefaultRouteSettings?.ThrottlingRateLimit ?? 0;
  return ['$connect', '$default'].flatMap((key) => {
    const settings = RouteSettings[key] ?? {};
    const { ThrottlingRateLimit: rate = most, ThrottlingBurstLimit: burst } = settings;
    return problems({
      [`${key} takes as much as every other route`]: rate >= most,
      [`${key} has no burst`]: !burst,
      [`${key} traces payloads`]: settings.DataTraceEnabled !== false || settings.LoggingLevel !== 'OFF',
    });
  });
}

export function stagesAreThrottledAndLogged(template: Template): string[] {
  const groups = ofType(template, 'AWS::Logs::LogGroup');
  return ofType(template, 'AWS::ApiGatewayV2::Stage').flatMap(({ id, properties }) => {
    const { DefaultRouteSettings: settings = {}, AccessLogSettings: log } = properties;
    const destination = log ? text(log.DestinationArn) : '';
    const group = groups.find((candidate) => new RegExp(`<${candidate.id}(\\.Arn)?>$`).test(destination));
    const variables = log?.Format.match(/\$[\w.]+/g) ?? [];
    return [
      ...problems({
        [`${id} is not throttled`]: !settings.ThrottlingRateLimit || !settings.ThrottlingBurstLimit,
        [`${id} has no access log`]: variables.length === 0,
        [`${id} logs to no group with a retention`]: !group?.properties.RetentionInDays,
        // For other names CloudWatch adds to its resource policy, whose length has a limit in the account.
        [`${id} logs to a group that CloudWatch has to be told of`]:
          id === 'HttpApiStage' && !group?.properties.LogGroupName?.startsWith('/aws/vendedlogs/'),
        [`${id} traces payloads`]:
          Boolean(settings.DataTraceEnabled) || (settings.LoggingLevel ?? 'OFF') !== 'OFF',
      }),
      ...variables.filter((variable) => !LOGGED.has(variable)).map((variable) => `${id} logs ${variable}`),
    ];
  });
}

/** API Gateway can write WebSocket access logs only after the account has a role for it. */
export function logRoleComesFirstAndStays(template: Template): string[] {
  const stage = template.Resources.WebsocketsDeploymentStage;
  const parts = ['ApiGatewayAccount', 'ApiGatewayLogRole'].map((id) => template.Resources[id]);
  return problems({
    'the stage does not wait for the log role': !many(stage?.DependsOn).includes('ApiGatewayAccount'),
    'an account without an API refuses the log role': !many(parts[0]?.DependsOn).includes('WebsocketsApi'),
    'removing the stack would stop the logs of other APIs': parts.some(
      (part) => part?.DeletionPolicy !== 'RetainExceptOnCreate' || part.UpdateReplacePolicy !== 'Retain',
    ),
  });
}

export function permissionsAreScoped(template: Template): string[] {
  const permissions = ofType(template, 'AWS::Lambda::Permission');
  if (permissions.length === 0) return ['no API may invoke anything'];
  return permissions.flatMap(({ id, properties }) => {
    const [, api = ''] = THIS_API.exec(text(properties.SourceArn)) ?? [];
    return problems({
      [`${id} lets an API of any account in`]: template.Resources[api]?.Type !== 'AWS::ApiGatewayV2::Api',
      [`${id} lets in ${properties.Principal}`]: properties.Principal !== 'apigateway.amazonaws.com',
      [`${id} allows ${properties.Action}`]: properties.Action !== 'lambda:InvokeFunction',
    });
  });
}

/** Which API may invoke which function: an authorizer's context in an event is then the authorizer's own. */
const INVOKED_BY: Record<string, string> = {
  AuthorizeLambdaFunction: 'WebsocketsApi',
  ConnectLambdaFunction: 'WebsocketsApi',
  DisconnectLambdaFunction: 'WebsocketsApi',
  SendMessageLambdaFunction: 'WebsocketsApi',
  RoomActionsLambdaFunction: 'WebsocketsApi',
  ModeratorActionsLambdaFunction: 'WebsocketsApi',
  IssueGuestTokenLambdaFunction: 'HttpApi',
  PublishHttpLambdaFunction: 'HttpApi',
  SignOutGuestLambdaFunction: 'HttpApi',
  FilesLambdaFunction: 'HttpApi',
  PushLambdaFunction: 'HttpApi',
};

/** Other ways to bring an event to a function, each without our authorizer. */
const OTHER_WAYS = [
  'AWS::ApiGateway::RestApi',
  'AWS::Events::Rule',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::LayerVersionPermission',
  'AWS::Lambda::Url',
  'AWS::Scheduler::Schedule',
  'AWS::SNS::Subscription',
];

/** The sources of each function that no API invokes: the stream of the log, and a queue of the stack. */
const WOKEN_BY: Record<string, string[]> = {
  RelayLambdaFunction: ['stream', '<RelayWakes.Arn>'],
  NoticeMessagesLambdaFunction: ['stream'],
  NotifyUsersLambdaFunction: ['<PushNotices.Arn>'],
};

const STREAM = /^(<Messages\.StreamArn>|arn:aws:dynamodb:.*:table\/.*-Messages-\w+\/stream\/.*)$/;

/** Tells whether a source wakes a function that it may wake. */
function wakesItsFunction({ Type, Properties }: Template['Resources'][string]): boolean {
  const { EventSourceArn, FunctionName }: { EventSourceArn?: unknown; FunctionName?: unknown } =
    Properties ?? {};
  const [, woken = ''] = /^<(\w+)>$/.exec(text(FunctionName ?? '')) ?? [];
  const source = text(EventSourceArn ?? '').replace(STREAM, 'stream');
  return Type === 'AWS::Lambda::EventSourceMapping' && WOKEN_BY[woken]?.includes(source) === true;
}

export function nobodyElseDeliversEvents(template: Template): string[] {
  const allowed = ofType(template, 'AWS::Lambda::Permission').map(({ id, properties }) => {
    const [, invoked = ''] = /^<(\w+?)(?:\.Arn)?>$/.exec(text(properties.FunctionName)) ?? [];
    const [, api = ''] = THIS_API.exec(text(properties.SourceArn)) ?? [];
    return { id, invoked, api };
  });
  const others = Object.entries(template.Resources).filter(
    ([, resource]) => OTHER_WAYS.includes(resource.Type) && !wakesItsFunction(resource),
  );
  return [
    ...allowed
      .filter(({ invoked, api }) => INVOKED_BY[invoked] !== api)
      .map(({ id, invoked, api }) => `${id} lets ${api || 'anyone'} invoke ${invoked}`),
    ...others.map(([id, { Type }]) => `${id}, a ${Type}, brings events of its own`),
    ...ofType(template, 'AWS::ApiGatewayV2::Route')
      .filter(({ properties }) => !['<WebsocketsApi>', '<HttpApi>'].includes(text(properties.ApiId)))
      .map(({ id }) => `${id} is a route of an API nobody knows`),
  ];
}

/** The header that CloudFront adds for the WebSocket API. */
const originHeader = (template: Template) =>
  named(template, 'AWS::CloudFront::Distribution', 'Distribution')
    .DistributionConfig.Origins.find(({ Id }) => Id === 'ws')
    ?.OriginCustomHeaders?.map(({ HeaderName }) => HeaderName)
    .join();

export function connectIsAuthorized(template: Template): string[] {
  const authorizers = ofType(template, 'AWS::ApiGatewayV2::Authorizer');
  const connect = socketRoutes(template).find(({ properties }) => properties.RouteKey === '$connect');
  const [authorizer] = authorizers.filter(
    ({ id }) => connect?.properties.AuthorizerId && text(connect.properties.AuthorizerId) === `<${id}>`,
  );
  if (connect?.properties.AuthorizationType !== 'CUSTOM' || !authorizer) return ['$connect lets anyone in'];
  const { AuthorizerType, AuthorizerUri, IdentitySource } = authorizer.properties;
  return problems({
    'the authorizer is not a REQUEST authorizer': AuthorizerType !== 'REQUEST',
    'the authorizer is not the authorize function': !text(AuthorizerUri).includes(
      '<AuthorizeLambdaFunction.Arn>',
    ),
    'a handshake without the origin secret costs an invocation':
      IdentitySource.join() !== `route.request.header.${originHeader(template)}`,
  });
}

/** Every frame gets a reply, and a reply travels only where a route response is declared. */
export function repliesTravel(template: Template): string[] {
  return socketRoutes(template).flatMap(({ id, properties: { RouteKey, ...route } }) => {
    const selected = route.RouteResponseSelectionExpression;
    const declared = responses(template, id).map(({ properties }) => properties.RouteResponseKey);
    const mute = RouteKey === '$connect' || RouteKey === '$disconnect';
    return problems({
      [`${RouteKey} declares a reply it cannot give`]: mute && (Boolean(selected) || declared.length > 0),
      [`${RouteKey} drops its replies`]: !mute && (selected !== '$default' || declared.join() !== '$default'),
    });
  });
}

/** A browser asks by OPTIONS before it posts to another origin; without an answer it does not post. */
export function everyPostHasItsPreflight(template: Template): string[] {
  const keys = ofType(template, 'AWS::ApiGatewayV2::Route')
    .filter(({ properties }) => text(properties.ApiId) === '<HttpApi>')
    .map(({ properties }) => properties.RouteKey);
  const posts = keys.filter((key) => key.startsWith('POST '));
  if (posts.length === 0) return ['the HTTP API takes no POST'];
  return posts
    .filter((key) => !keys.includes(key.replace('POST', 'OPTIONS')))
    .map((key) => `${key} has no preflight`);
}

/** A route that the deployment does not wait for is not in it. */
export function deploymentWaitsForEveryRoute(template: Template): string[] {
  const awaited = ofType(template, 'AWS::ApiGatewayV2::Deployment').flatMap(({ resource }) =>
    many(resource.DependsOn),
  );
  return socketRoutes(template)
    .flatMap(({ id }) => [id, ...responses(template, id).map((response) => response.id)])
    .filter((id) => !awaited.includes(id))
    .map((id) => `the deployment does not wait for ${id}`);
}

export function everyActionHasARoute(template: Template): string[] {
  const wanted = ['$connect', '$disconnect', '$default', ...Object.keys(ACTIONS)];
  const found = socketRoutes(template).map(({ properties }) => properties.RouteKey);
  return [
    ...wanted.filter((key) => !found.includes(key)).map((key) => `${key} has no route`),
    ...found.filter((key) => !wanted.includes(key)).map((key) => `nobody sends ${key}`),
  ];
}
