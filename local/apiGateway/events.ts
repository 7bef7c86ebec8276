import { randomBytes, randomUUID } from 'node:crypto';
import { ACCOUNT, REGION } from '../template/resourceNames';
import { headerLines } from '../util/http';
import type { HttpApi, WebSocketApi } from './apis';

/** What is known of a connection from its handshake on. */
export interface Handshake {
  connectionId: string;
  connectedAt: number;
  rawHeaders: string[];
  sourceIp: string;
  userAgent: string | undefined;
  /** The authorizer's context, every value as text, as it rides on all later events. */
  authorizer?: Record<string, string>;
}

/** An id that looks like API Gateway's: fifteen letters, digits, `-` or `_`, and a `=`. */
export const awsId = () => `${randomBytes(11).toString('base64url')}=`;

/** The context that every event of a WebSocket carries. */
function requestContext(api: WebSocketApi, handshake: Handshake, eventType: string, routeKey: string) {
  const requestId = awsId();
  const now = Date.now();
  const { connectionId, connectedAt, sourceIp, userAgent, authorizer } = handshake;
  return {
    routeKey,
    authorizer,
    eventType,
    extendedRequestId: requestId,
    requestTime: clock(now),
    messageDirection: 'IN',
    stage: api.stage,
    connectedAt,
    requestTimeEpoch: now,
    identity: { userAgent, sourceIp },
    requestId,
    domainName: api.host,
    connectionId,
    apiId: api.id,
  };
}

/** What `$connect` receives. */
export function connectEvent(api: WebSocketApi, handshake: Handshake) {
  return {
    ...headersOf(handshake.rawHeaders),
    requestContext: requestContext(api, handshake, 'CONNECT', '$connect'),
    isBase64Encoded: false,
  };
}

/** What the authorizer of `$connect` receives. */
export function authorizerEvent(api: WebSocketApi, handshake: Handshake) {
  return {
    type: 'REQUEST',
    methodArn: connectArn(api),
    ...headersOf(handshake.rawHeaders),
    queryStringParameters: {},
    stageVariables: {},
    requestContext: requestContext(api, handshake, 'CONNECT', '$connect'),
  };
}

/** The one resource an authorizer of this API is asked about. */
export const connectArn = (api: WebSocketApi) =>
  `arn:aws:execute-api:${REGION}:${ACCOUNT}:${api.id}/${api.stage}/$connect`;

/** What the function of a frame's route receives. */
export function messageEvent(api: WebSocketApi, handshake: Handshake, routeKey: string, body: string) {
  const context = requestContext(api, handshake, 'MESSAGE', routeKey);
  return { requestContext: { ...context, messageId: awsId() }, body, isBase64Encoded: false };
}

/** What `$disconnect` receives. */
export function disconnectEvent(api: WebSocketApi, handshake: Handshake, code: number, reason: string) {
  const headers = { Host: api.host, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' };
  const context = requestContext(api, handshake, 'DISCONNECT', '$disconnect');
  return {
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    requestContext: { ...context, disconnectStatusCode: code, disconnectReason: reason },
    isBase64Encoded: false,
  };
}

/** A route of the HTTP API, and what stands in a path for its variables. */
export interface Route {
  key: string;
  variables: Record<string, string>;
}

/** What a function behind the HTTP API receives: payload format 2.0. */
export function httpEvent(
  api: HttpApi,
  { key: routeKey, variables }: Route,
  request: { method: string; url: string; rawHeaders: string[]; sourceIp: string; body: Buffer },
) {
  const [rawPath = '/', rawQueryString = ''] = request.url.split(/\?(.*)/s);
  const lines = headerLines(request.rawHeaders);
  const headers = joined(lines.map(([name, value]) => [name.toLowerCase(), value]));
  const query = joined([...new URLSearchParams(rawQueryString)]);
  const { cookie, ...others } = headers;
  const now = Date.now();
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    cookies: cookie?.split('; '),
    headers: others,
    ...(rawQueryString && { queryStringParameters: query }),
    ...(Object.keys(variables).length > 0 && { pathParameters: variables }),
    requestContext: {
      accountId: ACCOUNT,
      apiId: api.id,
      domainName: api.host,
      domainPrefix: api.id,
      http: {
        method: request.method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: awsId(),
      routeKey,
      stage: api.stage,
      time: clock(now),
      timeEpoch: now,
    },
    ...bodyOf(request.body, headers['content-type']),
  };
}

/** Text is passed as text; anything else, and what does not say what it is, in base64. */
function bodyOf(body: Buffer, type = ''): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  const text = /^(text\/|application\/(json|javascript|xml|[^;]+\+(json|xml)))/i.test(type);
  return { body: body.toString(text ? 'utf8' : 'base64'), isBase64Encoded: !text };
}

function headersOf(rawHeaders: string[]) {
  const lines: [string, string][] = [
    ...headerLines(rawHeaders),
    ['X-Amzn-Trace-Id', `Root=1-${randomUUID()}`],
  ];
  const multiValueHeaders: Record<string, string[]> = {};
  for (const [name, value] of lines) multiValueHeaders[name] = [...(multiValueHeaders[name] ?? []), value];
  return { headers: Object.fromEntries(lines), multiValueHeaders };
}

/** A value for each name. Several values are joined as API Gateway joins them. */
function joined(lines: [string, string][]): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of lines) {
    const separator = name === 'cookie' ? '; ' : ',';
    result[name] = name in result ? `${result[name]}${separator}${value}` : value;
  }
  return result;
}

/** `22/Nov/2026:20:10:08 +0000` */
function clock(time: number): string {
  const [, day, month, year, hours] = new Date(time).toUTCString().split(' ');
  return `${day}/${month}/${year}:${hours} +0000`;
}
