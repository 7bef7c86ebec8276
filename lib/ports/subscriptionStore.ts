/** Where a browser takes notifications, as its PushManager gives it: keys are in base64url. */
export interface PushSubscription {
  endpoint: string;
  p256dh: string;
  auth: string;
}

/** A subscription of a user, with what the user's token allowed when the browser last sent it. */
export interface OwnSubscription extends PushSubscription {
  /** The id of the user. */
  user: string;
  permissions: string;
  /** When the browser last sent it, in milliseconds since the epoch. */
  at: number;
}

/** The most browsers of a user: another one takes the place of the one that was silent for the longest time. */
export const MAX_SUBSCRIPTIONS = 10;

/**
 * The subscriptions of users. The hash of its endpoint names a subscription, and the hash of an id its user. Every read
 * is strongly consistent.
 */
export interface SubscriptionStore {
  /** Adds or renews a subscription, which expires at `until`. Another user who had it has it no longer. */
  add(userHash: string, subscription: OwnSubscription, until: number): Promise<void>;
  /** Removes a user's subscription. */
  remove(userHash: string, subscription: string): Promise<void>;
  /** Gives a user's subscriptions. */
  read(userHash: string, now: number): Promise<OwnSubscription[]>;
  /** Forgets a part of a user's subscriptions; tells how many, and whether that was all. */
  forgetSome(user: string, limit: number): Promise<{ forgotten: number; isDone: boolean }>;
}
