import type { APIGatewayProxyEventV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import type { Headers } from '../../auth/headers';
import type { Requester } from '../../auth/requester';
import { readSubprotocols } from '../../auth/subprotocols';
import type { Handshake } from '../../connections/openConnection';
import type { Viewer } from '../../telemetry/viewer';

/** What our authorizer says of a connection; API Gateway puts it, as strings, on every later event. */
export interface AuthorizerContext {
  user: string;
  name: string;
  role?: string;
  /** When the connection must end, in milliseconds since the epoch. */
  expires: string;
  /** What the user may do where (see permissions.ts). */
  rooms: string;
}

/** A WebSocket event of any route, as far as the published types leave it out. */
export type SocketEvent = APIGatewayProxyWebsocketEventV2 & {
  requestContext: { authorizer?: Partial<AuthorizerContext>; routeKey: string };
  /** Of `$connect` alone. */
  multiValueHeaders?: Headers;
};

/** Reads the sender of an event. @throws Error when it does not carry what our authorizer gives every connection. */
export function connectionOf({ requestContext }: SocketEvent): Requester {
  const { connectionId, authorizer } = requestContext;
  const { user, name, role, expires, rooms } = authorizer ?? {};
  if (!user || !name || !expires || !rooms) throw new Error('The event carries no authorizer context.');
  return {
    id: connectionId,
    user: { id: user, name, ...(role && { role }) },
    expiresAt: Number(expires),
    permissions: rooms,
  };
}

/** Reads the handshake of a `$connect` event. @throws Error as {@link connectionOf}. */
export function handshakeOf(event: SocketEvent): Handshake {
  const { session, takesRefusal } = readSubprotocols(event.multiValueHeaders ?? {});
  return { ...connectionOf(event), takesRefusal, ...(typeof session === 'string' && { session }) };
}

/** Reads the body of an HTTP request, which API Gateway passes in base64 unless it is declared to be text. */
export function bodyOf({ body = '', isBase64Encoded, headers }: APIGatewayProxyEventV2) {
  return { body, isBase64Encoded, contentType: headers['content-type'] };
}

/**
 * The address that API Gateway saw: one of CloudFront's, or that of a stranger who came past it. Unlike the headers it
 * cannot be made up.
 */
export function peerOf({ requestContext }: APIGatewayProxyEventV2): Viewer {
  return { address: requestContext.http.sourceIp };
}

/** Reads what CORS depends on. */
export function corsRequestOf({ headers, requestContext }: APIGatewayProxyEventV2) {
  return { method: requestContext.http.method, origin: headers.origin };
}
