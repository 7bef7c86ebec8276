import fc from 'fast-check';
import { createResponseParser, type ParseProgress } from '../../lib/aws/http/responseParser';

const MOST = 1_000_000;
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

/** Reads bytes in these pieces, up to the first outcome. */
function readAll(pieces: readonly Buffer[], closes = false): ParseProgress {
  const parser = createResponseParser(MOST);
  for (const piece of pieces) {
    const progress = parser.read(piece);
    if (progress !== 'more') return progress;
  }
  return closes ? parser.end() : 'more';
}

const read = (text: string, closes = false) => readAll([Buffer.from(text)], closes);

it.each<[string, string, { status: number; body: string; isLast: boolean }]>([
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}', { status: 200, body: '{}', isLast: false }],
  ['no body', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, body: '', isLast: false }],
  [
    'a length that is no body',
    'HTTP/1.1 304 x\r\nContent-Length: 9\r\n\r\n',
    { status: 304, body: '', isLast: false },
  ],
  [
    'chunks, with an extension and a trailer',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;a="b"\r\nabc\r\nA\r\n0123456789\r\n0\r\nX: 1\r\n\r\n',
    { status: 200, body: 'abc0123456789', isLast: false },
  ],
  ['no reason', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n', { status: 200, body: '', isLast: false }],
  [
    'header names in any case',
    'HTTP/1.1 200 OK\r\ncOnTeNt-LeNgTh:2\r\n\r\n{}',
    { status: 200, body: '{}', isLast: false },
  ],
  [
    'the same length twice',
    'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n',
    { status: 200, body: '', isLast: false },
  ],
  [
    'Connection: close',
    'HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n',
    { status: 200, body: '', isLast: true },
  ],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', { status: 200, body: '', isLast: true }],
  [
    'HTTP/1.0, kept',
    'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n',
    { status: 200, body: '', isLast: false },
  ],
  [
    'bytes beyond its end',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab',
    { status: 200, body: 'a', isLast: true },
  ],
  [
    'chunks and bytes beyond',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nx',
    { status: 200, body: '', isLast: true },
  ],
  [
    'interim answers before it',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    { status: 200, body: '', isLast: false },
  ],
])('reads an answer with %s', (_name, text, { body, ...rest }) => {
  expect(read(text)).toEqual({ ...rest, body: Buffer.from(body) });
});

it.each([
  ['no length', 'HTTP/1.1 200 OK\r\n\r\nuntil the end', 'until the end'],
  ['a coding nobody knows', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: zip\r\n\r\nabc', 'abc'],
])('reads an answer with %s up to the close', (_name, text, body) => {
  expect(read(text)).toBe('more');
  expect(read(text, true)).toEqual({ status: 200, body: Buffer.from(body), isLast: true });
});

it.each([
  ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
  ['another version', 'HTTP/2 200 OK\r\n\r\n'],
  ['a status of letters', 'HTTP/1.1 abc OK\r\n\r\n'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
  ['a header without a colon', 'HTTP/1.1 200 OK\r\nContent-Length\r\n\r\n'],
  ['a header without a name', 'HTTP/1.1 200 OK\r\n: 1\r\n\r\n'],
  ['a space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n'],
  ['a folded header', 'HTTP/1.1 200 OK\r\nX: 1\r\n 2\r\n\r\n'],
  ['a bare line feed', 'HTTP/1.1 200 OK\nContent-Length: 5\r\n\r\n'],
  ['a zero byte', 'HTTP/1.1 200 OK\r\nX: \0\r\n\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
  ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
  ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['a chunk size that is none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
  ['a chunk longer than its size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n'],
])('takes for garbage: %s', (_name, text) => {
  expect(read(text)).toBe('garbage');
});

it.each([
  ['in its head', 'HTTP/1.1 200 OK\r\nContent-Le'],
  ['in its body', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc'],
  ['between chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n'],
])('takes for garbage what closes %s', (_name, text) => {
  expect(read(text)).toBe('more');
  expect(read(text, true)).toBe('garbage');
});

it.each([
  ['a length of more than the limit', `HTTP/1.1 200 OK\r\nContent-Length: ${MOST + 1}\r\n\r\n`],
  ['chunks of more than the limit', `${CHUNKED}${MOST.toString(16)}\r\n${'x'.repeat(MOST)}\r\n1\r\n`],
  ['more than the limit up to its close', `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(MOST + 1)}`],
  ['a size line of more than 4 KB', `${CHUNKED}1;${'x'.repeat(4_096)}`],
  ['a head of more than 16 KB', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(16_384)}`],
])('gives up an answer with %s', (_name, text) => {
  expect(read(text)).toBe('garbage');
});

it('reads the same however the bytes are cut', () => {
  const sizes = fc.oneof(
    fc.constantFrom<'length' | 'close'>('length', 'close'),
    fc.integer({ min: 1, max: 300 }),
  );
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 2_000 }),
      sizes,
      fc.array(fc.nat(3_000), { maxLength: 20 }),
      (body, framing, cuts) => {
        const bytes = write(Buffer.from(body), framing);
        const places = [0, ...cuts.map((at) => at % bytes.length).sort((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((end, i) => bytes.subarray(places[i], end));

        expect(readAll(pieces, true)).toEqual({
          status: 200,
          body: Buffer.from(body),
          isLast: framing === 'close',
        });
      },
    ),
    { numRuns: 500 },
  );
});

function write(body: Buffer, framing: 'length' | 'close' | number): Buffer {
  const head = (header: string) => Buffer.from(`HTTP/1.1 200 OK\r\n${header}\r\n`);
  if (framing === 'length') return Buffer.concat([head(`Content-Length: ${body.length}\r\n`), body]);
  if (framing === 'close') return Buffer.concat([head(''), body]);
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; at += framing) {
    const data = body.subarray(at, at + framing);
    chunks.push(Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n'));
  }
  return Buffer.concat([head('Transfer-Encoding: chunked\r\n'), ...chunks, Buffer.from('0\r\n\r\n')]);
}
