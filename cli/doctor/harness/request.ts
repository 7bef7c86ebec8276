import { createHash, randomBytes } from 'node:crypto';
import { type IncomingHttpHeaders, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { SUBPROTOCOL } from '../../../lib/protocol';
import { CheckFailure } from './checkFailure';

/** RFC 6455: a server appends this to the key before it hashes it. */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** The rest of a longer body is dropped. */
const MAX_BODY_CHARACTERS = 65_536;

/** A request, apart from its address. `patienceMs` is how long the answer may take, in milliseconds. */
export interface RequestOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  patienceMs: number;
}

/** The answer to a request. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  ms: number;
}

/** Sends one HTTP request; redirects are not followed. @throws CheckFailure when there is no answer. */
export function sendRequest(
  url: URL,
  { method = 'GET', headers = {}, body, patienceMs }: RequestOptions,
): Promise<Answer> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const request = (/^(https|wss):$/.test(url.protocol) ? secureRequest : plainRequest)({
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
      path: url.pathname + url.search,
      method,
      headers,
      agent: false,
      signal: AbortSignal.timeout(patienceMs),
    });
    const answered = (response: IncomingMessage, text: string) =>
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: text,
        ms: performance.now() - began,
      });
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      answered(response, '');
    });
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        if (text.length < MAX_BODY_CHARACTERS) text += part;
      });
      response.on('end', () => answered(response, text));
      response.on('error', (error) => reject(noAnswer(url, error, patienceMs)));
    });
    request.on('error', (error) => reject(noAnswer(url, error, patienceMs)));
    request.end(body);
  });
}

/** A WebSocket handshake, apart from its address. */
export interface HandshakeOptions {
  token?: string;
  origin?: string;
  headers?: Record<string, string>;
  patienceMs: number;
}

/** The answer to a handshake, and the accept value that proves that the server read the key. */
export interface HandshakeAnswer extends Answer {
  accept: string;
}

/** Sends a WebSocket handshake, and closes the connection if it opens. */
export async function sendHandshake(
  url: URL,
  { token, origin, headers, patienceMs }: HandshakeOptions,
): Promise<HandshakeAnswer> {
  const key = randomBytes(16).toString('base64');
  const answer = await sendRequest(url, {
    patienceMs,
    headers: {
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Key': key,
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Protocol': subprotocols(token).join(', '),
      ...(origin !== undefined && { Origin: origin }),
      ...headers,
    },
  });
  return {
    ...answer,
    accept: createHash('sha1')
      .update(key + ACCEPT_SUFFIX)
      .digest('base64'),
  };
}

/** Gives the subprotocols that a client offers: the protocol, and its token if it has one. */
export function subprotocols(token: string | undefined): string[] {
  return [SUBPROTOCOL, ...(token === undefined ? [] : [`bearer.${token}`])];
}

/** The value of a header that may come once or several times. */
export function header({ headers }: Pick<Answer, 'headers'>, name: string): string {
  return [headers[name] ?? ''].flat().join(', ');
}

function noAnswer(url: URL, error: Error, patienceMs: number): CheckFailure {
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return new CheckFailure(`${url.host} gave no answer in ${patienceMs / 1000} s.`);
  const code = 'code' in error ? `${error.code}` : '';
  return new CheckFailure(`${url.host} gave no answer: ${code || error.message || error.name}.`);
}
