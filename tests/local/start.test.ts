import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { accepted } from '../../infra/parameters/accepted';
import options from '../../local/startOptions.json';
import { listen } from '../../local/util/listen';
import { hostNames } from '../../local/util/networkAddresses';
import { CREDENTIALS } from '../../local/util/sigV4';
import { descendantsOf } from '../support/processTable';
import { allGone, descendants, greeting, guest, run, START } from './startProcess';
import { root, within } from './support';

jest.setTimeout(90_000);

it('prints one address, at its --port, which serves the page, until Ctrl-C', async () => {
  const free = await listen(createServer());
  await free.stop();
  const { child, url, printed, ended } = run([START, '--port', String(free.port), '--quiet']);
  const address = await within('the address', url, 60_000);
  const page = await (await fetch(address)).text();
  const pids = descendants(child.pid ?? 0);

  child.kill('SIGINT');

  expect(await within('the end', ended)).toBe(0);
  await within('the end of its processes', allGone(pids));
  expect(pids.length).toBeGreaterThanOrEqual(2);
  expect(printed.out).toBe(`http://127.0.0.1:${free.port}\n`);
  expect(page).toContain('<script');
});

/** What a command prints that fails with one line. */
async function lineOf(command: string[], user: { uid?: number } = {}): Promise<string> {
  const { ended, printed } = run(command, user);
  expect(await within('the end', ended, 60_000)).toBe(1);
  expect(printed.out).toBe('');
  expect(printed.err.trim().split('\n')).toHaveLength(1);
  return printed.err;
}

describe('says in one line', () => {
  it('that the port is taken', async () => {
    const taken = await listen(createServer());
    try {
      expect(await lineOf([START, '--port', String(taken.port)])).toContain(`Port ${taken.port} is taken`);
    } finally {
      await taken.stop();
    }
  });

  it.each([
    ['a parameter that does not exist', ['--param', 'gests=on'], 'there is no parameter gests'],
    ['an address of another machine', ['--host', '192.0.2.1', '--port', '0'], 'has no address 192.0.2.1'],
    ['a file for the data', ['--data', path.join(root, 'package.json')], 'a file has this name'],
    [
      'a file above the data',
      ['--data', path.join(root, 'package.json', 'data')],
      'a part of the path is a file',
    ],
    ['a table that the data has not', ['--port', '0', '--param', 'messagesTable=none'], 'has no table none'],
  ])('%s', async (_case, args, named) => {
    expect(await lineOf([START, ...args])).toContain(named);
  });

  it('that the data directory cannot be written', async () => {
    const data = mkdtempSync(path.join(tmpdir(), 'edge-chat-data-'));
    chmodSync(data, 0o500);
    // Root may write anywhere: the process runs as another user there.
    const user = process.getuid?.() === 0 ? { uid: 65_534 } : {};

    expect(await lineOf([START, '--data', data], user)).toContain('permission denied');

    rmSync(data, { recursive: true });
  });

  it('that the disk is full', async () => {
    const data = mkdtempSync(path.join(tmpdir(), 'edge-chat-data-'));
    const database = path.join(root, 'local/services/dynamodb-process.cjs');
    // A limit on file sizes stands for a full disk: the system refuses the write in the same way.
    const limited = `trap '' XFSZ; ulimit -f 0; exec "$0" "$@"`;
    const child = spawn('sh', ['-c', limited, process.execPath, database, JSON.stringify({ path: data })]);
    let printed = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });

    await within('the end', once(child, 'close'));

    expect(printed).toBe(`The data in ${data} cannot be read or written: File too large.\n`);
    rmSync(data, { recursive: true });
  });

  it.each(['18.20.0', '20.18.3', '22.12.0', '23.1.0'])('that Node %s is too old', async (version) => {
    const directory = mkdtempSync(path.join(tmpdir(), 'edge-chat-old-'));
    const old = path.join(directory, 'old.cjs');
    writeFileSync(old, `Object.defineProperty(process.versions, 'node', { value: '${version}' });\n`);

    expect(await lineOf(['--require', old, START])).toContain(
      'needs Node 20 from 20.19 on, 22 from 22.13 on, or 24 and newer; this is ',
    );

    rmSync(directory, { recursive: true });
  });
});

describe('takes the option', () => {
  it('--host: other devices get the page, a token and a socket', async () => {
    const { url, child, printed } = run([START, '--port', '0', '--host', '0.0.0.0']);
    const own = await within('the address', url, 60_000);
    await within('the whole start', started(printed));
    const others = [...printed.out.matchAll(/On another device in this network: (\S+)/g)].map(
      ([, at]) => at ?? '',
    );

    for (const address of [own, ...others]) expect(await page(address)).toContain('<script');
    for (const address of [own, ...others]) expect(await greeting(address)).toMatchObject({ type: 'joined' });
    expect(others).toHaveLength(hostNames('0.0.0.0').length - 2);
    child.kill('SIGTERM');
  });

  it('--host with one address: no other is listened on, and no other origin is let in, until SIGKILL', async () => {
    const { url, child } = run([START, '--port', '0', '--host', '127.0.0.2', '--quiet']);
    const address = await within('the address', url, 60_000);

    expect(address).toMatch(/^http:\/\/127\.0\.0\.2:\d+$/);
    expect(await greeting(address)).toMatchObject({ type: 'joined' });
    await expect(page(address.replace('127.0.0.2', '127.0.0.1'))).rejects.toThrow('fetch failed');
    await expect(greeting(address, 'http://127.0.0.1')).rejects.toThrow('403');
    const pids = descendants(child.pid ?? 0);
    child.kill('SIGKILL');
    await within('the end of its processes', allGone(pids));
    expect(pids.length).toBeGreaterThanOrEqual(2);
  });

  it('--tls; when the functions’ process is killed, it says so and fails', async () => {
    const { url, child, ended, printed } = run([START, '--port', '0', '--tls', '--quiet']);
    const address = await within('the address', url, 60_000);

    expect(address).toMatch(/^https:/);
    const answer = await within(
      'the page',
      new Promise<IncomingMessage>((resolve) => get(address, { rejectUnauthorized: false }, resolve)),
    );
    expect(answer.statusCode).toBe(200);
    const processes = descendantsOf(child.pid ?? 0);
    const functions = processes.find(({ command }) => command.includes('functions-process'));

    process.kill(functions?.pid ?? 0, 'SIGKILL');

    expect(await within('the end', ended)).toBe(1);
    await within('the end of its processes', allGone(processes.map(({ pid }) => pid)));
    expect(printed.err).toContain('functions');
  });

  it('--data: no other start may use it meanwhile, and a later one may adopt its table of messages', async () => {
    const data = mkdtempSync(path.join(tmpdir(), 'edge-chat-data-'));
    const given = [START, '--port', '0', '--data', data, '--quiet'];
    const first = run(given);
    const ann = await guest(await within('the address', first.url, 60_000));
    ann.send({ action: 'joinRoom', room: 'lobby' });
    await ann.nextOf('joined');
    ann.send({ action: 'sendMessage', room: 'lobby', id: 'message-1', text: 'tea?', after: 0 });
    await ann.nextOf('ack');
    expect(await lineOf(given)).toContain('in use');
    first.child.kill('SIGTERM');
    await within('the end', first.ended);
    const { suffix } = JSON.parse(readFileSync(path.join(data, 'store.json'), 'utf8'));

    const next = run([...given, '--param', `messagesTable=Messages-${suffix}`]);
    const joined = await greeting(await within('the address', next.url, 60_000));
    next.child.kill('SIGTERM');
    await within('the end', next.ended);

    expect(joined).toMatchObject({ head: 1, messages: [{ text: 'tea?' }] });
    rmSync(data, { recursive: true });
  });

  it('--stage, and --param for every parameter', async () => {
    // These name what an earlier stack left behind.
    const {
      messagesTable: _table,
      eventsStream: _stream,
      originSecretVersion: _version,
      ...others
    } = accepted;
    const examples = {
      ...Object.fromEntries(Object.entries(others).map(([name, { example }]) => [name, example])),
    };
    const reviewFunction = 'arn:aws:lambda:us-east-1:123456789012:function:edge-chat-demo-review';
    const own = {
      guests: 'on',
      guestRooms: 'lobby:r',
      clientsWithoutOrigin: 'on',
      reviewFunction,
      events: 'https',
    };
    const params = { ...examples, ...own };
    const given = Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]);

    const { url, child, printed } = run([START, '--port', '0', '--stage', 'demo', ...given]);
    const reader = await guest(await within('the address', url, 60_000));
    await within('the whole start', started(printed));
    reader.send({ action: 'joinRoom', room: 'lobby' });
    expect(await reader.nextOf('joined')).toMatchObject({ room: 'lobby' });
    reader.send({ action: 'sendMessage', room: 'lobby', id: 'message-1', text: 'tea?', after: 0 });
    expect(await reader.nextOf('error')).toMatchObject({ code: 'forbidden' });
    const endpoint = /AWS_ENDPOINT_URL_LAMBDA=(\S+)/.exec(printed.out)?.[1] ?? '';
    const lambda = new LambdaClient({ region: 'us-east-1', endpoint, credentials: CREDENTIALS });
    const { Payload } = await lambda.send(
      new InvokeCommand({
        FunctionName: 'edge-chat-demo-operatorExport',
        Payload: JSON.stringify({ room: 'lobby' }),
      }),
    );
    lambda.destroy();
    expect(JSON.parse(Payload?.transformToString() ?? '')).toMatchObject({ messages: [] });
    child.kill('SIGTERM');
  });

  it('--help', async () => {
    const { ended, printed } = run([START, '--help']);

    expect(await within('the end', ended)).toBe(0);
    for (const name of Object.keys(options))
      expect(printed.out).toMatch(new RegExp(`^  --${name} .*\\w`, 'm'));
    for (const name of Object.keys(accepted)) expect(printed.out).toContain(name);
    expect(printed.err).toBe('');
  });
});

describe('`sls offline`', () => {
  const sls = path.join(root, 'node_modules/serverless/bin/serverless.js');

  it.each<[string[], NodeJS.Signals]>([
    [['offline'], 'SIGTERM'],
    [['offline', 'start'], 'SIGINT'],
  ])('starts the same stack by %j, until %s', async (command, signal) => {
    const free = await listen(createServer());
    await free.stop();
    const given = ['--httpPort', String(free.port), '--host', '127.0.0.2', '--stage', 'demo', '--quiet'];
    const { child, url, ended, printed } = run([
      sls,
      ...command,
      ...given,
      '--noAuth',
      '--websocketPort',
      '1',
    ]);
    const address = await within('the address', url, 60_000);
    const pids = descendants(child.pid ?? 0);

    expect(await greeting(address)).toMatchObject({ type: 'joined' });
    child.kill(signal);
    await within('the end', ended);
    await within('the end of its processes', allGone(pids));

    expect(printed.out).toBe(`http://127.0.0.2:${free.port}\n`);
    expect(printed.err).toBe('The local stack ignores --noAuth, --websocketPort.\n');
    expect(pids.length).toBeGreaterThanOrEqual(3);
  });

  it('takes parameters and refuses wrong ones in a line', async () => {
    const { ended, printed } = run([sls, 'offline', '--port', '0', '--param', 'gests=on']);

    expect(await within('the end', ended, 60_000)).toBe(1);
    expect(printed.out + printed.err).toBe('Parameters: there is no parameter gests.\n');
  });
});

/** Resolves when the last line of a start has been printed. */
async function started(printed: { out: string }): Promise<void> {
  while (!printed.out.includes('Statistics: ')) await new Promise(setImmediate);
}

const page = async (address: string) => (await fetch(address)).text();
