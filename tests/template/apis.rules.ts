import * as checks from './apis';
import { named, ofType, type Rule, type Template } from './template';

const { assign } = Object;

const stage = (template: Template) =>
  named(template, 'AWS::ApiGatewayV2::Stage', 'WebsocketsDeploymentStage');

const settings = (template: Template) => stage(template).DefaultRouteSettings ?? {};

const route = (template: Template, key: string) =>
  named(template, 'AWS::ApiGatewayV2::Route', `${key.replace('$', 'S')}WebsocketsRoute`);

const authorizer = (template: Template) =>
  named(template, 'AWS::ApiGatewayV2::Authorizer', 'AuthorizeWebsocketsAuthorizer');

const permission = (template: Template, of: string) =>
  named(template, 'AWS::Lambda::Permission', `${of}LambdaPermissionWebsockets`);

const permissionOfHttp = (template: Template) => {
  const found = ofType(template, 'AWS::Lambda::Permission').find(({ properties }) =>
    JSON.stringify(properties.FunctionName).includes('IssueGuestTokenLambdaFunction'),
  );
  if (!found) throw new Error('The HTTP API may invoke nothing.');
  return found.properties;
};

export const apiRules: Rule[] = [
  [
    'the WebSocket stage is named ws',
    checks.socketStageIsNamedWs,
    [["the deployment stage's name", (t) => assign(stage(t), { StageName: 'dev' })]],
  ],
  [
    'both stages are throttled and logged, without payloads or tokens',
    checks.stagesAreThrottledAndLogged,
    [
      ['no throttle', (t) => delete settings(t).ThrottlingRateLimit],
      ['no log', (t) => delete named(t, 'AWS::ApiGatewayV2::Stage', 'HttpApiStage').AccessLogSettings],
      [
        "the authorizer's context in the log",
        (t) => assign(stage(t).AccessLogSettings ?? {}, { Format: '$context.authorizer.principalId' }),
      ],
      ['a log of another name', (t) => delete named(t, 'AWS::Logs::LogGroup', 'ApiLog').LogGroupName],
      ['payloads traced', (t) => assign(settings(t), { DataTraceEnabled: true })],
      ['an execution log', (t) => assign(settings(t), { LoggingLevel: 'INFO' })],
    ],
  ],
  [
    'the routes of strangers are throttled more than the others',
    checks.routesOfStrangersAreThrottledMore,
    [
      ['no throttle of handshakes', (t) => delete stage(t).RouteSettings?.$connect],
      ['no throttle of strays', (t) => delete stage(t).RouteSettings?.$default],
      ['handshakes traced', (t) => delete stage(t).RouteSettings?.$connect?.DataTraceEnabled],
    ],
  ],
  [
    "the account's log role comes first and stays",
    checks.logRoleComesFirstAndStays,
    [
      ['no order', (t) => delete t.Resources.WebsocketsDeploymentStage?.DependsOn],
      ['deleted with the stack', (t) => delete t.Resources.ApiGatewayLogRole?.DeletionPolicy],
      ['before there is an API', (t) => delete t.Resources.ApiGatewayAccount?.DependsOn],
    ],
  ],
  [
    'every Lambda permission is scoped to an API of this stack',
    checks.permissionsAreScoped,
    [
      ['no SourceArn', (t) => delete permission(t, 'SendMessage').SourceArn],
      [
        'another API',
        (t) =>
          assign(permission(t, 'Authorize'), {
            SourceArn: 'arn:aws:execute-api:us-east-1:123456789012:abc/*',
          }),
      ],
      [
        'an unscoped permission under a name of its own',
        (t) => {
          const { SourceArn, ...unscoped } = permission(t, 'Connect');
          return assign(t.Resources, { Extra: { Type: 'AWS::Lambda::Permission', Properties: unscoped } });
        },
      ],
    ],
  ],
  [
    'nobody but the API it belongs to delivers an event to a function',
    checks.nobodyElseDeliversEvents,
    [
      [
        'an address of its own',
        (t) =>
          assign(t.Resources, {
            Url: {
              Type: 'AWS::Lambda::Url',
              Properties: { AuthType: 'NONE', TargetFunctionArn: { Ref: 'SendMessageLambdaFunction' } },
            },
          }),
      ],
      [
        'a queue of its own',
        (t) => assign(t.Resources, { Queue: { Type: 'AWS::Lambda::EventSourceMapping', Properties: {} } }),
      ],
      [
        'an HTTP request that is taken for a frame',
        (t) => assign(permission(t, 'SendMessage'), { SourceArn: permissionOfHttp(t).SourceArn }),
      ],
      [
        'the worker invoked from outside',
        (t) =>
          assign(permission(t, 'RoomActions'), {
            FunctionName: { 'Fn::GetAtt': ['FanOutLambdaFunction', 'Arn'] },
          }),
      ],
      ['an API of any account', (t) => delete permission(t, 'Connect').SourceArn],
    ],
  ],
  [
    '$connect asks the authorizer, and only with the origin secret',
    checks.connectIsAuthorized,
    [
      ['no authorizer', (t) => assign(route(t, '$connect'), { AuthorizationType: 'NONE' })],
      [
        "the framework's identity source",
        (t) => assign(authorizer(t), { IdentitySource: ['route.request.header.Auth'] }),
      ],
      [
        'the header in another case than CloudFront sends',
        (t) => assign(authorizer(t), { IdentitySource: ['route.request.header.x-edge-chat-origin'] }),
      ],
    ],
  ],
  [
    'replies travel on every route that gives one, and on no other',
    checks.repliesTravel,
    [
      ['no expression', (t) => delete route(t, 'ping').RouteResponseSelectionExpression],
      ['no response', (t) => delete t.Resources.joinRoomWebsocketsRouteResponse],
      [
        'a reply to $connect',
        (t) => assign(route(t, '$connect'), { RouteResponseSelectionExpression: '$default' }),
      ],
    ],
  ],
  [
    'every POST route has its preflight',
    checks.everyPostHasItsPreflight,
    ['/api/token', '/api/rooms/{room}/messages'].map((path) => [
      `no OPTIONS ${path}`,
      (t) =>
        ofType(t, 'AWS::ApiGatewayV2::Route')
          .filter(({ properties }) => properties.RouteKey === `OPTIONS ${path}`)
          .map(({ id }) => delete t.Resources[id]),
    ]),
  ],
  [
    'the deployment waits for every route',
    checks.deploymentWaitsForEveryRoute,
    [
      [
        'a deployment that waits for none',
        (t) => ofType(t, 'AWS::ApiGatewayV2::Deployment').map(({ resource }) => delete resource.DependsOn),
      ],
    ],
  ],
  [
    'every action of the protocol has a route',
    checks.everyActionHasARoute,
    [['a missing route', (t) => delete t.Resources.typingWebsocketsRoute]],
  ],
];
