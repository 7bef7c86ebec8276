import { createHash } from 'node:crypto';
import { createConnectionPoster, createDatabase, createFanOutInvoker } from '#awsClients';
import { createPacedPoster } from '../aws/apiGateway/pacedPoster';
import { createConnectionStore } from '../aws/dynamodb/connectionStore';
import type { Database } from '../aws/dynamodb/database';
import { createErasureStore } from '../aws/dynamodb/erasureStore';
import { createIdempotencyStore } from '../aws/dynamodb/idempotencyStore';
import { createLogStore } from '../aws/dynamodb/logStore';
import { createMemberStore } from '../aws/dynamodb/memberStore';
import { createSendQuotaStore } from '../aws/dynamodb/sendQuotaStore';
import { createUserStore } from '../aws/dynamodb/userStore';
import type { OpenConnectionContext } from '../connections/openConnection';
import { createSlowReaders } from '../fanOut/slowReaders';
import { createRecentLogCache } from '../log/recentLogCache';
import type { OperatorContext } from '../operator/eraseCommand';
import type { Clock } from '../ports/clock';
import type {
  BackEndContext,
  ChatContext,
  ConnectionContext,
  PublishContext,
  SendQuotaContext,
  SharedContext,
  UserContext,
} from '../ports/contexts';
import { createFloodDetector } from '../rateLimiting/floodDetector';
import { createRetryAfterCache } from '../rateLimiting/retryAfterCache';
import { optional, required } from '../util/environment';
import {
  connectionsPerUser,
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

let database: Database | undefined;

/** Gives the client that all tables of this container share. */
function openDatabase(env: NodeJS.ProcessEnv): Database {
  database ??= createDatabase(env);
  return database;
}

/** Puts together what the function that publishes works with, from its environment. */
export function createPublishContext(env = process.env): SharedContext<PublishContext> {
  return {
    ...createChatContext(env),
    fanOutQueue: createFanOutInvoker(required(env, 'FAN_OUT_FUNCTION'), env),
  };
}

/** Puts together what an operator's work on the logs needs. */
export function createOperatorContext(env = process.env): OperatorContext {
  const messages = required(env, 'MESSAGES_TABLE');
  return {
    log: createLogStore(openDatabase(env), messages),
    records: createErasureStore(openDatabase(env), messages),
    clock,
  };
}

/** Puts together what publishing for a back end works with. */
export function createBackEndContext(env = process.env): SharedContext<BackEndContext> {
  const idempotency = createIdempotencyStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE'));
  return { ...createPublishContext(env), ...createSendQuotaContext(env), idempotency };
}

/** Puts together what the functions that work with the log need. */
export function createChatContext(env = process.env): SharedContext<ChatContext> {
  const messages = required(env, 'MESSAGES_TABLE');
  const retention = optional(env, 'HISTORY_HOURS') && retentionMs(env);
  return {
    ...createConnectionContext(env),
    log: createLogStore(openDatabase(env), messages),
    recentLogs: createRecentLogCache(),
    floodDetector: createFloodDetector(sendsPerSecond(env)),
    settings: {
      logId: nameLog(messages),
      sendsPerSecond: sendsPerSecond(env),
      userSendsPerSecond: userSendsPerSecond(env),
      leaseMs: leaseMs(env),
      editMs: editMs(env),
      ...(retention && { retentionMs: retention }),
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
  };
}

/** Creates the context that reads bans. */
export function createUserContext(env = process.env): UserContext {
  return { users: createUserStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE')) };
}

/** Puts together what is needed to keep people's messages within their pace. */
export function createSendQuotaContext(env = process.env): SendQuotaContext {
  return {
    sendQuotas: createSendQuotaStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE')),
    retryAfterCache: createRetryAfterCache(),
  };
}

/** Puts together what `$connect` needs. */
export function createOpenConnectionContext(env = process.env): OpenConnectionContext {
  return {
    ...createUserContext(env),
    connections: createConnectionStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE')),
    members: createMemberStore(openDatabase(env), required(env, 'MEMBERS_TABLE')),
    clock,
    retryAfterCache: createRetryAfterCache(),
    maxConnections: connectionsPerUser(env),
    leaseMs: leaseMs(env),
  };
}

// A table restored from a backup is a new table with a new name, and so a new log.
function nameLog(table: string): string {
  return createHash('sha256').update(table).digest('base64url').slice(0, 12);
}
