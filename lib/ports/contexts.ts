import type { InvocationMetrics } from '../telemetry/invocationMetrics';
import type { Clock, Random } from './clock';
import type { ConnectionRoomStore } from './connectionRoomStore';
import type { ConnectionStore } from './connectionStore';
import type { DraftStore } from './draftStore';
import type { FanOutQueue } from './fanOutQueue';
import type { FileStore } from './fileStore';
import type { FloodDetector } from './floodDetector';
import type { FollowStore } from './followStore';
import type { GoneStore } from './goneStore';
import type { HeldQueue, HeldStore } from './heldStore';
import type { IdempotencyStore } from './idempotencyStore';
import type { ListedMemberStore } from './listedMemberStore';
import type { LogStore } from './logStore';
import type { MemberStore } from './memberStore';
import type { MessageCountStore } from './messageCountStore';
import type { Poster } from './poster';
import type { OwnReactionStore, ReactionStore } from './reactionStore';
import type { RecentLogCache } from './recentLogCache';
import type { ReportStore } from './reportStore';
import type { RestrictionStore } from './restrictionStore';
import type { RetryAfterCache } from './retryAfterCache';
import type { Reviewer } from './reviewer';
import type { RoomBanStore } from './roomBanStore';
import type { RoomRulesCache, RoomSettingsStore } from './roomSettingsStore';
import type { SendQuotaStore } from './sendQuotaStore';
import type { Settings } from './settings';
import type { SlowReaders } from './slowReaders';
import type { UnitQuota } from './unitQuota';
import type { CooldownStore, UserStore } from './userStore';
import type { DecisionStore, VerdictStore } from './verdictStore';

/** Sockets, the rooms they are in, and the way to reach them. */
export interface ConnectionContext {
  connections: ConnectionStore;
  members: MemberStore;
  poster: Poster;
  clock: Clock;
  random: Random;
  slowReaders: SlowReaders;
  sendQuotas: SendQuotaStore;
  unitQuota: UnitQuota;
  /** This invocation's own; everything else may be shared by several. */
  metrics: InvocationMetrics;
}

/** What changes of a connection's rooms need besides. */
export interface ConnectionRoomContext {
  connections: ConnectionStore & ConnectionRoomStore;
}

/** What the rules of rooms need. */
export interface RoomRulesContext {
  roomSettings: RoomSettingsStore;
  restrictions: RestrictionStore;
  rulesCache: RoomRulesCache;
  clock: Clock;
}

/** What the core works with: the same code runs on Lambda, locally and in the simulation. */
export interface ChatContext extends ConnectionContext, RoomRulesContext {
  log: LogStore;
  recentLogs: RecentLogCache;
  floodDetector: FloodDetector;
  settings: Settings;
}

/** What a review of words needs. */
export interface ReviewContext {
  clock: Clock;
  metrics: InvocationMetrics;
  /** Only where the deployment reviews. */
  review?: { reviewer: Reviewer; verdicts: VerdictStore; held: HeldStore };
}

/** What moderators need to decide about held messages. */
export interface DecisionContext {
  /** Only where the deployment reviews. */
  review?: { reviewer: Reviewer; verdicts: VerdictStore & DecisionStore; held: HeldStore & HeldQueue };
}

/** What the delivery of an entry needs besides. */
export interface DeliveryContext extends ChatContext {
  fanOutQueue: FanOutQueue;
}

/** What publishing needs besides. */
export interface PublishContext extends DeliveryContext, ReviewContext {
  /** Only where the deployment takes files. */
  files?: FileStore;
}

/** What the close of a flooding connection needs besides. */
export interface CooldownContext {
  users: CooldownStore;
}

/** What reactions need besides. */
export interface ReactionContext {
  reactions: ReactionStore & OwnReactionStore;
}

/** What texts that are being written need besides. */
export interface DraftContext {
  drafts: DraftStore;
}

/** What the rooms that users follow need besides. */
export interface FollowContext {
  follows: FollowStore;
}

/** What the counts of unread messages need besides. */
export interface UnreadContext {
  gone: GoneStore;
  messageCounts: MessageCountStore;
}

/** What the check of who is a member of a private room needs besides. */
export interface ListedMemberContext {
  memberships: ListedMemberStore;
}

/** What the check of bans needs besides. */
export interface UserContext {
  users: UserStore;
}

/** What the list of a room's bans needs besides. */
export interface RoomBanContext {
  roomBans: RoomBanStore;
}

/** What reports of messages need besides. */
export interface ReportContext {
  reports: ReportStore;
}

/** What charging a user's sends needs besides. */
export interface SendQuotaContext {
  retryAfterCache: RetryAfterCache;
}

/** What publishing for a back end works with. */
export type BackEndContext = PublishContext &
  SendQuotaContext &
  ReactionContext & { idempotency: IdempotencyStore };

/** A context but for the metrics, which every invocation brings along. */
export type SharedContext<W extends ConnectionContext> = Omit<W, 'metrics'>;
