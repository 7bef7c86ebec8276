/** Reads HTTP/1.1 responses (RFC 9112) from the chunks a socket gives: whole, split, chunked, or ended by the close. */

import { type BodyParser, createBodyParser, type Framing } from './bodyParser';

/** A head may be this long, in bytes, as in Node's own client. */
const MAX_HEAD_BYTES = 16_384;
const HEAD_END = '\r\n\r\n';

/** A response that is complete. */
export interface HttpResponse {
  status: number;
  body: Buffer;
  /** What AWS calls the error, where it says so in a header. */
  errorType: string | undefined;
  /** Nothing may follow on this connection: the server closes it, or sent more than it was asked for. */
  isLast: boolean;
}

/** What reading has come to: the answer, or `more` to come, or `garbage` that is no response. */
export type ParseProgress = HttpResponse | 'more' | 'garbage';

/** Reads one response. */
export interface ResponseParser {
  read(chunk: Buffer): ParseProgress;
  /** The connection has closed: a response without a length ends here. */
  end(): ParseProgress;
}

export function createResponseParser(maxBodyBytes: number): ResponseParser {
  let unread: Buffer | undefined;
  let head: Head | undefined;
  let body: BodyParser | undefined;

  const answer = (end: { body: Buffer; surplus: boolean }): HttpResponse => ({
    status: head?.status ?? 0,
    body: end.body,
    errorType: head?.errorType,
    isLast: end.surplus || !head?.keepsAlive,
  });

  return {
    read(chunk) {
      let rest = chunk;
      while (!head || !body) {
        const seen: Buffer = unread ? Buffer.concat([unread, rest]) : rest;
        const end = seen.indexOf(HEAD_END);
        if (end === -1 || end > MAX_HEAD_BYTES) {
          unread = seen;
          return seen.length > MAX_HEAD_BYTES ? 'garbage' : 'more';
        }
        const parsed = parseHead(seen.toString('latin1', 0, end));
        if (!parsed) return 'garbage';
        unread = undefined;
        rest = seen.subarray(end + HEAD_END.length);
        // 100 Continue and its like come before the response itself.
        if (parsed.status < 200) {
          if (rest.length === 0) return 'more';
          continue;
        }
        head = parsed;
        body = createBodyParser(parsed.framing, maxBodyBytes);
      }
      const read = body.read(rest);
      return typeof read === 'object' ? answer(read) : read;
    },

    end() {
      const read = body?.end() ?? 'garbage';
      return typeof read === 'object' ? answer(read) : read;
    },
  };
}

interface Head {
  status: number;
  framing: Framing;
  keepsAlive: boolean;
  errorType: string | undefined;
}

/** A status line, then lines with a name, a colon and a value without control characters except tab. */
const HEAD =
  /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?(?:\r\n[!#$%&'*+\-.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*)*$/;

/** Reads a head without its last line's end; `undefined` if it is none, or says two things about its length. */
function parseHead(text: string): Head | undefined {
  const started = HEAD.exec(text);
  if (!started) return undefined;
  const status = Number(started[2]);
  let keepsAlive = started[1] === '1';
  let length: number | undefined;
  let coding: string | undefined;
  let errorType: string | undefined;

  for (let at = text.indexOf('\r\n'); at !== -1; at = text.indexOf('\r\n', at + 2)) {
    const colon = text.indexOf(':', at);
    // Of all names only these four matter, and their lengths tell them from most others.
    const size = colon - at - 2;
    if (size !== 10 && size !== 14 && size !== 16 && size !== 17) continue;
    const end = text.indexOf('\r\n', colon);
    const value = text.slice(colon + 1, end === -1 ? undefined : end).trim();
    switch (text.slice(at + 2, colon).toLowerCase()) {
      case 'connection':
        if (/\bclose\b/i.test(value)) keepsAlive = false;
        else if (/\bkeep-alive\b/i.test(value)) keepsAlive = true;
        break;
      case 'content-length':
        if (!/^\d{1,15}$/.test(value) || (length !== undefined && length !== Number(value))) return undefined;
        length = Number(value);
        break;
      case 'x-amzn-errortype':
        errorType = value;
        break;
      case 'transfer-encoding':
        coding = value
          .slice(value.lastIndexOf(',') + 1)
          .trim()
          .toLowerCase();
        break;
    }
  }
  if (coding !== undefined && length !== undefined) return undefined;
  const framing = framingOf(status, coding, length);
  return {
    status,
    framing,
    keepsAlive: keepsAlive && framing !== 'close',
    errorType,
  };
}

/** Which of them counts is laid down in RFC 9112, section 6.3. */
function framingOf(status: number, coding: string | undefined, length: number | undefined): Framing {
  if (status < 200 || status === 204 || status === 304) return 0;
  if (coding !== undefined) return coding === 'chunked' ? 'chunked' : 'close';
  return length ?? 'close';
}
