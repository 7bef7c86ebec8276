import type { InvocationMetrics } from '../telemetry/invocationMetrics';
import type { Clock, Random } from './clock';
import type { ConnectionStore } from './connectionStore';
import type { FanOutQueue } from './fanOutQueue';
import type { FloodDetector } from './floodDetector';
import type { IdempotencyStore } from './idempotencyStore';
import type { LogStore } from './logStore';
import type { MemberStore } from './memberStore';
import type { Poster } from './poster';
import type { RecentLogCache } from './recentLogCache';
import type { RetryAfterCache } from './retryAfterCache';
import type { SendQuotaStore } from './sendQuotaStore';
import type { Settings } from './settings';
import type { SlowReaders } from './slowReaders';
import type { UserStore } from './userStore';

/** Sockets, the rooms they are in, and the way to reach them. */
export interface ConnectionContext {
  connections: ConnectionStore;
  members: MemberStore;
  poster: Poster;
  clock: Clock;
  random: Random;
  slowReaders: SlowReaders;
  sendQuotas: SendQuotaStore;
  /** This invocation's own; everything else may be shared by several. */
  metrics: InvocationMetrics;
}

/** What the core works with: the same code runs on Lambda, locally and in the simulation. */
export interface ChatContext extends ConnectionContext {
  log: LogStore;
  recentLogs: RecentLogCache;
  floodDetector: FloodDetector;
  settings: Settings;
}

/** What publishing needs besides. */
export interface PublishContext extends ChatContext {
  fanOutQueue: FanOutQueue;
}

/** What the check of bans needs besides. */
export interface UserContext {
  users: UserStore;
}

/** What is needed besides to keep people's messages within their pace. */
export interface SendQuotaContext {
  sendQuotas: SendQuotaStore;
  retryAfterCache: RetryAfterCache;
}

/** What publishing for a back end works with. */
export type BackEndContext = PublishContext & SendQuotaContext & { idempotency: IdempotencyStore };

/** A context but for the metrics, which every invocation brings along. */
export type SharedContext<W extends ConnectionContext> = Omit<W, 'metrics'>;
