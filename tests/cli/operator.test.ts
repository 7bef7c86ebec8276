import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as pass } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { signInGuest } from '../../client/guests';
import { type Stack, startStack } from '../../local/stack';
import { type Listening, listen } from '../../local/util/listen';
import { open as openClient } from '../local/support';

jest.setTimeout(60_000);

const COUNT = 260;
const AT_ONCE = 4;
const ANNS = COUNT / AT_ONCE;
let stack: Stack;
let folder: string;
let lambda: Listening;
let refusals = 0;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'edge-chat-export-'));
  stack = await startStack();
  const FunctionName = stack.ref('OperatorPublishLambdaFunction');
  for (let i = 1; i <= COUNT; i += AT_ONCE)
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, j) =>
        stack.invoke(FunctionName, {
          room: 'archive',
          id: `message-${i + j}`,
          text: `Line\n"${i + j}" 🦄`,
          from: { id: j === 0 ? 'ann@example.com' : 'bob', name: j === 0 ? 'Ann' : 'Bob' },
        }),
      ),
    );
  // Lambda, but for some calls that end in a server's error.
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (refusals > 0) {
      refusals--;
      return response
        .writeHead(403, { 'x-amzn-errortype': 'AccessDeniedException' })
        .end('{"Message":"Not you."}');
    }
    // The signature covers the host that the command asked.
    const { url, method, headers } = request;
    const passed = pass(`${stack.lambdaUrl}${url}`, { method, headers, setHost: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.end(Buffer.concat(chunks));
  });
  lambda = await listen(server);
});
afterAll(async () => {
  await lambda.stop();
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command as a person would, with credentials in the environment. */
function run(...args: string[]) {
  return runIn({}, ...args);
}

function runIn(
  env: Record<string, string>,
  ...args: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/edgeChat.ts', ...args], {
    env: {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${lambda.port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      HOME: folder,
      ...env,
    },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

const entries = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { seq: number; type: string; from?: { id: string } });

it('exports a whole room in order, to standard output', async () => {
  const { code, out, err } = await run('export', 'archive');

  expect({ code, err }).toEqual({ code: 0, err: `${COUNT} entries of archive, up to seq ${COUNT}.\n` });
  expect(entries(out).map(({ seq }) => seq)).toEqual(Array.from({ length: COUNT }, (_, i) => i + 1));
});

it('goes on behind the last whole line of a file', async () => {
  const file = path.join(folder, 'archive.jsonl');
  const { out } = await run('export', 'archive');
  const lines = out.split('\n');
  writeFileSync(file, `${lines.slice(0, 100).join('\n')}\n${lines[100]?.slice(0, 20)}`);

  expect((await run('export', 'archive', '--out', file)).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(out);
  expect((await run('export', 'archive', '--out', file)).err).toContain('0 entries');
  expect(readFileSync(file, 'utf8')).toBe(out);

  appendFileSync(file, '{"no":"seq"}\n');
  expect((await run('export', 'archive', '--out', file)).err).toContain('is no export of a room');
});

it('says where it stopped', async () => {
  refusals = 1;

  const { code, err } = await run('export', 'archive', '--after', '99');

  expect(code).not.toBe(0);
  expect(err).toContain('Stopped after seq 99: continue with --after 99');
  expect(err).toContain('edge-chat-dev-operatorExport: Not you.');
});

it.each([
  [['export'], /Missing required argument 'room'/],
  [['export', 'No Room'], /'No Room' is invalid for argument 'room'\. A room must be/],
  [['export', 'archive', '--after', '-1'], /It must be a whole number, 0 or more/],
  [['erase', '--user', 'ann@example.com'], /confirm with --yes, in stage dev/],
  [['erase', '--user', '', '--yes'], /It must be a user id/],
  [['replay', '--room', 'archive'], /Give --room and --from/],
  [['replay', '--room', 'archive', '--from', '0'], /--from .* It must be a whole number, 1 or more/],
  [['ban'], /Missing required argument 'user'/],
  [['ban', 'ann', 'bob'], /Too many arguments/],
  [['ban', 'ann', '--room', 'No Room'], /--room .* A room must be/],
  [['ban', 'ann', '--for', 'ever'], /--for .* It must be a time such as/],
  [['ban', 'ann', '--for', '400d'], /--for .* 365d at most/],
  [['unban', 'ann', '--for', '1h'], /Unknown option '--for'/],
  [['erase', '--yes'], /Give either --room or --user/],
  [['erase', '--room', 'a', '--user', 'b', '--yes'], /Give either --room or --user/],
])('refuses %j in one line and erases nothing', async (args, why) => {
  const { code, err } = await run(...args);

  expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(why) });
  expect(err).toMatch(/^.+\n$/);
});

it.each([['export', 'archive'], ['ban', 'ann'], ['erase', '--room', 'archive', '--yes'], ['console']])(
  'says that %s %s has no Region',
  async (...args) => {
    const { code, err } = await runIn({ AWS_REGION: '' }, ...args);

    expect({ code, err }).toEqual({
      code: 2,
      err: 'No AWS Region is known: give --region, such as eu-west-1, or set AWS_REGION.\n',
    });
  },
);

it('says in one line that a file cannot be written', async () => {
  const { code, err } = await run('export', 'archive', '--out', folder);

  expect(code).toBe(1);
  expect(err).toBe(`--out: EISDIR: illegal operation on a directory, open '${folder}'.\n`);
});

it('erases a user, then a room', async () => {
  const ofUser = await run('erase', '--user', 'ann@example.com', '--yes', '--settle', '0');
  const { out } = await run('export', 'archive');
  const ofRoom = await run('erase', '--room', 'archive', '--yes', '--settle', '0');

  expect(ofUser).toMatchObject({ code: 0, err: `${ANNS} messages erased.\n` });
  expect(out).not.toContain('Ann');
  expect(entries(out).filter(({ type }) => type === 'erased')).toHaveLength(ANNS);
  expect(ofRoom).toMatchObject({
    code: 0,
    err: expect.stringContaining(`${COUNT - ANNS} messages erased.`),
  });
  expect((await run('export', 'archive')).out).not.toContain('Bob');
});

describe('ban and unban', () => {
  const open = async (token: string) => openClient(stack.socketUrl, ['chat.v1', `bearer.${token}`]);
  const signIn = async () => signInGuest(`${stack.url}/api/token`, 'Ann');

  it('put a user out of a room and let them in again', async () => {
    const { token, user } = await signIn();
    const ann = await open(token);
    ann.send({ action: 'joinRoom', room: 'den' });
    await ann.nextOf('joined');

    const banned = await run('ban', user.id, '--room', 'den', '--for', '2h');

    expect(banned).toMatchObject({
      code: 0,
      err: expect.stringContaining('is kept out of the room den until'),
    });
    expect(await ann.nextOf('system')).toMatchObject({ what: 'kicked', room: 'den', user: { id: user.id } });
    ann.send({ action: 'joinRoom', room: 'den' });
    expect(await ann.nextOf('error')).toMatchObject({ code: 'forbidden' });
    const told = await runIn({ EDGE_CHAT_TOKEN: token }, 'send', stack.url, '--room', 'den');
    expect(told).toMatchObject({
      code: 4,
      err: expect.stringMatching(/^You have been removed from this room until \d/),
    });
    expect((await run('unban', user.id, '--room', 'den')).code).toBe(0);
    ann.send({ action: 'joinRoom', room: 'den' });
    await ann.nextOf('joined');
  });

  it('close the connections of a user that is banned everywhere, and refuse new ones', async () => {
    const { token, user } = await signIn();
    const ann = await open(token);
    ann.send({ action: 'joinRoom', room: 'den' });
    await ann.nextOf('joined');

    expect((await run('ban', user.id)).code).toBe(0);

    await ann.closed;
    await expect(open(token)).rejects.toThrow('403');
    const told = await runIn({ EDGE_CHAT_TOKEN: token }, 'send', stack.url, '--timeout', '2');
    expect(told).toMatchObject({
      code: 4,
      err: expect.stringMatching(/^You are banned from this chat until \d/),
    });
    expect((await run('unban', user.id)).code).toBe(0);
    (await open(token)).socket.close();
  });
});
