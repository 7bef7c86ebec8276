import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { runProgram } from '../cli/commandLine/command';
import type { ColdStart } from './cold/first';
import { createBench } from './harness/benchCommand';
import { bundle, keep, run, startStub, WATCHING } from './harness/childScripts';
import { judge, printHeader, printTable, show } from './harness/report';
import { figure, interleave, ratio } from './harness/samples';

const event = {
  requestContext: {
    eventType: 'MESSAGE',
    routeKey: 'sendMessage',
    connectionId: 'c0=',
    authorizer: { user: 'ann', name: 'Ann', expires: '4000000000000', rooms: '*:rw' },
  },
  body: JSON.stringify({ action: 'sendMessage', room: 'den', id: 'AbCdEfGhIj', text: 'hello', after: 0 }),
};

/** Measures a cold start: loading `sendMessage`, and its first message. */
async function main(options: { full?: true | undefined; check?: true | undefined }): Promise<void> {
  const rounds = options.full ? 21 : 7;
  printHeader('bench:cold: load and first invocation of sendMessage');
  const stub = await startStub();
  const origin = new URL(stub.https).origin;
  const env = {
    NODE_EXTRA_CA_CERTS: keep('stub.pem', stub.cert),
    AWS_ENDPOINT_URL_DYNAMODB: origin,
    AWS_ENDPOINT_URL_LAMBDA: origin,
    MANAGEMENT_ENDPOINT: stub.https,
    CONNECTIONS_TABLE: 'Connections',
    MEMBERS_TABLE: 'Members',
    MESSAGES_TABLE: 'Messages',
    HISTORY_HOURS: '0',
    FAN_OUT_FUNCTION: 'fanOut',
    ...WATCHING,
  };
  const script = await bundle('bench/cold/first.ts');
  const files = {
    'sendMessage, as deployed': await bundle('handlers/sendMessage.ts'),
    'the same on the SDK, bundled': await bundle('handlers/sendMessage.ts', { awsClients: 'sdk' }),
    'the same on the SDK, not bundled': await bundle('handlers/sendMessage.ts', {
      awsClients: 'sdk',
      packages: 'external',
    }),
    'the floor: an empty handler': await bundle('bench/cold/emptyHandler.ts'),
  };
  type Name = keyof typeof files;
  const names = Object.keys(files) as Name[];
  const samples = await interleave(
    rounds,
    Object.fromEntries(
      names.map((name) => [name, () => run<ColdStart>(script, { file: files[name], event }, env)]),
    ) as Record<Name, () => Promise<ColdStart>>,
  );
  const { posts } = await stub.seen();
  stub.stop();

  const both = (name: Name) => samples[name].map((start) => start.both);
  console.log(`${rounds} fresh processes each, ms; a database, a post and TLS to both on the way`);
  printTable(
    ['handler', 'KB (gzip)', 'load', 'first', 'load + first', 'CPU', 'RSS MB', '÷ ours'],
    names.map((name) => [
      name,
      sizeOf(files[name]),
      ...(['load', 'first', 'both', 'cpu', 'rssMb'] as const).map((key) =>
        show(figure(samples[name].map((start) => start[key]))),
      ),
      show(ratio(both(name), both('sendMessage, as deployed'))),
    ]),
  );
  const against = ratio(both('sendMessage, as deployed'), both('the same on the SDK, not bundled'));
  judge(
    [
      { what: 'load + first, ours over the unbundled SDK', value: against.median, atMost: 0.65 },
      { what: 'messages that nobody was posted', value: (names.length - 1) * rounds - posts, atMost: 0 },
      { what: 'bundle of sendMessage, KB', value: kilobytes(files['sendMessage, as deployed']), atMost: 60 },
    ],
    options,
  );
}

function sizeOf(file: string): string {
  const gzipped = gzipSync(readFileSync(file)).length / 1024;
  return `${kilobytes(file).toFixed(1)} (${gzipped.toFixed(1)})`;
}

function kilobytes(file: string): number {
  return readFileSync(file).length / 1024;
}

void runProgram(
  createBench(
    'bench:cold',
    'Measure what a cold start costs: loading sendMessage, and its first message.',
  ).action(main),
);
