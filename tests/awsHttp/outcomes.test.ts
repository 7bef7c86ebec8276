import fc from 'fast-check';
import type { Poster } from '../../lib/ports/poster';
import { posters } from './posters';
import { type Server, startServer } from './server';

let server: Server;
let answer: Buffer[] = [];
let own: Poster;
let sdk: Poster;

beforeAll(async () => {
  // The end after each answer makes every one of them end, whatever it says of its length.
  server = await startServer((socket) => {
    const pieces = [...answer];
    const next = (): void => {
      const piece = pieces.shift();
      if (!piece) socket.end();
      else socket.write(piece, () => setImmediate(next));
    };
    next();
  });
  own = posters.own(server.url);
  sdk = posters.sdk(server.url);
});
afterAll(() => server.stop());

/** What both posters make of the same bytes, in the same pieces. */
async function outcomes(pieces: Buffer[]): Promise<{ own: string; sdk: string }> {
  answer = pieces;
  return { own: await own.prepare('{}')('abc='), sdk: await sdk.prepare('{}')('abc=') };
}

const statuses = fc.oneof(
  fc.constantFrom(200, 204, 304, 400, 403, 404, 408, 410, 413, 429, 500, 502, 503, 504),
  fc.integer({ min: 200, max: 999 }),
);
const bodies = fc.oneof(
  fc.constantFrom(
    '',
    '{}',
    '{"message":"Gone"}',
    '<html>',
    '{"__type":"LimitExceededException"}',
    'null',
    '[]',
  ),
  fc.string({ maxLength: 200, unit: 'binary' }),
);
const headers = fc.array(
  fc.constantFrom(
    'Connection: keep-alive',
    'connection: close',
    'x-amzn-ErrorType: GoneException',
    'x-amzn-ErrorType: LimitExceededException:http://internal.amazon.com/coral/',
    'x-amzn-RequestId: 6b1b2d7e-0000-0000-0000-000000000000',
    'Content-Type: application/json',
    'Content-Type: text/html; charset=utf-8',
    'Date: Thu, 01 Jan 2026 00:00:00 GMT',
    'X-Empty:',
    'X-Spaces: \t spaced \t ',
  ),
  { maxLength: 4 },
);

/** Any response that HTTP allows, in its bytes. */
const responses = fc
  .record({
    status: statuses,
    body: bodies,
    headers,
    framing: fc.oneof(
      fc.constantFrom<'length' | 'close'>('length', 'close'),
      fc.integer({ min: 1, max: 64 }),
    ),
    reason: fc.constantFrom(' OK', ' Gone', ' ', ' Two words'),
    version: fc.constantFrom('1.1', '1.1', '1.0'),
  })
  .map(({ status, body, headers, framing, reason, version }) => {
    const bytes = Buffer.from(body);
    const hasBody = status !== 204 && status !== 304;
    const lines = [`HTTP/${version} ${status}${reason}`, ...headers];
    if (hasBody && framing === 'length') lines.push(`Content-Length: ${bytes.length}`);
    if (hasBody && typeof framing === 'number') lines.push('Transfer-Encoding: chunked');
    const content = !hasBody ? [] : typeof framing === 'number' ? chunked(bytes, framing) : [bytes];
    return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), ...content]);
  });

function chunked(bytes: Buffer, size: number): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const data = bytes.subarray(at, at + size);
    parts.push(Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n'));
  }
  return [...parts, Buffer.from('0\r\n\r\n')];
}

/** Cuts bytes into pieces at some of their positions. */
function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}

const cuts = fc.array(fc.nat(2_000), { maxLength: 5 });

it('both posters make the same of every response', async () => {
  await fc.assert(
    fc.asyncProperty(responses, cuts, async (bytes, at) => {
      const { own: ours, sdk: theirs } = await outcomes(cut(bytes, at));

      expect(ours).toBe(theirs);
    }),
    { numRuns: 150 },
  );
}, 60_000);

it('both posters make the same of every response that breaks off', async () => {
  await fc.assert(
    fc.asyncProperty(responses, cuts, fc.nat(2_000), async (bytes, at, end) => {
      const { own: ours, sdk: theirs } = await outcomes(cut(bytes.subarray(0, end % bytes.length), at));

      expect(ours).toBe(theirs);
    }),
    { numRuns: 100 },
  );
}, 60_000);

it('of a response with a wrong byte ours believes no more than the SDK does', async () => {
  await fc.assert(
    fc.asyncProperty(responses, fc.nat(2_000), fc.nat(255), async (bytes, at, byte) => {
      const broken = Buffer.from(bytes);
      broken[at % broken.length] = byte;

      const { own: ours, sdk: theirs } = await outcomes([broken]);

      // A retry is always safe: a client that has the frame drops it by its seq.
      expect(['retry', theirs]).toContain(ours);
    }),
    { numRuns: 150 },
  );
}, 60_000);
