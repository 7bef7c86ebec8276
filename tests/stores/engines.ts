import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDatabase } from '../../lib/aws/dynamodb/client';
import type { Database } from '../../lib/aws/dynamodb/database';
import { createDecisionStore } from '../../lib/aws/dynamodb/decisionStore';
import { createDraftStore } from '../../lib/aws/dynamodb/draftStore';
import { createErasureNoteStore } from '../../lib/aws/dynamodb/erasureNoteStore';
import { createErasureStore } from '../../lib/aws/dynamodb/erasureStore';
import { createEventCursorStore } from '../../lib/aws/dynamodb/eventCursorStore';
import { createFollowStore } from '../../lib/aws/dynamodb/followStore';
import { createGlobalBanStore } from '../../lib/aws/dynamodb/globalBanStore';
import { createGoneStore } from '../../lib/aws/dynamodb/goneStore';
import { createHeldErasureStore } from '../../lib/aws/dynamodb/heldErasureStore';
import { createHeldQueue } from '../../lib/aws/dynamodb/heldQueue';
import { createHeldStore } from '../../lib/aws/dynamodb/heldStore';
import { createIdempotencyStore } from '../../lib/aws/dynamodb/idempotencyStore';
import { createListedMemberStore } from '../../lib/aws/dynamodb/listedMemberStore';
import { createLogStore } from '../../lib/aws/dynamodb/logStore';
import { createMemberStore } from '../../lib/aws/dynamodb/memberStore';
import { createMentionStore } from '../../lib/aws/dynamodb/mentionStore';
import { createMessageCountStore } from '../../lib/aws/dynamodb/messageCountStore';
import { createMuteStore } from '../../lib/aws/dynamodb/muteStore';
import { createNotificationStore } from '../../lib/aws/dynamodb/notificationStore';
import { createOwnReactionStore } from '../../lib/aws/dynamodb/ownReactionStore';
import { createReactionErasureStore } from '../../lib/aws/dynamodb/reactionErasureStore';
import { createReactionStore } from '../../lib/aws/dynamodb/reactionStore';
import { createReportErasureStore } from '../../lib/aws/dynamodb/reportErasureStore';
import { createReportStore } from '../../lib/aws/dynamodb/reportStore';
import { createRestrictionErasureStore } from '../../lib/aws/dynamodb/restrictionErasureStore';
import { createRestrictionStore } from '../../lib/aws/dynamodb/restrictionStore';
import { createRoomBans } from '../../lib/aws/dynamodb/roomBans';
import { createRoomIndex } from '../../lib/aws/dynamodb/roomIndex';
import { createRoomSettingsStore } from '../../lib/aws/dynamodb/roomSettingsStore';
import { createRoomSettingsWriter } from '../../lib/aws/dynamodb/roomSettingsWriter';
import { createSendQuotaStore } from '../../lib/aws/dynamodb/sendQuotaStore';
import { createSubscriptionStore } from '../../lib/aws/dynamodb/subscriptionStore';
import { createUploadQuotaStore } from '../../lib/aws/dynamodb/uploadQuotaStore';
import { createUserDirectory } from '../../lib/aws/dynamodb/userDirectory';
import { createUserStore } from '../../lib/aws/dynamodb/userStore';
import { createVerdictStore } from '../../lib/aws/dynamodb/verdictStore';
import { createWatcherStore } from '../../lib/aws/dynamodb/watcherStore';
import type { DraftStore } from '../../lib/ports/draftStore';
import type { ErasureNoteStore } from '../../lib/ports/erasureNoteStore';
import type { ErasureStore } from '../../lib/ports/erasureStore';
import type { EventCursorStore } from '../../lib/ports/eventCursorStore';
import type { FollowStore } from '../../lib/ports/followStore';
import type { GlobalBanStore } from '../../lib/ports/globalBanStore';
import type { GoneStore } from '../../lib/ports/goneStore';
import type { HeldErasureStore, HeldQueue, HeldStore } from '../../lib/ports/heldStore';
import type { IdempotencyStore } from '../../lib/ports/idempotencyStore';
import type { ListedMemberStore } from '../../lib/ports/listedMemberStore';
import type { LogStore } from '../../lib/ports/logStore';
import type { MemberStore } from '../../lib/ports/memberStore';
import type { MentionStore } from '../../lib/ports/mentionStore';
import type { MessageCountStore } from '../../lib/ports/messageCountStore';
import type { NotificationStore } from '../../lib/ports/notificationStore';
import type { OwnReactionStore, ReactionErasureStore, ReactionStore } from '../../lib/ports/reactionStore';
import type { ReportErasureStore, ReportStore } from '../../lib/ports/reportStore';
import type { MuteStore, RestrictionErasureStore, RestrictionStore } from '../../lib/ports/restrictionStore';
import type { RoomBanStore } from '../../lib/ports/roomBanStore';
import type { RoomIndex } from '../../lib/ports/roomIndex';
import type { RoomSettingsStore, RoomSettingsWriter } from '../../lib/ports/roomSettingsStore';
import type { SendQuotaStore } from '../../lib/ports/sendQuotaStore';
import type { SubscriptionStore } from '../../lib/ports/subscriptionStore';
import type { UploadQuotaStore } from '../../lib/ports/uploadQuotaStore';
import type { UserDirectory } from '../../lib/ports/userDirectory';
import type { UserStore } from '../../lib/ports/userStore';
import type { DecisionStore, VerdictStore } from '../../lib/ports/verdictStore';
import type { WatcherStore } from '../../lib/ports/watcherStore';
import { listen } from '../../local/util/listen';
import { type AllConnections, createConnections } from '../support/connections';
import { freePort } from '../support/freePort';

// Benches run this outside Jest: the SDK's warning about Node 20 is no part of their figures.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** Databases are slow to start, and slower beside other tests. */
export const PATIENCE_MS = 30_000;

/** The stores a test works on. */
export interface Stores {
  sendQuotas: SendQuotaStore;
  idempotency: IdempotencyStore;
  log: LogStore;
  reactions: ReactionStore & OwnReactionStore & ReactionErasureStore;
  drafts: DraftStore;
  follows: FollowStore;
  mentions: MentionStore;
  memberships: ListedMemberStore;
  gone: GoneStore;
  messageCounts: MessageCountStore;
  connections: AllConnections;
  members: MemberStore;
  users: UserStore;
  roomBans: RoomBanStore;
  roomSettings: RoomSettingsStore & RoomSettingsWriter;
  restrictions: RestrictionStore & MuteStore & RestrictionErasureStore;
  reports: ReportStore & ReportErasureStore;
  verdicts: VerdictStore & DecisionStore;
  held: HeldStore & HeldQueue & HeldErasureStore;
  cursors: EventCursorStore;
  erasureNotes: ErasureNoteStore;
  notifications: NotificationStore;
  watchers: WatcherStore;
  subscriptions: SubscriptionStore;
}

/** A database that speaks DynamoDB's API. */
export interface Engine {
  url: string;
  stop(): Promise<void>;
}

type Wrap = (database: Database) => Database;

/** Tables of one test run, and stores on them. */
export interface Tables {
  /** Makes stores with a client of their own, as another container would; `wrap` puts something in its place. */
  connect(wrap?: Wrap): {
    stores: Stores & {
      erasures: ErasureStore;
      rooms: RoomIndex;
      directory: UserDirectory;
      uploadQuotas: UploadQuotaStore;
      globalBans: GlobalBanStore;
    };
    /** The AWS SDK's client, for what a test does besides. */
    database: DynamoDBDocumentClient;
    disconnect(): void;
  };
  names: { connections: string; members: string; messages: string };
  drop(): Promise<void>;
}

type Definition = Pick<CreateTableCommandInput, 'AttributeDefinitions' | 'KeySchema' | 'BillingMode'>;

const readTemplate = require('../../infra/tables.js') as (context: {
  resolveVariable(address: string): Promise<string>;
}) => Promise<{ resources: { Resources: Record<string, { Properties: Definition }> } }>;

const dynalite = require('dynalite') as (options: object) => Server;

/** Starts dynalite inside this process. */
export async function startDynalite(): Promise<Engine> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const { port, stop } = await listen(server);
  return { url: `http://127.0.0.1:${port}`, stop };
}

/** Starts dynalite as a process of its own, so that it does not take its caller's time. */
export async function startDynaliteApart(): Promise<Engine> {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    ['node_modules/dynalite/cli.js', '--port', String(port), '--createTableMs', '0'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  return asEngine(child, port);
}

const dynoxide = `${process.cwd()}/node_modules/@dynoxide/linux-x64/dynoxide`;

/** Tells whether the native engine is installed; it is for one platform only. */
export const hasDynoxide = existsSync(dynoxide);

/** Starts the native engine as a process of its own. */
export async function startDynoxide(): Promise<Engine> {
  const port = await freePort();
  const child = spawn(dynoxide, ['serve', '--port', String(port)], { stdio: ['ignore', 'pipe', 'pipe'] });
  return asEngine(child, port);
}

/** Starts the native engine, or dynalite where that is not installed. */
export const startNative = hasDynoxide ? startDynoxide : startDynalite;

async function asEngine(child: ChildProcess, port: number): Promise<Engine> {
  await says(child, 'listening');
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        child.once('close', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

/** The environment of a function whose database is an engine. */
export function environmentFor(url: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: url,
    AWS_REGION: 'local',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
}

/** Creates the template's tables under names of their own. */
export async function createTables(url: string): Promise<Tables> {
  const connectClient = () =>
    new DynamoDBClient({
      endpoint: url,
      region: 'local',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 2,
    });
  const client = connectClient();
  const { Resources } = (await readTemplate({ resolveVariable: async () => '' })).resources;
  const suffix = randomUUID();
  const create = async (id: string): Promise<string> => {
    const { AttributeDefinitions, KeySchema, BillingMode } = Resources[id]?.Properties ?? {};
    const TableName = `${id}-${suffix}`;
    await client.send(new CreateTableCommand({ TableName, AttributeDefinitions, KeySchema, BillingMode }));
    await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 0.05 }, { TableName });
    return TableName;
  };
  const names = {
    connections: await create('Connections'),
    members: await create('Members'),
    messages: await create('Messages'),
  };

  return {
    names,
    connect(wrap = (ours) => ours) {
      let sdk: DynamoDBDocumentClient | undefined;
      const ours = wrap(requireConsistentReads(createDatabase(environmentFor(url))));
      const stores = {
        log: createLogStore(ours, names.messages),
        reactions: {
          ...createReactionStore(ours, names.messages),
          ...createOwnReactionStore(ours, names.messages),
          ...createReactionErasureStore(ours, names.messages),
        },
        drafts: createDraftStore(ours, names.messages),
        follows: createFollowStore(ours, names.members),
        mentions: createMentionStore(ours, names.members),
        memberships: createListedMemberStore(ours, names.members),
        gone: createGoneStore(ours, names.members),
        cursors: createEventCursorStore(ours, names.members, 'log'),
        erasureNotes: createErasureNoteStore(ours, names.members, 'log'),
        notifications: createNotificationStore(ours, names.members),
        watchers: createWatcherStore(ours, names.members),
        subscriptions: createSubscriptionStore(ours, names.members),
        messageCounts: createMessageCountStore(ours, names.messages),
        connections: createConnections(ours, names.connections),
        members: createMemberStore(ours, names.members),
        sendQuotas: createSendQuotaStore(ours, names.connections),
        idempotency: createIdempotencyStore(ours, names.connections),
        erasures: createErasureStore(ours, names.messages),
        users: createUserStore(ours, names.connections),
        rooms: createRoomIndex(ours, names.messages),
        directory: createUserDirectory(ours, names.connections),
        roomBans: createRoomBans(ours, names),
        roomSettings: {
          ...createRoomSettingsStore(ours, names.members),
          ...createRoomSettingsWriter(ours, names.members),
        },
        restrictions: {
          ...createRestrictionStore(ours, names.members),
          ...createMuteStore(ours, names.members),
          ...createRestrictionErasureStore(ours, names.members),
        },
        reports: {
          ...createReportStore(ours, names.members),
          ...createReportErasureStore(ours, names.members),
        },
        verdicts: {
          ...createVerdictStore(ours, names.connections),
          ...createDecisionStore(ours, names.connections),
        },
        held: {
          ...createHeldStore(ours, names.members),
          ...createHeldQueue(ours, names.members),
          ...createHeldErasureStore(ours, names.members),
        },
        uploadQuotas: createUploadQuotaStore(ours, names.connections),
        globalBans: createGlobalBanStore(ours, names.connections),
      };
      return {
        stores,
        // The SDK's clients are slow to make, and few tests use one.
        get database() {
          sdk ??= DynamoDBDocumentClient.from(connectClient());
          return sdk;
        },
        disconnect: () => sdk?.destroy(),
      };
    },
    async drop() {
      for (const TableName of Object.values(names)) await client.send(new DeleteTableCommand({ TableName }));
      client.destroy();
    },
  };
}

/** Fails every read that may miss the latest write: no engine here would miss it. */
function requireConsistentReads(database: Database): Database {
  return {
    async call(operation, input) {
      const reads =
        operation === 'BatchGetItem'
          ? Object.values(input.RequestItems ?? {})
          : ['GetItem', 'Query', 'Scan'].includes(operation)
            ? [input]
            : [];
      if (reads.some(({ ConsistentRead }) => ConsistentRead !== true))
        throw new Error(`${operation} must read consistently.`);
      return database.call(operation, input);
    },
  };
}

/** Opens the stores on tables of an engine of their own; closing them ends it. */
export async function openStores(
  engine: Engine,
  wrap?: Wrap,
): Promise<{ stores: Stores; close(): Promise<void> }> {
  const tables = await createTables(engine.url);
  const { stores, disconnect } = tables.connect(wrap);
  return {
    stores,
    async close() {
      disconnect();
      await tables.drop();
      await engine.stop();
    },
  };
}

/** Says on the test's output that a suite does not run, and why. */
export function skipped(what: string, why: string): typeof describe.skip {
  process.stderr.write(`Skipped: the store contract on ${what}, because ${why}.\n`);
  return describe.skip;
}

/** Waits for a process to print a word. @throws Error with what it printed when it ends instead. */
function says(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const read = (chunk: Buffer) => {
      printed += chunk;
      if (printed.includes(word)) resolve();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`The engine ended with ${code}: ${printed}`)));
  });
}
