import { type ResourceNames, resolve, resolveText } from '../template/intrinsics';
import { REGION } from '../template/resourceNames';
import { type JsonRecord, listAt, resourcesOf, type Template, textAt } from '../template/template';
import { type Throttles, throttlesOf } from './throttle';

/** What API Gateway needs to know of an API: which function answers which route. */
interface Api {
  id: string;
  /** The API's own host name, the only one it answers to. */
  host: string;
  stage: string;
  /** Function names by route key. */
  routes: Map<string, string>;
}

export type HttpApi = Api;

/** A WebSocket API as deployed. */
export interface WebSocketApi extends Api {
  /** The key of a frame that names its route. */
  selector: string;
  throttles: Throttles;
  /** Route keys whose function's answer goes back to the sender. */
  replying: Set<string>;
  authorizer?: {
    functionName: string /** Lower-case names of the headers it cannot do without. */;
    headers: string[];
  };
}

/** The WebSocket API in the template. */
export function webSocketApi(template: Template, names: ResourceNames): WebSocketApi {
  const { id, properties, stage, api } = apiOf(template, names, 'WEBSOCKET');
  const expression = textAt(properties, 'RouteSelectionExpression') ?? '';
  const selector = /^\$request\.body\.([A-Za-z0-9_-]+)$/.exec(expression)?.[1];
  if (!selector) throw new Error(`The local gateway does not know the route selection "${expression}".`);

  const routes = partsOf(template, names, 'AWS::ApiGatewayV2::Route', id);
  const responses = partsOf(template, names, 'AWS::ApiGatewayV2::RouteResponse', id);
  const answered = new Set(responses.map((part) => part.properties.RouteId));
  const replying = routes
    .filter(
      (route) => route.properties.RouteResponseSelectionExpression === '$default' && answered.has(route.id),
    )
    .map((route) => String(route.properties.RouteKey));

  const connect = routes.find((route) => route.properties.RouteKey === '$connect');
  const [authorizer] = partsOf(template, names, 'AWS::ApiGatewayV2::Authorizer', id);
  return {
    ...api,
    throttles: throttlesOf(stage),
    selector,
    replying: new Set(replying),
    ...(connect?.properties.AuthorizationType === 'CUSTOM' &&
      authorizer && { authorizer: authorizerOf(authorizer.properties) }),
  };
}

/** The HTTP API in the template. */
export function httpApi(template: Template, names: ResourceNames): HttpApi {
  return apiOf(template, names, 'HTTP').api;
}

function authorizerOf(properties: JsonRecord): NonNullable<WebSocketApi['authorizer']> {
  const sources = listAt(properties, 'IdentitySource').map(String);
  const headers = sources.map((source) => {
    const header = /^route\.request\.header\.(.+)$/.exec(source)?.[1];
    if (!header) throw new Error(`The local gateway does not know the identity source "${source}".`);
    return header.toLowerCase();
  });
  return { functionName: functionName(String(properties.AuthorizerUri)), headers };
}

function apiOf(template: Template, names: ResourceNames, protocol: string) {
  const found = resourcesOf(template, 'AWS::ApiGatewayV2::Api').find(
    ({ properties }) => properties.ProtocolType === protocol,
  );
  if (!found) throw new Error(`The template has no ${protocol} API.`);
  const id = resolveText({ Ref: found.id }, names);

  const integrations = new Map(
    partsOf(template, names, 'AWS::ApiGatewayV2::Integration', id).map((part) => [
      `integrations/${part.id}`,
      functionName(String(part.properties.IntegrationUri)),
    ]),
  );
  const routes = new Map<string, string>();
  for (const { properties } of partsOf(template, names, 'AWS::ApiGatewayV2::Route', id)) {
    const target = integrations.get(String(properties.Target));
    if (target) routes.set(String(properties.RouteKey), target);
  }

  const [{ properties: stage } = { properties: {} as JsonRecord }] = partsOf(
    template,
    names,
    'AWS::ApiGatewayV2::Stage',
    id,
  );
  const api: Api = {
    id,
    host: `${id}.execute-api.${REGION}.amazonaws.com`,
    stage: String(stage.StageName),
    routes,
  };
  return { id, properties: found.properties, stage, api };
}

/** The resolved resources of one type that belong to an API, each with its own physical id. */
function partsOf(template: Template, names: ResourceNames, type: string, apiId: string) {
  return resourcesOf(template, type)
    .filter(({ properties }) => resolve(properties.ApiId ?? null, names) === apiId)
    .map(({ id, properties }) => ({
      id: resolveText({ Ref: id }, names),
      properties: resolve(properties, names) as JsonRecord,
    }));
}

/** The function's name in its ARN, or in the address API Gateway invokes it by. */
function functionName(uri: string): string {
  const name = /:function:([^:/]+)/.exec(uri)?.[1];
  if (!name) throw new Error(`"${uri}" names no function.`);
  return name;
}
