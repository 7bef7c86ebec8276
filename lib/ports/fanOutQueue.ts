/** An entry to deliver to all members but `except`, or only to `only`. */
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
