import type { Clock } from '../ports/clock';
import type { LogStore } from '../ports/logStore';
import type { NoticeQueue } from '../ports/noticeQueue';
import type { NotificationStore } from '../ports/notificationStore';
import type { WatcherStore } from '../ports/watcherStore';
import type { InvocationMetrics } from '../telemetry/invocationMetrics';

/** What finding the users that a message concerns works with. */
export interface NoticeContext {
  log: LogStore;
  clock: Clock;
  notifications: NotificationStore;
  watchers: WatcherStore;
  notices: NoticeQueue;
  /** How long a user has to read a message before a notification comes, in milliseconds. */
  notifyAfterMs: number;
  metrics: Pick<InvocationMetrics, 'increment' | 'annotate'>;
}
