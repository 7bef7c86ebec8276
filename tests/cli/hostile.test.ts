import { createServer, type Server } from 'node:http';
import { listen } from '../../local/util/listen';
import { HOSTILE, HOSTILE_TEXTS, UNSAFE_OUTPUT } from './hostileText';
import { start } from './run';

jest.setTimeout(120_000);

/** Runs the program against servers that put hostile texts into everything they answer. */
async function run(args: readonly string[], input = '') {
  const { child, ended } = start(args, {
    AWS_ENDPOINT_URL_LAMBDA: lambda,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  child.stdin.end(input);
  return ended;
}

let stack: string;
let lambda: string;
const stops: (() => Promise<void>)[] = [];

async function serve(server: Server): Promise<string> {
  const { port, stop } = await listen(server);
  stops.push(stop);
  return `http://127.0.0.1:${port}`;
}

beforeAll(async () => {
  stack = await serve(
    createServer((_request, response) => {
      response.setHeader('x-amz-cf-pop', '\u009b31m\u00ad');
      response.setHeader('via', 'cloudfront');
      response.writeHead(403, { 'content-type': 'text/html\u009b' });
      response.end(JSON.stringify({ error: { code: 'forbidden', message: HOSTILE } }));
    }),
  );
  lambda = await serve(
    createServer(async (request, response) => {
      const { order, room } = JSON.parse(Buffer.concat(await request.toArray()).toString());
      if (order === 'unban' || room === 'refused') response.setHeader('x-amz-function-error', 'Unhandled');
      const from = { id: HOSTILE, name: HOSTILE };
      response.end(
        JSON.stringify({
          done: HOSTILE,
          errorMessage: HOSTILE,
          messages: HOSTILE_TEXTS.map((text, at) => ({ type: 'message', seq: at + 1, id: text, text, from })),
        }),
      );
    }),
  );
});
afterAll(async () => {
  for (const stop of stops) await stop();
});

it.each([
  ['chat', () => ['chat', stack]],
  ['send', () => ['send', stack]],
  ['tail', () => ['tail', stack]],
  ['save', () => ['save', stack, '--message', '1']],
  ['doctor', () => ['doctor', stack]],
  ['doctor --json', () => ['doctor', stack, '--json']],
  ['ban', () => ['ban', 'ann']],
  ['unban', () => ['unban', 'ann']],
  ['erase', () => ['erase', '--room', 'refused', '--yes']],
  ['export', () => ['export', 'lobby']],
  ['a refused export', () => ['export', 'refused']],
  ['a wrong command', () => [HOSTILE]],
  ['a wrong option', () => ['chat', `--${HOSTILE}`]],
  ['a wrong value', () => ['chat', '--room', HOSTILE]],
])('prints nothing of a foreign text raw: %s', async (_name, args) => {
  const { out, err } = await run(args(), 'hello');

  expect(out + err).toMatch(/cleared|u009b/);
  expect(out).not.toMatch(UNSAFE_OUTPUT);
  expect(err).not.toMatch(UNSAFE_OUTPUT);
});

it('exports what was written, as JSON', async () => {
  const { out } = await run(['export', 'lobby']);

  const texts = out
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { text: string }).text);
  expect(texts).toEqual(HOSTILE_TEXTS);
});
