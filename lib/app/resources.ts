import { createHash } from 'node:crypto';
import { createDatabase, createReviewInvoker } from '#awsClients';
import { createDecisionStore } from '../aws/dynamodb/decisionStore';
import { createGoneStore } from '../aws/dynamodb/goneStore';
import { createHeldQueue } from '../aws/dynamodb/heldQueue';
import { createHeldStore } from '../aws/dynamodb/heldStore';
import { createLogStore } from '../aws/dynamodb/logStore';
import { createMentionStore } from '../aws/dynamodb/mentionStore';
import { createMeteredDatabase } from '../aws/dynamodb/meteredDatabase';
import { createSendQuotaStore } from '../aws/dynamodb/sendQuotaStore';
import { createVerdictStore } from '../aws/dynamodb/verdictStore';
import { createFileStore } from '../aws/s3/fileStore';
import { logWithFiles } from '../files/logWithFiles';
import { logWithGone } from '../log/logWithGone';
import { logWithMentions } from '../log/logWithMentions';
import type { Clock } from '../ports/clock';
import type { DecisionContext, ReviewContext } from '../ports/contexts';
import type { FileStore } from '../ports/fileStore';
import type { GoneStore } from '../ports/goneStore';
import type { LogStore } from '../ports/logStore';
import type { Settings } from '../ports/settings';
import type { UnitQuota } from '../ports/unitQuota';
import { createUnitQuota } from '../rateLimiting/unitQuota';
import { optional, required } from '../util/environment';
import { retentionMs, userSendsPerSecond } from './settings';

/** The clock of this container. */
export const clock: Clock = {
  now: Date.now,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

let database: ReturnType<typeof createMeteredDatabase> | undefined;

/** Gives the client that all tables of this container share. */
export function openDatabase(env: NodeJS.ProcessEnv): ReturnType<typeof createMeteredDatabase> {
  database ??= createMeteredDatabase(createDatabase(env));
  return database;
}

/** Creates the accounts of users in this container, which runs one invocation at a time. */
export function openUnitQuota(env: NodeJS.ProcessEnv): UnitQuota {
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
export function openFiles(env: NodeJS.ProcessEnv): { files?: FileStore } {
  const bucket = optional(env, 'FILES_BUCKET');
  return bucket === undefined ? {} : { files: createFileStore(bucket, env) };
}

/** Opens the review of words, in a deployment that reviews. */
export function openReview(env: NodeJS.ProcessEnv): Pick<ReviewContext, 'review'> {
  const reviewFunction = optional(env, 'REVIEW_FUNCTION');
  if (reviewFunction === undefined) return {};
  const verdicts = createVerdictStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE'));
  const held = createHeldStore(openDatabase(env), required(env, 'MEMBERS_TABLE'));
  return { review: { reviewer: createReviewInvoker(reviewFunction, env), verdicts, held } };
}

/** Opens what moderators decide by in a deployment that reviews. */
export function openDecisions(env: NodeJS.ProcessEnv): DecisionContext {
  const { review } = openReview(env);
  if (!review) return {};
  const { reviewer, verdicts, held } = review;
  const [connections, members] = [required(env, 'CONNECTIONS_TABLE'), required(env, 'MEMBERS_TABLE')];
  return {
    review: {
      reviewer,
      verdicts: { ...verdicts, ...createDecisionStore(openDatabase(env), connections) },
      held: { ...held, ...createHeldQueue(openDatabase(env), members) },
    },
  };
}

/** Opens the notes of how far up rooms have lost messages. */
export function openGone(env: NodeJS.ProcessEnv): GoneStore {
  return createGoneStore(openDatabase(env), required(env, 'MEMBERS_TABLE'));
}

/** Opens the log, with what its deletions and mentions are noted in, and with the files of its messages. */
export function openLog(env: NodeJS.ProcessEnv, table: string): LogStore {
  const noting = logWithGone(createLogStore(openDatabase(env), table), openGone(env));
  const mentions = createMentionStore(openDatabase(env), required(env, 'MEMBERS_TABLE'));
  const log = logWithMentions(noting, mentions, clock);
  const { files } = openFiles(env);
  return files ? logWithFiles(log, files) : log;
}

/** Reads how long messages stay, of a function that is told of it. */
export function retentionSettings(env: NodeJS.ProcessEnv): Pick<Settings, 'retentionMs'> {
  const retention = optional(env, 'HISTORY_HOURS') && retentionMs(env);
  return retention ? { retentionMs: retention } : {};
}

/** Names the log. A table restored from a backup is a new table with a new name, and so a new log. */
export function nameLog(table: string): string {
  return createHash('sha256').update(table).digest('base64url').slice(0, 12);
}
