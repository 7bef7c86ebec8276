/** Where a repeat of a send looks for its first attempt, kept for clients that know nothing but the id. */
export interface IdempotencyStore {
  /**
   * Keeps the head that a send's first attempt met, and gives the one that was kept first. Until `until`, in
   * milliseconds since the epoch, each attempt of the send gets the same head; a further attempt extends that time.
   */
  getOrSetBaseSeq(
    send: { room: string; id: string; user: string },
    head: number,
    until: number,
  ): Promise<number>;
}
