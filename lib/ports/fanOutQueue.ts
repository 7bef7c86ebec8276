/** One entry to fan out: to everyone in the room but `except`, or to `only` those still owed a post. */
export interface FanOutJob {
  room: string;
  seq: number;
  except?: string;
  only?: string[];
}

/** Hands a fan-out that is too large for a reply to wait for to an asynchronous worker. */
export interface FanOutQueue {
  enqueue(job: FanOutJob): Promise<void>;
}
