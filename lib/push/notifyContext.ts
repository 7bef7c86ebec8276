import type { AccessContext } from '../moderation/roomAccess';
import type { Random } from '../ports/clock';
import type { UnreadContext, UserContext } from '../ports/contexts';
import type { LogStore } from '../ports/logStore';
import type { NoticeQueue } from '../ports/noticeQueue';
import type { NotificationStore } from '../ports/notificationStore';
import type { PushSender } from '../ports/pushSender';
import type { Settings } from '../ports/settings';
import type { SubscriptionStore } from '../ports/subscriptionStore';
import type { WatcherStore } from '../ports/watcherStore';
import type { InvocationMetrics } from '../telemetry/invocationMetrics';

/** What notifying users works with. */
export interface NotifyContext extends AccessContext, UnreadContext, UserContext {
  log: LogStore;
  random: Random;
  settings: Pick<Settings, 'retentionMs'>;
  notifications: NotificationStore;
  subscriptions: SubscriptionStore;
  watchers: WatcherStore;
  notices: NoticeQueue;
  sender: PushSender;
  /** Whether notifications hold the beginning of the message. */
  hasTexts: boolean;
  metrics: Pick<InvocationMetrics, 'increment' | 'annotate'>;
}
