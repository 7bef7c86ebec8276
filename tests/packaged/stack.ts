import { EventEmitter, once } from 'node:events';
import { createDatabase } from '../../lib/aws/dynamodb/client';
import type { Database } from '../../lib/aws/dynamodb/database';
import { createMemberStore } from '../../lib/aws/dynamodb/memberStore';
import { createSendQuotaStore } from '../../lib/aws/dynamodb/sendQuotaStore';
import { createUserStore } from '../../lib/aws/dynamodb/userStore';
import { ANNOUNCEMENTS } from '../../lib/rateLimiting/joinQuota';
import { createCharge } from '../../lib/rateLimiting/tokenBucket';
import type { Service } from '../../local/hooks';
import type { Invoke } from '../../local/lambda/functions';
import { type Stack, startStack } from '../../local/stack';
import { type ResourceNames, resolveText } from '../../local/template/intrinsics';
import { recordAt, resourcesOf } from '../../local/template/template';
import { CREDENTIALS } from '../../local/util/sigV4';
import { within } from '../local/support';
import { createConnections } from '../support/connections';
import type { Packaged } from '../template/packaging';
import { functionName, type Naming } from './grants';
import { openTaps, type Taps } from './taps';
import { type Definition, type Running, runZips } from './zips';

/** The local stack with every function running from its zip, and every AWS call written down. */
export interface PackagedStack {
  stack: Stack;
  calls: Taps['calls'];
  running: Map<string, Running>;
  /** How many events each function was given. */
  events: Map<string, number>;
  /** Fills a room with connections that are not there. */
  crowd(room: string, size: number): Promise<void>;
  /** So many connections of a user that gave no sign of life for a long time, each in the room. */
  silent(user: string, room: string, size: number): Promise<void>;
  /** Waits until every connection has ended and no function runs. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

const SERVICES: Record<string, Service> = {
  DYNAMODB: 'database',
  SECRETS_MANAGER: 'secrets',
  LAMBDA: 'lambda',
  S3: 's3',
  SQS: 'sqs',
  EVENTBRIDGE: 'eventbridge',
};

const CROWD_AT_ONCE = 20;

/** What Lambda itself adds to a function's environment, as far as the SDK reads it. */
export const LAMBDA_ADDS = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

export async function startPackagedStack(
  packaged: Packaged,
  node: string,
  params: Record<string, string>,
  print?: (line: string) => void,
): Promise<PackagedStack> {
  const taps = openTaps();
  const urls = new Map<Service, string>();
  const events = new Map<string, number>();
  const invocations = new EventEmitter();
  let running = 0;
  let invokeZip: Invoke = async () => ({
    ok: false,
    type: 'NotReady',
    message: 'The zips do not run yet.',
    trace: '',
  });

  const stack = await startStack({
    params,
    hooks: {
      endpoint: (service, url) => {
        urls.set(service, url);
        return url;
      },
      invoke: async ({ functionName: name, event }) => {
        events.set(name, (events.get(name) ?? 0) + 1);
        running++;
        const outcome = await invokeZip(name, event);
        running--;
        invocations.emit('end');
        return outcome;
      },
    },
    limits: { retryDelayMs: 100 },
    ...(print && { print }),
  });

  const definitions = new Map<string, Definition>();
  for (const { id, properties } of resourcesOf(stack.template, 'AWS::Lambda::Function')) {
    const name = functionName(id);
    const tapped = async (service: Service) => taps.tap(name, service, urls.get(service) ?? '');
    const given = recordAt(recordAt(properties, 'Environment'), 'Variables');
    const resolved = Object.entries(given).map(([key, value]) => [key, resolveText(value, worldOf(stack))]);
    const environment: Record<string, string> = { ...LAMBDA_ADDS, ...Object.fromEntries(resolved) };
    if (environment.MANAGEMENT_ENDPOINT)
      environment.MANAGEMENT_ENDPOINT = `${await tapped('management')}${new URL(environment.MANAGEMENT_ENDPOINT).pathname}`;
    if (environment.ALLOWED_ORIGINS) environment.ALLOWED_ORIGINS = stack.url;
    // Addresses of files lead past CloudFront to the recorder, which sees the right that they work with.
    if (environment.FILES_ORIGIN) environment.FILES_ORIGIN = '';
    for (const [key, service] of Object.entries(SERVICES))
      environment[`AWS_ENDPOINT_URL_${key}`] = await tapped(service);
    definitions.set(stack.ref(id), {
      name,
      handler: String(properties.Handler),
      timeoutMs: Number(properties.Timeout) * 1000,
      environment,
    });
  }
  const zips = await runZips(packaged, node, definitions);
  invokeZip = zips.invoke;

  return {
    stack,
    calls: taps.calls,
    running: zips.running,
    events,
    crowd: (room, size) => crowd(stack, room, size),
    silent: (user, room, size) => silent(stack, user, room, size),
    async quiet() {
      const timesOf = (id: string) => events.get(stack.ref(id));
      const state = () =>
        `${running} functions run; ${timesOf('ConnectLambdaFunction')} connections began, ` +
        `${timesOf('DisconnectLambdaFunction')} ended`;
      // An event that a function hands over counts as running before the function ends.
      while (running > 0 || timesOf('ConnectLambdaFunction') !== timesOf('DisconnectLambdaFunction'))
        await within(`the end of a function (${state()})`, once(invocations, 'end'), 60_000);
    },
    async stop() {
      await stack.stop();
      zips.stop();
      await taps.stop();
    },
  };
}

/** Names what functions call as the template does. */
export function namingOf(stack: Stack): Naming {
  const known = new Map<string, string>();
  for (const id of ['Connections', 'Members', 'Messages', 'FanOutLambdaFunction'])
    known.set(stack.ref(id), `<${id}.Arn>`);
  for (const id of ['RelayWakes', 'Events', 'PushNotices']) known.set(stack.ref(id), `<${id}.Arn>`);
  for (const id of ['OriginSecret', 'GuestKey', 'EventsKey', 'PushKey']) known.set(stack.ref(id), `<${id}>`);
  const bucket = stack.ref('FilesBucket');
  known.set(bucket, '<FilesBucket.Arn>').set(`${bucket}/*`, '<FilesBucket.Arn>/*');
  known.set('default', 'arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default');
  return (name) => known.get(name);
}

const worldOf = (stack: Stack): ResourceNames => ({
  ref: (id) => stack.ref(id),
  attribute: (id, name) => `${id}.${name}`,
});

let goneUsers = 0;

/**
 * Connections that the tables hold to be open and the gateway does not know, a few at a time. Their users are new, and
 * one more announcement empties their buckets: however slow the machine is, the function that charges it reads them.
 */
async function crowd(stack: Stack, room: string, size: number): Promise<void> {
  const database = databaseOf(stack);
  const connections = createConnections(database, stack.tables.Connections ?? '');
  const members = createMemberStore(database, stack.tables.Members ?? '');
  const now = Date.now();
  const expiresAt = now + 3_600_000;
  const charge = { bucket: 'syncs', now, costMs: 0, burstMs: 1 } as const;
  const sendQuotas = createSendQuotaStore(database, stack.tables.Connections ?? '');
  const add = async () => {
    const id = `${room.padEnd(8, '0')}${String(++goneUsers).padStart(6, '0')}=`;
    const gone = { id, user: { id: `guest:${id}`, name: 'Gone' }, expiresAt };
    await connections.open(gone, expiresAt);
    await connections.join(id, room, charge, expiresAt, 1);
    await members.add({ room, id, expiresAt });
    await sendQuotas.charge(gone.user.id, createCharge(ANNOUNCEMENTS, Date.now(), ANNOUNCEMENTS.burst - 1));
  };
  for (let from = 0; from < size; from += CROWD_AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(CROWD_AT_ONCE, size - from) }, add));
}

/** Connections of one user that gave no sign of life for a long time, each in a room. */
async function silent(stack: Stack, user: string, room: string, size: number): Promise<void> {
  const database = databaseOf(stack);
  const table = stack.tables.Connections ?? '';
  const connections = createConnections(database, table);
  const now = Date.now();
  const charge = { bucket: 'syncs', now, costMs: 0, burstMs: 1 } as const;
  for (let i = 0; i < size; i++) {
    const connection = { id: `silent${i}=`, user: { id: user, name: 'Silent' }, expiresAt: now + 3_600_000 };
    await connections.open(connection, now);
    await connections.join(connection.id, room, charge, now, 1);
    await createUserStore(database, table).addConnection(user, connection.id, size, now);
  }
}

export function databaseOf(stack: Stack): Database {
  return createDatabase({
    AWS_ENDPOINT_URL_DYNAMODB: stack.databaseUrl,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  });
}
