/** How a body ends: after a number of bytes, with its last chunk, or with the connection. */
export type Framing = number | 'chunked' | 'close';

const NOTHING = Buffer.alloc(0);
/** A chunk's size line, its extensions included, may be this long, in bytes. */
const MAX_LINE_BYTES = 4096;

/** A body that is complete; a surplus is bytes beyond its end. */
interface ParsedBody {
  body: Buffer;
  surplus: boolean;
}

type BodyProgress = ParsedBody | 'more' | 'garbage';

/** Reads one body, however its bytes are cut. */
export interface BodyParser {
  read(bytes: Buffer): BodyProgress;
  /** The connection has closed. */
  end(): BodyProgress;
}

export function createBodyParser(framing: Framing, maxBytes: number): BodyParser {
  if (framing === 'chunked') return chunked(maxBytes);
  return framing === 'close' ? untilClosed(maxBytes) : ofLength(framing, maxBytes);
}

function ofLength(length: number, maxBytes: number): BodyParser {
  const parts: Buffer[] = [];
  let seen = 0;
  return {
    read(bytes) {
      if (length > maxBytes) return 'garbage';
      seen += bytes.length;
      if (length === 0) return { body: NOTHING, surplus: seen > 0 };
      parts.push(bytes);
      if (seen < length) return 'more';
      const [only] = parts;
      const body = parts.length === 1 && only ? only : Buffer.concat(parts);
      return { body: body.subarray(0, length), surplus: seen > length };
    },
    end: () => 'garbage',
  };
}

function untilClosed(maxBytes: number): BodyParser {
  const parts: Buffer[] = [];
  let seen = 0;
  return {
    read(bytes) {
      seen += bytes.length;
      parts.push(bytes);
      return seen > maxBytes ? 'garbage' : 'more';
    },
    end: () => ({ body: Buffer.concat(parts), surplus: false }),
  };
}

/**
 * Chunks (RFC 9112, section 7.1) have a size line, data and an empty line. The last chunk is empty, and trailers
 * follow it.
 */
function chunked(maxBytes: number): BodyParser {
  const parts: Buffer[] = [];
  let unread: Buffer = NOTHING;
  let seen = 0;
  let left = 0;
  let expects: 'size' | 'data' | 'dataEnd' | 'trailer' = 'size';

  /** Takes a line that is complete from what is unread. */
  const takeLine = (): string | undefined => {
    const end = unread.indexOf('\r\n');
    if (end === -1) return undefined;
    const line = unread.toString('latin1', 0, end);
    unread = unread.subarray(end + 2);
    return line;
  };

  return {
    read(bytes) {
      unread = unread.length === 0 ? bytes : Buffer.concat([unread, bytes]);
      for (;;) {
        if (expects === 'data') {
          const data = unread.subarray(0, left);
          parts.push(data);
          unread = unread.subarray(data.length);
          left -= data.length;
          if (left > 0) return 'more';
          expects = 'dataEnd';
        }
        const line = takeLine();
        if (line === undefined) return unread.length > MAX_LINE_BYTES ? 'garbage' : 'more';
        if (expects === 'size') {
          const [, size] = /^([\da-f]{1,12})[ \t]*(?:;.*)?$/i.exec(line) ?? [];
          if (size === undefined) return 'garbage';
          left = Number.parseInt(size, 16);
          seen += left;
          if (seen > maxBytes) return 'garbage';
          expects = left === 0 ? 'trailer' : 'data';
        } else if (expects === 'dataEnd') {
          if (line !== '') return 'garbage';
          expects = 'size';
        } else if (line === '') return { body: Buffer.concat(parts), surplus: unread.length > 0 };
      }
    },
    end: () => 'garbage',
  };
}
