import { createHash } from 'node:crypto';
import { createPoster } from '../aws/apiGateway/connectionPoster';
import { pace } from '../aws/apiGateway/pacedPoster';
import { createSdkPoster } from '../aws/apiGateway/sdkPoster';
import { openDatabase } from '../aws/dynamodb/client';
import { createConnectionStore } from '../aws/dynamodb/connectionStore';
import { createRecordStore } from '../aws/dynamodb/erasureStore';
import { createLogStore } from '../aws/dynamodb/logStore';
import { createMemberStore } from '../aws/dynamodb/memberStore';
import { createAuthorStore } from '../aws/dynamodb/sendQuotaStore';
import { createUserStore } from '../aws/dynamodb/userStore';
import { createLambdaWorker } from '../aws/fanOutInvoker';
import { readCredentials } from '../aws/http/credentials';
import type { Door } from '../connections/openConnection';
import { createMemory } from '../log/recentLogCache';
import type { Archive } from '../operator/eraseCommand';
import type {
  BackEnd,
  Clock,
  Guarded,
  Metered,
  Poster,
  Publisher,
  Shared,
  Sockets,
  World,
} from '../ports/ports';
import { createFloodWatch } from '../rateLimiting/floodDetector';
import { createBrake } from '../rateLimiting/retryAfterCache';
import {
  connectionsPerUser,
  leaseMs,
  optional,
  requestsPerSecond,
  required,
  retentionMs,
  sendsPerSecond,
  userSendsPerSecond,
} from './settings';

const clock: Clock = {
  now: Date.now,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** Puts together what the function that publishes works with, from its environment. */
export function createPublisher(env = process.env): Shared<Publisher> {
  return { ...createWorld(env), worker: createLambdaWorker(required(env, 'FAN_OUT_FUNCTION'), env) };
}

/** Puts together what an operator's work on the logs needs. */
export function createArchive(env = process.env): Archive {
  const messages = required(env, 'MESSAGES_TABLE');
  return {
    log: createLogStore(openDatabase(env), messages),
    records: createRecordStore(openDatabase(env), messages),
    clock,
  };
}

/** Puts together what publishing for a back end works with. */
export function createBackEnd(env = process.env): Shared<BackEnd> {
  return { ...createPublisher(env), ...createMeter(env) };
}

/** Puts together what the functions that work with the log need. */
export function createWorld(env = process.env): Shared<World> {
  const messages = required(env, 'MESSAGES_TABLE');
  const retention = optional(env, 'HISTORY_HOURS') && retentionMs(env);
  return {
    ...createSockets(env),
    log: createLogStore(openDatabase(env), messages),
    memory: createMemory(),
    floods: createFloodWatch(sendsPerSecond(env)),
    settings: {
      logId: nameLog(messages),
      sendsPerSecond: sendsPerSecond(env),
      userSendsPerSecond: userSendsPerSecond(env),
      leaseMs: leaseMs(env),
      ...(retention && { retentionMs: retention }),
    },
  };
}

/** Puts together what is needed to know sockets and reach them. */
export function createSockets(env = process.env): Shared<Sockets> {
  return {
    connections: createConnectionStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE')),
    members: createMemberStore(openDatabase(env), required(env, 'MEMBERS_TABLE')),
    poster: pace(choosePoster(env), requestsPerSecond(env), clock),
    clock,
    random: Math.random,
  };
}

/** Puts together what is needed to know who is kept out. */
export function createGuard(env = process.env): Guarded {
  return { users: createUserStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE')) };
}

/** Puts together what is needed to keep people's messages within their pace. */
export function createMeter(env = process.env): Metered {
  return {
    authors: createAuthorStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE')),
    brake: createBrake(),
  };
}

/** Puts together what `$connect` needs. */
export function createDoor(env = process.env): Door {
  return {
    ...createGuard(env),
    connections: createConnectionStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE')),
    members: createMemberStore(openDatabase(env), required(env, 'MEMBERS_TABLE')),
    clock,
    brake: createBrake(),
    mostConnections: connectionsPerUser(env),
    leaseMs: leaseMs(env),
  };
}

// Packaging puts the value in, so that a bundle holds one of the two only (see infra/esbuild.js).
function choosePoster(env: NodeJS.ProcessEnv): Poster {
  const endpoint = required(env, 'MANAGEMENT_ENDPOINT');
  if (process.env.POSTER === 'sdk') return createSdkPoster(endpoint);
  return createPoster({
    endpoint,
    region: required(env, 'AWS_REGION'),
    credentials: () => readCredentials(env),
    opensAhead: true,
  });
}

// A table restored from a backup is a new table with a new name, and so a new log.
function nameLog(table: string): string {
  return createHash('sha256').update(table).digest('base64url').slice(0, 12);
}
