import { createHash, randomBytes } from 'node:crypto';
import { type IncomingHttpHeaders, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { SUBPROTOCOL } from '../../lib/protocol';
import { Failed } from './types';

/** RFC 6455: what a server puts behind the key before it hashes it. */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** Nothing that is read here is longer. */
const MOST_BODY_CHARACTERS = 65_536;

/** What is asked, beside the address. */
export interface Ask {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  patienceMs: number;
}

/** How a request was answered. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  ms: number;
}

/** Asks as it is: redirects are not followed. @throws Failed when there is no answer. */
export function ask(url: URL, { method = 'GET', headers = {}, body, patienceMs }: Ask): Promise<Answer> {
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
        if (text.length < MOST_BODY_CHARACTERS) text += part;
      });
      response.on('end', () => answered(response, text));
      response.on('error', (error) => reject(noAnswer(url, error, patienceMs)));
    });
    request.on('error', (error) => reject(noAnswer(url, error, patienceMs)));
    request.end(body);
  });
}

/** What a handshake offers. */
export interface Offer {
  token?: string;
  origin?: string;
  headers?: Record<string, string>;
  patienceMs: number;
}

/** A handshake's answer, and the accept value that proves that the server read our key. */
export interface Handshake extends Answer {
  accept: string;
}

/** Asks for the upgrade, and closes at once what opens. */
export async function shakeHands(
  url: URL,
  { token, origin, headers, patienceMs }: Offer,
): Promise<Handshake> {
  const key = randomBytes(16).toString('base64');
  const answer = await ask(url, {
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

/** What a client offers: the protocol, and its token if it has one. */
export function subprotocols(token: string | undefined): string[] {
  return [SUBPROTOCOL, ...(token === undefined ? [] : [`bearer.${token}`])];
}

/** The value of a header that may come once or several times. */
export function header({ headers }: Pick<Answer, 'headers'>, name: string): string {
  return [headers[name] ?? ''].flat().join(', ');
}

function noAnswer(url: URL, error: Error, patienceMs: number): Failed {
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return new Failed(`${url.host} gave no answer in ${patienceMs / 1000} s.`);
  const code = 'code' in error ? `${error.code}` : '';
  return new Failed(`${url.host} gave no answer: ${code || error.message || error.name}.`);
}
