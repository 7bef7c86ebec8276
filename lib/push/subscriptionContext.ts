import type { AccessContext } from '../moderation/roomAccess';
import type { SendQuotaContext, UserContext } from '../ports/contexts';
import type { NotificationStore } from '../ports/notificationStore';
import type { SendQuotaStore } from '../ports/sendQuotaStore';
import type { Settings } from '../ports/settings';
import type { SubscriptionStore } from '../ports/subscriptionStore';
import type { UnitQuota } from '../ports/unitQuota';
import type { WatcherStore } from '../ports/watcherStore';
import type { InvocationMetrics } from '../telemetry/invocationMetrics';

/** What serving subscriptions and the notifications of rooms works with. */
export interface SubscriptionContext extends AccessContext, UserContext, SendQuotaContext {
  settings: Pick<Settings, 'userSendsPerSecond'>;
  sendQuotas: SendQuotaStore;
  unitQuota: UnitQuota;
  notifications: NotificationStore;
  subscriptions: SubscriptionStore;
  watchers: WatcherStore;
  /** Reads the public key that browsers subscribe with. */
  publicKey: () => Promise<string>;
  /** The hosts of push services that the operator allows. */
  pushHosts: readonly string[];
  metrics: InvocationMetrics;
}
