import path from 'node:path';
import { httpApi, webSocketApi } from './apiGateway/apis';
import type { SocketLimits } from './apiGateway/connections';
import { startHttpApi } from './apiGateway/httpApi';
import { startWebSocketApi } from './apiGateway/webSocketApi';
import { selfSigned } from './cloudfront/certificate';
import { distributionHost, distributionOf } from './cloudfront/distribution';
import { behaviourFor } from './cloudfront/originRequest';
import { type LocalPages, startCloudFront } from './cloudfront/server';
import { startTlsProxy } from './cloudfront/tlsProxy';
import { startEvents } from './events/startEvents';
import { type Hooks, observed, type Service } from './hooks';
import { definitionsOf } from './lambda/functionDefinitions';
import { type Invoke, openFunctions } from './lambda/functions';
import { retriesOf, serveInvocations } from './lambda/invokeApi';
import { reviewerDefinition, reviewParameters } from './lambda/localReviewer';
import { openStore } from './services/dataDirectory';
import { startDynamoDb } from './services/dynamodb';
import { pageDirectory } from './services/pageBuild';
import type { Objects } from './services/s3/objects';
import { startS3 } from './services/s3/server';
import { openSecrets, resolveSecrets, type Secrets, serveSecrets } from './services/secretsManager';
import {
  type LocalProvider,
  type SignInOptions,
  signInParameters,
  startProvider,
  withProvider,
} from './signIn/provider';
import { compileTemplate } from './template/compile';
import { resourceNamesOf } from './template/resourceNames';
import { outputOf, type Template } from './template/template';
import { hostNames, urlHost } from './util/networkAddresses';

export interface StackOptions {
  /** The project; this one unless named. */
  root?: string;
  stage?: string;
  /** Parameters of the stack, as `sls deploy --param` takes them. */
  params?: Record<string, string>;
  /** Port that viewers connect to; any free one unless named. */
  port?: number;
  /** Address that viewers connect to; this machine only unless named. */
  host?: string;
  /** Serves HTTPS and wss with a certificate made at start, as CloudFront does. */
  tls?: boolean;
  /** Directory of the data; in memory unless named. */
  data?: string | undefined;
  /** The built page; where `npm run build:web` puts it unless named. */
  pageDirectory?: string;
  /** Starts an identity provider with a few people, who sign in on the page. */
  signIn?: SignInOptions | undefined;
  /** Reviews each message and each edit by the `handler` of this module. */
  reviewer?: string | undefined;
  /** Changes a copy of the compiled template before anything reads it. */
  template?: (template: Template) => Template;
  limits?: Partial<SocketLimits> & { retryDelayMs?: number };
  hooks?: Hooks;
  /** Pages of this machine that the distribution does not have. */
  localPages?: LocalPages;
  /** The clock of S3, in milliseconds since the epoch. */
  now?: () => number;
  /** Takes what the functions print, and how invocations failed. */
  print?: (line: string) => void;
}

/** A stack that runs. */
export interface Stack {
  /** The one address people open. */
  url: string;
  /** The same for other devices, where CloudFront listens for them. */
  networkUrls: string[];
  /** The WebSocket through CloudFront. */
  socketUrl: string;
  /** The two APIs themselves, past CloudFront. */
  socketDirectUrl: string;
  apiDirectUrl: string;
  managementUrl: string;
  databaseUrl: string;
  /** Lambda's own API, where functions without an event are invoked. */
  lambdaUrl: string;
  /** Names of the tables by logical id. */
  tables: Record<string, string>;
  template: Template;
  secrets: Secrets;
  /** The files of messages, if the stack takes files. */
  files: Objects | undefined;
  /** The identity provider, if the stack was started with one. */
  provider: LocalProvider | undefined;
  /** What `Ref` gives for a logical id: a table's name, a secret's ARN. */
  ref(id: string): string;
  /** Runs a function by its deployed name, past the gateway. */
  invoke: Invoke;
  /** Resolves, saying why, when a process of the stack ends that was not told to. */
  failed: Promise<string>;
  stop(): Promise<void>;
}

/** Starts the whole stack on free ports; several can run at once. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { root = path.resolve(__dirname, '..'), stage = 'dev', limits = {}, hooks = {} } = options;
  const given = options.params ?? {};
  const params: Record<string, string> = {
    ...given,
    ...(options.signIn && signInParameters(given.oidcToken)),
    ...(options.reviewer !== undefined && reviewParameters),
  };
  const print = options.print ?? (() => {});
  const store = openStore(options.data);
  const stops: (() => Promise<void>)[] = [];
  const own = <Part extends { stop(): Promise<void> }>(part: Part): Part => {
    stops.push(() => part.stop());
    return part;
  };
  const stopAll = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= stopAll();
    return stopped;
  };

  try {
    const { port = 0, host = '127.0.0.1' } = options;
    const hosts = hostNames(host);
    const tlsProxy = options.tls ? own(await startTlsProxy(selfSigned(hosts), port, host)) : undefined;
    const cloudfront = own(
      await startCloudFront({
        ...(!tlsProxy && { port, host }),
        tunnel: hooks.tunnel,
        localPages: options.localPages,
      }),
    );
    // The slowest first: the functions are bundled while the rest is made ready.
    const functions = own(await openFunctions(root, params.awsClients ?? 'own', print));
    const viewers = tlsProxy ? { port: tlsProxy.port, letter: 's' } : { port: cloudfront.port, letter: '' };
    const origins = hosts.map((each) => `http${viewers.letter}://${urlHost(each)}:${viewers.port}`);
    const provider = options.signIn && own(await startProvider(origins, options.signIn));
    const packaged = await compileTemplate({ root, stage, params });
    const compiled = provider ? withProvider(packaged, provider.url) : packaged;
    const template = options.template?.(structuredClone(compiled)) ?? compiled;
    const names = resourceNamesOf(template, store.suffix);
    const sockets = webSocketApi(template, names);
    const http = httpApi(template, names);

    const database = own(await startDynamoDb(template, names, store.database));
    const adopted = params.messagesTable;
    if (adopted && !(await database.has(adopted)))
      throw new Error(
        `messagesTable: the data has no table ${adopted}. Give --data the directory that has it.`,
      );
    const secrets = openSecrets(template, names, store.secrets);
    const secretsServer = own(await serveSecrets(secrets));
    const s3 = own(await startS3(template, names, store.files, options.now));
    const invoke = observed(functions.invoke, hooks.invoke, print);
    const { retryDelayMs = 60_000 } = limits;
    const lambda = own(await serveInvocations(invoke, retriesOf(template, names), retryDelayMs));
    const events = await startEvents(template, names, database.url, invoke, print);
    if (events) own(events);
    const socketServer = own(await startWebSocketApi({ api: sockets, invoke, limits, hooks }));
    const httpServer = own(await startHttpApi(http, invoke));

    const [url = ''] = origins;
    const filesHost = names.attribute('FilesBucket', 'RegionalDomainName');
    const filesEdge = filesHost === undefined ? undefined : own(await startCloudFront({}));
    const filesAddress: Record<string, string> = filesEdge
      ? { [`https://${distributionHost(names, 'FilesDistribution')}`]: `http://127.0.0.1:${filesEdge.port}` }
      : {};
    const management = `http://127.0.0.1:${socketServer.port}`;
    const at = async (service: Service, url: string) => hooks.endpoint?.(service, url) ?? url;
    const elsewhere = {
      addresses: {
        [`https://${sockets.host}`]: await at('management', management),
        [`https://${distributionHost(names)}`]: origins.join(','),
        ...filesAddress,
      },
      endpoints: {
        DYNAMODB: await at('database', events?.databaseUrl ?? database.url),
        SECRETS_MANAGER: await at('secrets', `http://127.0.0.1:${secretsServer.port}`),
        S3: await at('s3', `http://127.0.0.1:${s3.port}`),
        LAMBDA: await at('lambda', `http://127.0.0.1:${lambda.port}`),
        ...(events && {
          SQS: await at('sqs', events.sinksUrl),
          EVENTBRIDGE: await at('eventbridge', events.sinksUrl),
        }),
      },
    };
    await functions.start({
      ...definitionsOf(template, names, elsewhere),
      ...(options.reviewer !== undefined && reviewerDefinition(options.reviewer)),
    });

    const here = { ...filesAddress, [`https://${filesHost}`]: elsewhere.endpoints.S3 };
    const distribution = distributionOf(
      template,
      names,
      (text) => resolveSecrets(text, secrets),
      (text) => Object.entries(here).reduce((given, [far, near]) => given.replaceAll(far, near), text),
    );
    const page = {
      directory: options.pageDirectory ?? pageDirectory(root),
      settings: outputOf(template, 'PageSettings'),
    };
    cloudfront.serve({
      distribution,
      ports: new Map([
        [sockets.host, socketServer.port],
        [http.host, httpServer.port],
      ]),
      page,
    });
    if (filesEdge && filesHost)
      filesEdge.serve({
        distribution: distributionOf(template, names, String, String, 'FilesDistribution'),
        ports: new Map([[filesHost, s3.port]]),
        page,
      });
    tlsProxy?.serve({
      port: cloudfront.port,
      protocolFor: (url) => behaviourFor(distribution, url).viewerProtocol,
    });

    return {
      url,
      networkUrls: hosts.length > 2 ? origins.slice(2) : [],
      socketUrl: `${url.replace('http', 'ws')}/${sockets.stage}`,
      socketDirectUrl: `ws://127.0.0.1:${socketServer.port}/${sockets.stage}`,
      apiDirectUrl: `http://127.0.0.1:${httpServer.port}`,
      managementUrl: `${management}/${sockets.stage}`,
      databaseUrl: database.url,
      lambdaUrl: `http://127.0.0.1:${lambda.port}`,
      tables: database.tables,
      template,
      secrets,
      files: s3.objects,
      provider,
      ref: (id) => names.ref(id) ?? id,
      invoke,
      failed: new Promise((resolve) => {
        const ended = (why: string) => stopped ?? resolve(why);
        void functions.ended.then(async () =>
          ended(`The functions' process ended. ${await functions.lastWords()}`),
        );
        void database.ended.then(async () =>
          ended(`The database process ended. ${await database.lastWords()}`),
        );
      }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
