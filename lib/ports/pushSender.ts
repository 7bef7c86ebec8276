import type { PushSubscription } from './subscriptionStore';

/** What a device is told: where, up to which seq, and how many messages are unread. */
export interface Notification {
  room: string;
  seq: number;
  unread: number | string;
  /** A message mentions the user. */
  mention?: true;
  /** The name of the author and the beginning of the message, where the deployment sends texts. */
  from?: string;
  text?: string;
}

/** What became of a notification. A subscription that is `gone` never comes back. */
export type PushResult = 'delivered' | 'gone' | 'failed';

/** Sends notifications to the push services of browsers. */
export interface PushSender {
  /** Sends one. It ends within {@link PUSH_TIMEOUT_MS}. A later one of the same room takes its place. */
  send(subscription: PushSubscription, notification: Notification): Promise<PushResult>;
}

/** A push service answers within this time, in milliseconds. */
export const PUSH_TIMEOUT_MS = 5_000;
