import type { IncomingMessage, ServerResponse } from 'node:http';
import { headerLines } from '../util/http';
import { applyTo, type ResponseHeaders } from './responseHeaders';

type Headers = Record<string, string | string[] | undefined>;

/** How CloudFront answers one request of a viewer. */
export interface ViewerResponse {
  /** Sends the status and the headers of the origin's answer; the body is the caller's. */
  begin(status: number, headers: Headers): void;
  /** Sends the whole of an answer. */
  send(status: number, headers: Headers, body: Buffer): void;
  /** Answers with CloudFront's own error page, or cuts off an answer that has begun. */
  refuse(status: number, reason: string): void;
}

/** Headers that speak of the hop from origin to edge only. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);
const VIA = '1.1 local.cloudfront.net (CloudFront)';

/** Answers a request by its behaviour's response headers policy. */
export function createViewerResponse(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  policy: ResponseHeaders,
): ViewerResponse {
  const begin = (status: number, headers: Headers) => {
    const all = new Map<string, string | string[]>();
    for (const [name, value] of Object.entries(headers))
      if (value !== undefined && !HOP_BY_HOP.has(name.toLowerCase())) all.set(name.toLowerCase(), value);
    applyTo(all, policy);
    all.set('x-cache', status < 400 ? 'Miss from cloudfront' : 'Error from cloudfront');
    all.set('via', VIA);
    all.set('x-amz-cf-id', requestId);
    response.writeHead(status, Object.fromEntries(all));
  };
  const send = (status: number, headers: Headers, body: Buffer) => {
    begin(status, { ...headers, 'content-length': String(body.length) });
    response.end(request.method === 'HEAD' ? undefined : body);
  };

  return {
    begin,
    send,
    refuse(status, reason) {
      if (response.headersSent) return void response.destroy();
      const page = `<!DOCTYPE html><title>ERROR: The request could not be satisfied</title><h1>${status} ERROR</h1><p>${reason}</p>\n`;
      send(status, { 'content-type': 'text/html' }, Buffer.from(page));
    },
  };
}

/** The head of the origin's 101, as the viewer gets it. */
export function headOf101(answer: IncomingMessage, requestId: string): string {
  const lines = [...headerLines(answer.rawHeaders), ['Via', VIA], ['X-Amz-Cf-Id', requestId]];
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}
