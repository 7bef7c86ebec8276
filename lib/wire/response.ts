/** Reads HTTP/1.1 responses (RFC 9112) from the chunks a socket gives: whole, split, chunked, or ended by the close. */

import { type Body, createBody, type Framing } from './body';

/** A head may be this long, in bytes, as in Node's own client. */
const MOST_HEAD_BYTES = 16_384;
const HEAD_END = '\r\n\r\n';

/** A response that is complete. */
export interface Answer {
  status: number;
  body: Buffer;
  /** Nothing may follow on this connection: the server closes it, or sent more than it was asked for. */
  isLast: boolean;
}

/** What reading has come to: the answer, or `more` to come, or `garbage` that is no response. */
export type Progress = Answer | 'more' | 'garbage';

/** Reads one response. */
export interface Reader {
  read(chunk: Buffer): Progress;
  /** The connection has closed: a response without a length ends here. */
  end(): Progress;
}

export function createReader(mostBodyBytes: number): Reader {
  let unread: Buffer | undefined;
  let head: Head | undefined;
  let body: Body | undefined;

  const answer = (end: { body: Buffer; surplus: boolean }): Answer => ({
    status: head?.status ?? 0,
    body: end.body,
    isLast: end.surplus || !head?.keepsAlive,
  });

  return {
    read(chunk) {
      let rest = chunk;
      while (!head || !body) {
        const seen: Buffer = unread ? Buffer.concat([unread, rest]) : rest;
        const end = seen.indexOf(HEAD_END);
        if (end === -1 || end > MOST_HEAD_BYTES) {
          unread = seen;
          return seen.length > MOST_HEAD_BYTES ? 'garbage' : 'more';
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
        body = createBody(parsed.framing, mostBodyBytes);
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
}

/** Reads a head without its last line's end; `undefined` if it is none, or says two things about its length. */
function parseHead(text: string): Head | undefined {
  const [first = '', ...lines] = text.split('\r\n');
  if (CONTROL.test(text)) return undefined;
  const started = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/.exec(first);
  if (!started) return undefined;
  const status = Number(started[2]);
  let keepsAlive = started[1] === '1';
  let length: number | undefined;
  let coding: string | undefined;

  for (const line of lines) {
    const colon = line.indexOf(':');
    // A name ends at its colon; a line that starts with a space would continue the one before (obsolete).
    if (colon < 1 || !TOKEN.test(line.slice(0, colon))) return undefined;
    const value = line.slice(colon + 1).trim();
    switch (line.slice(0, colon).toLowerCase()) {
      case 'connection':
        if (/\bclose\b/i.test(value)) keepsAlive = false;
        else if (/\bkeep-alive\b/i.test(value)) keepsAlive = true;
        break;
      case 'content-length':
        if (!/^\d{1,15}$/.test(value) || (length !== undefined && length !== Number(value))) return undefined;
        length = Number(value);
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
  return { status, framing, keepsAlive: keepsAlive && framing !== 'close' };
}

/** Which of them counts is laid down in RFC 9112, section 6.3. */
function framingOf(status: number, coding: string | undefined, length: number | undefined): Framing {
  if (status < 200 || status === 204 || status === 304) return 0;
  if (coding !== undefined) return coding === 'chunked' ? 'chunked' : 'close';
  return length ?? 'close';
}

/** Characters that may stand nowhere in a head, and line ends that are not whole. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n/;
const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
