import { createConnectionPoster, createFanOutInvoker } from '#awsClients';
import { createPacedPoster } from '../aws/apiGateway/pacedPoster';
import { createConnectionStore } from '../aws/dynamodb/connectionStore';
import { createHandshakeStore } from '../aws/dynamodb/handshakeStore';
import { createIdempotencyStore } from '../aws/dynamodb/idempotencyStore';
import { createMemberStore } from '../aws/dynamodb/memberStore';
import { createMuteStore } from '../aws/dynamodb/muteStore';
import { createRestrictionStore } from '../aws/dynamodb/restrictionStore';
import { createRoomBans } from '../aws/dynamodb/roomBans';
import { createRoomSettingsStore } from '../aws/dynamodb/roomSettingsStore';
import { createRoomSettingsWriter } from '../aws/dynamodb/roomSettingsWriter';
import { createSendQuotaStore } from '../aws/dynamodb/sendQuotaStore';
import { createUploadQuotaStore } from '../aws/dynamodb/uploadQuotaStore';
import { createFileSigner } from '../aws/s3/fileSigner';
import type { OpenConnectionContext } from '../connections/openConnection';
import { createSlowReaders } from '../fanOut/slowReaders';
import type { FilesContext } from '../files/filesContext';
import { createRecentLogCache } from '../log/recentLogCache';
import type { ModerationContext } from '../moderation/recordRemoval';
import { createRoomRulesCache } from '../moderation/roomRules';
import type {
  BackEndContext,
  ChatContext,
  ConnectionContext,
  DeliveryContext,
  PublishContext,
  SharedContext,
} from '../ports/contexts';
import { createFloodDetector } from '../rateLimiting/floodDetector';
import { createRetryAfterCache } from '../rateLimiting/retryAfterCache';
import { optional, required } from '../util/environment';
import {
  createConnectionRoomContext,
  createFollowContext,
  createListedMemberContext,
  createReactionContext,
  createReportContext,
  createSendQuotaContext,
  createUserContext,
} from './featureContexts';
import {
  clock,
  nameLog,
  openDatabase,
  openDecisions,
  openFiles,
  openLog,
  openReview,
  openUnitQuota,
  retentionSettings,
} from './resources';
import {
  connectionsPerUser,
  dailyFileMegabytes,
  editMs,
  leaseMs,
  requestsPerSecond,
  sendsPerSecond,
  userSendsPerSecond,
} from './settings';

/** Puts together what the function that publishes works with, from its environment. */
export function createPublishContext(env = process.env): SharedContext<PublishContext> {
  return { ...createDeliveryContext(env), ...openFiles(env), ...openReview(env) };
}

/** Puts together what the functions that deliver entries work with. */
export function createDeliveryContext(env = process.env): SharedContext<DeliveryContext> {
  return {
    ...createChatContext(env),
    fanOutQueue: createFanOutInvoker(required(env, 'FAN_OUT_FUNCTION'), env),
  };
}

/** Puts together what publishing for a back end works with. */
export function createBackEndContext(env = process.env): SharedContext<BackEndContext> {
  const idempotency = createIdempotencyStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE'));
  return {
    ...createPublishContext(env),
    ...createSendQuotaContext(),
    ...createReactionContext(env),
    idempotency,
  };
}

/** Puts together what the functions that work with the log need. */
export function createChatContext(env = process.env): SharedContext<ChatContext> {
  const messages = required(env, 'MESSAGES_TABLE');
  return {
    ...createConnectionContext(env),
    restrictions: createRestrictionStore(openDatabase(env), required(env, 'MEMBERS_TABLE')),
    roomSettings: createRoomSettingsStore(openDatabase(env), required(env, 'MEMBERS_TABLE')),
    rulesCache: createRoomRulesCache(),
    log: openLog(env, messages),
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
      ...retentionSettings(env),
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

/** Puts together what serving files works with; without `files` where the deployment takes none. */
export function createFilesContext(env = process.env): Omit<FilesContext, 'metrics'> {
  const bucket = optional(env, 'FILES_BUCKET');
  return {
    ...(bucket && { files: createFileSigner(bucket, env) }),
    ...createUserContext(env),
    ...createListedMemberContext(env),
    ...createSendQuotaContext(),
    roomSettings: createRoomSettingsStore(openDatabase(env), required(env, 'MEMBERS_TABLE')),
    rulesCache: createRoomRulesCache(),
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
  const { restrictions, roomSettings, ...delivery } = createDeliveryContext(env);
  return {
    ...delivery,
    ...createConnectionRoomContext(env),
    ...createUserContext(env),
    ...createListedMemberContext(env),
    restrictions: { ...restrictions, ...createMuteStore(openDatabase(env), tables.members) },
    roomSettings: { ...roomSettings, ...createRoomSettingsWriter(openDatabase(env), tables.members) },
    roomBans: createRoomBans(openDatabase(env), tables),
  };
}

/** Puts together what moderators' actions need: what they allow is published with its review and its files. */
export function createModeratorContext(env = process.env) {
  return {
    ...createModerationContext(env),
    ...createFollowContext(env),
    ...createReportContext(env),
    ...openFiles(env),
    ...openDecisions(env),
  };
}

/** Puts together what `$connect` needs. */
export function createOpenConnectionContext(env = process.env): OpenConnectionContext {
  const table = required(env, 'CONNECTIONS_TABLE');
  return {
    ...createUserContext(env),
    connections: {
      ...createConnectionStore(openDatabase(env), table),
      ...createHandshakeStore(openDatabase(env), table),
    },
    members: createMemberStore(openDatabase(env), required(env, 'MEMBERS_TABLE')),
    clock,
    retryAfterCache: createRetryAfterCache(),
    unitQuota: openUnitQuota(env),
    maxConnections: connectionsPerUser(env),
    leaseMs: leaseMs(env),
  };
}
