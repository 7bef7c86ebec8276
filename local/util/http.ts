import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Reads a body of at most `limit` bytes; a longer one is read to its end and given as `undefined`. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  return size <= limit ? Buffer.concat(chunks) : undefined;
}

/** A server's handler that answers 500 for what it did not expect, instead of ending the process. */
export function safely(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<unknown>,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    handle(request, response).catch((error) => {
      if (response.headersSent || request.destroyed) response.destroy();
      else answerJson(response, 500, { message: String(error) });
    });
  };
}

/** Answers with JSON. */
export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): ServerResponse {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    ...headers,
  });
  return response.end(text);
}

/** A response on a socket that asked for an upgrade, for an answer that is not one. */
export function responseOn(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  // Node's own server hands over the raw socket on an upgrade, and it is a net.Socket or a TLS one.
  response.assignSocket(socket as import('node:net').Socket);
  response.once('finish', () => socket.end());
  return response;
}

/** Header lines as they were sent, in order and in their own spelling. */
export function headerLines(rawHeaders: string[]): [name: string, value: string][] {
  const lines: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    lines.push([rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '']);
  return lines;
}
