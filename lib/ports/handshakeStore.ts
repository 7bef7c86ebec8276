import type { HandshakeRefusal } from '../protocol/errorReplies';
import type { NewConnection } from './connectionStore';

/** What a handshake writes into its connection's row. */
export interface HandshakeStore {
  /** Opening one that is open changes nothing. */
  open(connection: NewConnection, leaseUntil: number): Promise<void>;
  /** Ends every permission of a new connection: each of its frames is answered by the refusal. */
  refuse(id: string, refusal: HandshakeRefusal): Promise<void>;
  /**
   * Makes an open connection look for a ban before it joins these rooms, or any room ({@link EVERYWHERE}). There must be
   * one room at least.
   */
  requireBanCheck(id: string, rooms: readonly string[]): Promise<void>;
}
