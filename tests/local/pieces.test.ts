import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import fc from 'fast-check';
import { frameMeter } from '../../local/apiGateway/frames';
import { allows } from '../../local/apiGateway/iamPolicy';
import { allowListOf, passesList } from '../../local/cloudfront/allowList';
import { readCommandLine } from '../../local/commandLine';
import { terminalLine } from '../../local/console/output';
import type { Json, JsonRecord } from '../../local/template/template';
import { createAgent } from '../../local/util/keepAliveAgent';
import { within } from './support';

describe('a policy', () => {
  const arn = 'arn:aws:execute-api:us-east-1:000000000000:abc/ws/$connect';
  const statement = (Effect: string, Resource: Json, Action: Json = 'execute-api:Invoke') => ({
    Effect,
    Resource,
    Action,
  });

  it.each<[string, Json[], boolean]>([
    ['allows the very resource', [statement('Allow', arn)], true],
    ['allows by pattern', [statement('Allow', ['arn:other', 'arn:aws:execute-api:*/ws/?connect'])], true],
    ['allows every action', [statement('Allow', '*', '*')], true],
    ['does not allow another resource', [statement('Allow', 'arn:aws:execute-api:*/prod/*')], false],
    ['does not allow another action', [statement('Allow', '*', 'execute-api:ManageConnections')], false],
    ['is denied by any denial', [statement('Allow', '*'), statement('Deny', arn)], false],
    ['without statements allows nothing', [], false],
  ])('%s', (_name, Statement, expected) => {
    expect(allows({ Version: '2012-10-17', Statement }, arn)).toBe(expected);
  });
});

describe('a choice', () => {
  it.each<[JsonRecord, boolean, boolean]>([
    [{ HeaderBehavior: 'none' }, false, false],
    [{ HeaderBehavior: 'whitelist', Headers: ['Origin'] }, true, false],
    [{ HeaderBehavior: 'allViewer' }, true, true],
    [{ HeaderBehavior: 'allExcept', Headers: ['Host'] }, true, false],
  ])('%j', (config, origin, host) => {
    const choice = allowListOf(config, 'HeaderBehavior', 'Headers');

    expect([passesList(choice, 'origin'), passesList(choice, 'host')]).toEqual([origin, host]);
  });
});

it('the frame meter sees every frame however the bytes are cut', () => {
  const frame = (size: number) => {
    const masked = 0x80;
    const mask = Buffer.alloc(4, 7);
    if (size < 126) return Buffer.concat([Buffer.from([0x81, masked | size]), mask, Buffer.alloc(size)]);
    const header = size < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10);
    header[0] = 0x81;
    header[1] = masked | (size < 65_536 ? 126 : 127);
    if (size < 65_536) header.writeUInt16BE(size, 2);
    else header.writeBigUInt64BE(BigInt(size), 2);
    return Buffer.concat([header, mask, Buffer.alloc(size)]);
  };
  const sizes = fc.oneof(fc.nat(200), fc.constantFrom(125, 126, 65_535, 65_536), fc.nat(70_000));

  fc.assert(
    fc.property(
      fc.array(sizes, { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 50_000 }), { minLength: 1 }),
      (lengths, cuts) => {
        const seen: number[] = [];
        const meter = frameMeter((bytes) => seen.push(bytes));
        const stream = Buffer.concat(lengths.map(frame));
        for (let at = 0, i = 0; at < stream.length; i++) {
          const cut = cuts[i % cuts.length] ?? 1;
          meter(stream.subarray(at, at + cut));
          at += cut;
        }
        expect(seen).toEqual(lengths);
      },
    ),
    { numRuns: 50 },
  );
});

describe('the command line', () => {
  it.each<[string[], object]>([
    [[], { port: 8080, host: '127.0.0.1', tls: false, stage: 'dev', params: {}, quiet: false }],
    [['--port', '0', '--quiet'], { port: 0, quiet: true }],
    [['--data', 'somewhere', '--tls'], { data: 'somewhere', tls: true }],
    [
      ['--param', 'guestRooms=a:r b:rw', '--param=oidcRoomsClaim=x=y'],
      { params: { guestRooms: 'a:r b:rw', oidcRoomsClaim: 'x=y' } },
    ],
    [['--sign-in', '--param', 'oidcToken=id'], { signIn: true, params: { oidcToken: 'id' } }],
    [['--reviewer', 'package.json'], { reviewer: 'package.json', params: {} }],
  ])('%j', (args, expected) => {
    expect(readCommandLine(args)).toMatchObject({ kind: 'start', options: expected });
  });

  it.each<[string[], RegExp]>([
    [['--port', '70000'], /^--port must be/],
    [['--port', '-1'], /--port/],
    [['--port', 'eighty'], /^--port must be/],
    [['--host', 'a b'], /^--host must be/],
    [['--data', ''], /^--data must name/],
    [['--data'], /--data/],
    [['x'], /'x'/],
    [['--colour'], /--colour/],
    [['--param', 'guests'], /^--param must be NAME=VALUE/],
    [['--param', 'gests=on'], /^Parameters: there is no parameter gests\.$/],
    [['--param', 'guests=off'], /^Parameters: guests=off needs oidcIssuer/],
    [['--stage', 'a_b'], /^Parameters: the stage must be/],
    [['--sign-in', '--param', 'oidcIssuer=https://a.example'], /^--sign-in sets oidcIssuer itself\./],
    [['--reviewer', 'no-such-file.mjs'], /^--reviewer must name a file\./],
  ])('refuses %j in a line', (args, expected) => {
    const read = readCommandLine(args);

    expect(read.kind === 'wrong' && read.line).toMatch(expected);
    expect(read.kind === 'wrong' && read.line).not.toContain('\n');
  });
});

it.each([
  ['{"level":"info","message":"x"}', false, false],
  ['{"level":"WARN","message":"x"}', true, false],
  ['{"level":"error","message":"x"}', true, true],
  ['a line of its own', true, false],
  ['edge-chat-dev-connect failed: Error: boom', true, true],
])('%s is shown: %s, and when quiet: %s', (line, shown, quiet) => {
  expect([false, true].map((isQuiet) => terminalLine(line, isQuiet) !== undefined)).toEqual([shown, quiet]);
});

it('shows what a stranger made a function print without its controls', () => {
  const trace = 'Error: no user \u001b]0;owned\u0007\u202e321\n    at handler (index.js:1:1)';

  expect(terminalLine(trace, false)).toBe(
    'Error: no user ␛]0;owned␇\\u202e321\n    at handler (index.js:1:1)',
  );
});

it('a connection that idles is given up before its server closes it', async () => {
  const server = createServer((_request, response) => response.end());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const agent = createAgent();
  const freed = once(agent, 'free');
  const { port } = server.address() as AddressInfo;

  try {
    get({ agent, host: '127.0.0.1', port }, (response) => response.resume());
    const [socket] = (await within('a free connection', freed)) as [Socket];

    expect(socket.timeout).toBeGreaterThan(0);
    expect(socket.timeout).toBeLessThanOrEqual(server.keepAliveTimeout - 1_000);
  } finally {
    agent.destroy();
    server.close();
  }
});
