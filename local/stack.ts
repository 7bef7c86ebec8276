import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { httpApi, socketApi } from './apis';
import { compileTemplate, type Project } from './compile';
import type { SocketLimits } from './connections';
import { openDatabase } from './database';
import { definitionsOf } from './definitions';
import { distributionOf } from './distribution';
import { type EdgeLimits, startEdge } from './edge';
import { type Invocation, type Invoke, openFunctions } from './functions';
import { type SocketHooks, startSocketApi } from './gateway';
import { startHttpApi } from './httpApi';
import type { World } from './intrinsics';
import { retriesOf, serveInvocations } from './invocations';
import { newSuffix, openSecrets, resolveSecrets, type Secrets, serveSecrets } from './secrets';
import { resourcesOf, type Template } from './template';
import type { Tunnel } from './tunnel';
import { worldOf } from './world';

/** What functions reach over the network, each at an address of its own. */
export type Service = 'database' | 'management' | 'secrets' | 'lambda';

/** Where a fault-injection suite steps in. Each stands around the real thing and may leave it out. */
export interface Hooks extends SocketHooks {
  invoke?: (
    call: { functionName: string; event: unknown },
    run: () => Promise<Invocation>,
  ) => Promise<Invocation>;
  tunnel?: Tunnel;
  /** Gives the functions another address for a service: a proxy's. */
  endpoint?: (service: Service, url: string) => string | Promise<string>;
}

export interface StackOptions {
  /** The project; this one unless named. */
  root?: string;
  stage?: string;
  /** Parameters of the stack, as `sls deploy --param` takes them. */
  params?: Record<string, string>;
  /** Port of the edge; any free one unless named. */
  port?: number;
  /** Directory of the data; in memory unless named. */
  data?: string;
  /** The built page. */
  pageDirectory?: string;
  /** Changes the compiled template before anything reads it. */
  template?: (template: Template) => Template;
  limits?: Partial<SocketLimits & { edge: Partial<EdgeLimits>; retryDelayMs: number }>;
  hooks?: Hooks;
  /** Takes the lines the functions print, and how invocations failed. */
  print?: (line: string) => void;
}

/** A stack that runs. */
export interface Stack {
  /** The one address people open. */
  url: string;
  /** The WebSocket through the edge. */
  socketUrl: string;
  /** The two APIs themselves, past the edge. */
  socketDirectUrl: string;
  apiDirectUrl: string;
  managementUrl: string;
  databaseUrl: string;
  /** Names of the tables by logical id. */
  tables: Record<string, string>;
  template: Template;
  secrets: Secrets;
  /** ARNs of secrets, names of tables and so on: what `Ref` gives for a logical id. */
  ref(id: string): string;
  /** Runs a function by its logical name, past the gateway. */
  invoke: Invoke;
  /** Resolves, saying why, when a process of the stack ended that was not told to. */
  failed: Promise<string>;
  stop(): Promise<void>;
}

/** Starts the whole stack on free ports; several can run at once. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const {
    root = path.resolve(__dirname, '..'),
    stage = 'dev',
    params = {},
    data,
    limits = {},
    hooks = {},
    print = () => {},
  } = options;
  const project: Project = { root, stage, params };
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  const own = <T extends { stop(): Promise<unknown> }>(part: T): T => {
    stops.push(() => part.stop());
    return part;
  };

  try {
    const edge = own(
      await startEdge({
        port: options.port ?? 0,
        limits: limits.edge ?? {},
        ...(hooks.tunnel && { tunnel: hooks.tunnel }),
      }),
    );
    // The slowest part first: it bundles while the rest is made ready.
    const functions = own(await openFunctions(root, print));
    const compiled = await compileTemplate(project);
    const template = options.template?.(structuredClone(compiled)) ?? compiled;
    const world = worldOf(template, suffixOf(data));
    const ref = (id: string) => world.ref(id) ?? id;

    const database = own(await openDatabase(template, world, data && path.join(data, 'database')));
    const secrets = openSecrets(template, world, data && path.join(data, 'secrets.json'));
    const secretsServer = own(await serveSecrets(secrets));
    const invoke = reporting(hooked(functions.invoke, hooks), print);
    const lambda = own(
      await serveInvocations(invoke, retriesOf(template, world), limits.retryDelayMs ?? 60_000),
    );
    const sockets = socketApi(template, world);
    const socketServer = own(await startSocketApi({ api: sockets, invoke, limits, hooks }));
    const http = httpApi(template, world);
    const httpServer = own(await startHttpApi(http, invoke));

    const at = async (service: Service, url: string) => (hooks.endpoint ? hooks.endpoint(service, url) : url);
    const origins = ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${edge.port}`);
    const management = `http://127.0.0.1:${socketServer.port}`;
    await functions.start(
      definitionsOf(template, world, {
        addresses: {
          [`https://${sockets.host}`]: await at('management', management),
          [`https://${distributionHost(template, world)}`]: origins.join(','),
        },
        endpoints: {
          DYNAMODB: await at('database', database.url),
          SECRETS_MANAGER: await at('secrets', `http://127.0.0.1:${secretsServer.port}`),
          LAMBDA: await at('lambda', `http://127.0.0.1:${lambda.port}`),
        },
      }),
    );
    edge.serve({
      distribution: distributionOf(template, world, (text) => resolveSecrets(text, secrets)),
      ports: new Map([
        [sockets.host, socketServer.port],
        [http.host, httpServer.port],
      ]),
      pageDirectory: options.pageDirectory ?? path.join(root, '.build', 'web'),
    });

    return {
      url: `http://127.0.0.1:${edge.port}`,
      socketUrl: `ws://127.0.0.1:${edge.port}/${sockets.stage}`,
      socketDirectUrl: `ws://127.0.0.1:${socketServer.port}/${sockets.stage}`,
      apiDirectUrl: `http://127.0.0.1:${httpServer.port}`,
      managementUrl: `${management}/${sockets.stage}`,
      databaseUrl: database.url,
      tables: database.tables,
      template,
      secrets,
      ref,
      invoke,
      failed: Promise.race([
        functions.ended.then(() => 'The process of the functions ended.'),
        database.ended.then(() => 'The process of the database ended.'),
      ]),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Tells one data store from another: the names of its tables, and with them the id of its log, hang on it. */
function suffixOf(data: string | undefined): string {
  if (!data) return newSuffix();
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const file = path.join(data, 'store.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')).suffix;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const suffix = newSuffix();
    writeFileSync(file, JSON.stringify({ suffix }));
    return suffix;
  }
}

function distributionHost(template: Template, world: World): string {
  const [found] = resourcesOf(template, 'AWS::CloudFront::Distribution');
  return (found && world.attribute(found.id, 'DomainName')) ?? '';
}

const hooked =
  (invoke: Invoke, { invoke: hook }: Hooks): Invoke =>
  (functionName, event) => {
    const run = () => invoke(functionName, event);
    return hook ? hook({ functionName, event }, run) : run();
  };

/** Says how an invocation failed: on AWS that would be in the function's log. */
const reporting =
  (invoke: Invoke, print: (line: string) => void): Invoke =>
  async (functionName, event) => {
    const outcome = await invoke(functionName, event);
    if (!outcome.ok)
      print(`${functionName} failed: ${outcome.trace || `${outcome.type}: ${outcome.message}`}`);
    return outcome;
  };
