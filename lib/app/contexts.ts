import { createHash } from 'node:crypto';
import {
  createConnectionPoster,
  createDatabase,
  createFanOutInvoker,
  createReviewInvoker,
} from '#awsClients';
import { createPacedPoster } from '../aws/apiGateway/pacedPoster';
import { createConnectionStore } from '../aws/dynamodb/connectionStore';
import { createCooldown } from '../aws/dynamodb/cooldown';
import { createDraftStore } from '../aws/dynamodb/draftStore';
import { createErasureStore } from '../aws/dynamodb/erasureStore';
import { createFollowStore } from '../aws/dynamodb/followStore';
import { createIdempotencyStore } from '../aws/dynamodb/idempotencyStore';
import { createLogStore } from '../aws/dynamodb/logStore';
import { createMemberStore } from '../aws/dynamodb/memberStore';
import { createMeteredDatabase } from '../aws/dynamodb/meteredDatabase';
import { createOwnReactionStore } from '../aws/dynamodb/ownReactionStore';
import { createReactionErasureStore } from '../aws/dynamodb/reactionErasureStore';
import { createReactionStore } from '../aws/dynamodb/reactionStore';
import { createRoomBans } from '../aws/dynamodb/roomBans';
import { createRoomIndex } from '../aws/dynamodb/roomIndex';
import { createSendQuotaStore } from '../aws/dynamodb/sendQuotaStore';
import { createUploadQuotaStore } from '../aws/dynamodb/uploadQuotaStore';
import { createUserDirectory } from '../aws/dynamodb/userDirectory';
import { createUserStore } from '../aws/dynamodb/userStore';
import { createVerdictStore } from '../aws/dynamodb/verdictStore';
import { createFileStore } from '../aws/s3/fileStore';
import { createUploadSigner } from '../aws/s3/uploadSigner';
import type { OpenConnectionContext } from '../connections/openConnection';
import { createSlowReaders } from '../fanOut/slowReaders';
import { erasuresWithFiles } from '../files/erasuresWithFiles';
import type { FilesContext } from '../files/filesContext';
import { logWithFiles } from '../files/logWithFiles';
import { createRecentLogCache } from '../log/recentLogCache';
import type { ModerationContext } from '../moderation/recordRemoval';
import type { ErasureContext, OperatorContext } from '../operator/eraseCommand';
import type { RoomsContext } from '../operator/listRooms';
import type { DirectoryContext } from '../operator/readUsers';
import type { Clock } from '../ports/clock';
import type {
  BackEndContext,
  ChatContext,
  ConnectionContext,
  CooldownContext,
  DraftContext,
  FollowContext,
  OwnReactionContext,
  PublishContext,
  ReviewContext,
  SendQuotaContext,
  SharedContext,
  UserContext,
} from '../ports/contexts';
import type { FileStore } from '../ports/fileStore';
import type { LogStore } from '../ports/logStore';
import type { Settings } from '../ports/settings';
import type { UnitQuota } from '../ports/unitQuota';
import { createFloodDetector } from '../rateLimiting/floodDetector';
import { createRetryAfterCache } from '../rateLimiting/retryAfterCache';
import { createUnitQuota } from '../rateLimiting/unitQuota';
import { optional, required } from '../util/environment';
import {
  connectionsPerUser,
  dailyFileMegabytes,
  editMs,
  leaseMs,
  requestsPerSecond,
  retentionMs,
  sendsPerSecond,
  userSendsPerSecond,
} from './settings';

const clock: Clock = {
  now: Date.now,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

let database: ReturnType<typeof createMeteredDatabase> | undefined;

/** Gives the client that all tables of this container share. */
function openDatabase(env: NodeJS.ProcessEnv): ReturnType<typeof createMeteredDatabase> {
  database ??= createMeteredDatabase(createDatabase(env));
  return database;
}

/** Creates the accounts of users in this container, which runs one invocation at a time. */
function openUnitQuota(env: NodeJS.ProcessEnv): UnitQuota {
  const meter = openDatabase(env);
  return createUnitQuota({
    meter,
    store: createSendQuotaStore(meter, required(env, 'CONNECTIONS_TABLE')),
    clock,
    random: Math.random,
    userSendsPerSecond: userSendsPerSecond(env),
  });
}

/** Opens the files of messages, in a function that has them. */
function openFiles(env: NodeJS.ProcessEnv): { files?: FileStore } {
  const bucket = optional(env, 'FILES_BUCKET');
  return bucket === undefined ? {} : { files: createFileStore(bucket, env) };
}

/** Opens the review of words, in a deployment that reviews. */
function openReview(env: NodeJS.ProcessEnv): Pick<ReviewContext, 'review'> {
  const reviewFunction = optional(env, 'REVIEW_FUNCTION');
  if (reviewFunction === undefined) return {};
  const verdicts = createVerdictStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE'));
  return { review: { reviewer: createReviewInvoker(reviewFunction, env), verdicts } };
}

/** Opens the log, with the files of its messages. */
function openLog(env: NodeJS.ProcessEnv, table: string): LogStore {
  const log = createLogStore(openDatabase(env), table);
  const { files } = openFiles(env);
  return files ? logWithFiles(log, files) : log;
}

/** Puts together what the function that publishes works with, from its environment. */
export function createPublishContext(env = process.env): SharedContext<PublishContext> {
  return {
    ...createChatContext(env),
    ...openFiles(env),
    ...openReview(env),
    fanOutQueue: createFanOutInvoker(required(env, 'FAN_OUT_FUNCTION'), env),
  };
}

/** Puts together what an operator's work on the logs needs. */
export function createOperatorContext(env = process.env): OperatorContext {
  const messages = required(env, 'MESSAGES_TABLE');
  const log = openLog(env, messages);
  const erasures = createErasureStore(openDatabase(env), messages);
  const { files } = openFiles(env);
  return { log, erasures: files ? erasuresWithFiles(erasures, log, files) : erasures, clock };
}

/** Puts together what the list of rooms needs. */
export function createRoomsContext(env = process.env): RoomsContext {
  return { rooms: createRoomIndex(openDatabase(env), required(env, 'MESSAGES_TABLE')), clock };
}

/** Puts together what an operator's look at users needs. */
export function createDirectoryContext(env = process.env): DirectoryContext {
  const directory = createUserDirectory(openDatabase(env), required(env, 'CONNECTIONS_TABLE'));
  return { ...createUserContext(env), directory, clock, leaseMs: leaseMs(env) };
}

/** Puts together what an operator's erasures need besides. */
export function createErasureContext(env = process.env): Omit<ErasureContext, 'metrics'> {
  const messages = required(env, 'MESSAGES_TABLE');
  return {
    ...createOperatorContext(env),
    ...createFollowContext(env),
    ...openFiles(env),
    reactions: {
      ...createReactionStore(openDatabase(env), messages),
      ...createReactionErasureStore(openDatabase(env), messages),
    },
    ...createDraftContext(env),
    recentLogs: createRecentLogCache(),
    random: Math.random,
    settings: readRetention(env),
  };
}

/** Puts together what publishing for a back end works with. */
export function createBackEndContext(env = process.env): SharedContext<BackEndContext> {
  const idempotency = createIdempotencyStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE'));
  return {
    ...createPublishContext(env),
    ...createSendQuotaContext(),
    ...createOwnReactionContext(env),
    idempotency,
  };
}

/** Puts together what the functions that work with the log need. */
export function createChatContext(env = process.env): SharedContext<ChatContext> {
  const messages = required(env, 'MESSAGES_TABLE');
  return {
    ...createConnectionContext(env),
    log: openLog(env, messages),
    reactions: createReactionStore(openDatabase(env), messages),
    recentLogs: createRecentLogCache(),
    floodDetector: createFloodDetector(sendsPerSecond(env)),
    settings: {
      logId: nameLog(messages),
      sendsPerSecond: sendsPerSecond(env),
      userSendsPerSecond: userSendsPerSecond(env),
      leaseMs: leaseMs(env),
      editMs: editMs(env),
      takesFiles: optional(env, 'FILES_BUCKET') !== undefined,
      reviews: optional(env, 'REVIEW_FUNCTION') !== undefined,
      ...readRetention(env),
    },
  };
}

/** Puts together what is needed to know sockets and reach them. */
export function createConnectionContext(env = process.env): SharedContext<ConnectionContext> {
  return {
    connections: createConnectionStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE')),
    members: createMemberStore(openDatabase(env), required(env, 'MEMBERS_TABLE')),
    poster: createPacedPoster(
      createConnectionPoster(required(env, 'MANAGEMENT_ENDPOINT'), env),
      requestsPerSecond(env),
      clock,
    ),
    clock,
    random: Math.random,
    slowReaders: createSlowReaders(),
    sendQuotas: createSendQuotaStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE')),
    unitQuota: openUnitQuota(env),
  };
}

/** Creates the context that closes flooding connections. */
export function createCooldownContext(env = process.env): CooldownContext {
  return { users: createCooldown(openDatabase(env), required(env, 'CONNECTIONS_TABLE')) };
}

/** Creates the context that reads bans. */
export function createUserContext(env = process.env): UserContext {
  return { users: createUserStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE')) };
}

/** Puts together what serving files works with; without `files` where the deployment takes none. */
export function createFilesContext(env = process.env): Omit<FilesContext, 'metrics'> {
  const bucket = optional(env, 'FILES_BUCKET');
  return {
    ...(bucket && { files: { ...createFileStore(bucket, env), ...createUploadSigner(bucket, env) } }),
    ...createUserContext(env),
    ...createSendQuotaContext(),
    log: openLog(env, required(env, 'MESSAGES_TABLE')),
    clock,
    settings: { userSendsPerSecond: userSendsPerSecond(env) },
    sendQuotas: createSendQuotaStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE')),
    dailyFileMegabytes: dailyFileMegabytes(env),
    uploadQuotas: createUploadQuotaStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE')),
    unitQuota: openUnitQuota(env),
  };
}

/** Creates the context that kicks and bans. */
export function createModerationContext(env = process.env): SharedContext<ModerationContext> {
  const tables = { connections: required(env, 'CONNECTIONS_TABLE'), members: required(env, 'MEMBERS_TABLE') };
  return {
    ...createPublishContext(env),
    ...createUserContext(env),
    roomBans: createRoomBans(openDatabase(env), tables),
  };
}

/** Creates what a reader's own reactions need besides. */
export function createOwnReactionContext(env = process.env): OwnReactionContext {
  const messages = required(env, 'MESSAGES_TABLE');
  return {
    reactions: {
      ...createReactionStore(openDatabase(env), messages),
      ...createOwnReactionStore(openDatabase(env), messages),
    },
  };
}

/** Creates what texts that are being written need besides. */
export function createDraftContext(env = process.env): DraftContext {
  return { drafts: createDraftStore(openDatabase(env), required(env, 'MESSAGES_TABLE')) };
}

/** Creates what the rooms that users follow need besides. */
export function createFollowContext(env = process.env): FollowContext {
  return { follows: createFollowStore(openDatabase(env), required(env, 'MEMBERS_TABLE')) };
}

/** Creates what charging a user's sends needs besides. */
export function createSendQuotaContext(): SendQuotaContext {
  return { retryAfterCache: createRetryAfterCache() };
}

/** Puts together what `$connect` needs. */
export function createOpenConnectionContext(env = process.env): OpenConnectionContext {
  return {
    ...createUserContext(env),
    connections: createConnectionStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE')),
    members: createMemberStore(openDatabase(env), required(env, 'MEMBERS_TABLE')),
    clock,
    retryAfterCache: createRetryAfterCache(),
    unitQuota: openUnitQuota(env),
    maxConnections: connectionsPerUser(env),
    leaseMs: leaseMs(env),
  };
}

/** Reads how long messages stay, of a function that is told of it. */
function readRetention(env: NodeJS.ProcessEnv): Pick<Settings, 'retentionMs'> {
  const retention = optional(env, 'HISTORY_HOURS') && retentionMs(env);
  return retention ? { retentionMs: retention } : {};
}

// A table restored from a backup is a new table with a new name, and so a new log.
function nameLog(table: string): string {
  return createHash('sha256').update(table).digest('base64url').slice(0, 12);
}
