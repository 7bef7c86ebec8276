/**
 * What happened to one post. `gone` is normal: the socket closed first. `throttled` (the quota, or a reader too slow)
 * and `retry` may pass; `failed` will not.
 */
export type DeliveryResult = 'delivered' | 'gone' | 'throttled' | 'retry' | 'failed';

/** Posts a frame that was made ready to one connection; tries once, never throws. */
export type Post = (connection: string) => Promise<DeliveryResult>;

export interface Poster {
  /** Closes a connection; tries once, never throws. */
  close(connection: string): Promise<DeliveryResult>;
  /** Prepares a frame once for all its receivers. */
  prepare(frame: string): Post;
}
