import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerJson, readBody } from '../util/http';
import { signatureFault } from '../util/sigV4';
import type { Connection } from './connections';

/** The most one post may carry. */
const POST_BYTES = 131_072;

/** What the management API answers. */
export interface Answer {
  status: number;
  /** The name of the error, as the SDK reads it. */
  error?: string;
  body?: unknown;
}

/** A post to a connection. */
export interface Post {
  connectionId: string;
  data: string;
}

/**
 * Stands around every post. A suite answers without delivering, delivers twice or later, or never resolves, which
 * leaves the poster without an answer.
 */
export type PostHook = (post: Post, deliver: () => Answer) => Promise<Answer>;

const gone: Answer = { status: 410, error: 'GoneException', body: { message: 'Gone' } };

/** Answers one request for `@connections/{id}`. */
export async function manage(
  request: IncomingMessage,
  response: ServerResponse,
  connectionId: string,
  connections: Map<string, Connection>,
  options: { bufferBytes: number; post: PostHook },
): Promise<void> {
  const body = await readBody(request, POST_BYTES);
  const fault = body && signatureFault(request, body, 'execute-api');
  const answer = fault
    ? { status: 403, error: 'ForbiddenException', body: { message: fault } }
    : await perform(request.method ?? '', body, connectionId, connections, options);

  const headers = answer.error && { 'x-amzn-ErrorType': answer.error };
  if (answer.body === undefined) response.writeHead(answer.status, { 'Content-Length': 0 }).end();
  else answerJson(response, answer.status, answer.body, headers || {});
}

async function perform(
  method: string,
  body: Buffer | undefined,
  connectionId: string,
  connections: Map<string, Connection>,
  { bufferBytes, post }: { bufferBytes: number; post: PostHook },
): Promise<Answer> {
  if (!body)
    return { status: 413, error: 'PayloadTooLargeException', body: { message: 'Payload too large' } };
  const connection = connections.get(connectionId);

  switch (method) {
    case 'POST': {
      const data = body.toString();
      return post({ connectionId, data }, () => deliver(connections.get(connectionId), data, bufferBytes));
    }
    case 'GET':
      return connection ? { status: 200, body: described(connection) } : gone;
    case 'DELETE':
      connection?.close(1000, 'Connection Closed Normally');
      return connection ? { status: 204 } : gone;
    default:
      return { status: 403, error: 'ForbiddenException', body: { message: 'Forbidden' } };
  }
}

function deliver(connection: Connection | undefined, data: string, bufferBytes: number): Answer {
  if (!connection) return gone;
  if (connection.buffered() > bufferBytes)
    return { status: 429, error: 'LimitExceededException', body: { message: 'Client buffer is full' } };
  connection.send(data);
  return { status: 200 };
}

function described({ handshake, lastActiveAt }: Connection) {
  const { connectedAt, sourceIp, userAgent } = handshake;
  return {
    connectedAt: new Date(connectedAt).toISOString(),
    identity: { sourceIp, userAgent },
    lastActiveAt: new Date(lastActiveAt).toISOString(),
  };
}
