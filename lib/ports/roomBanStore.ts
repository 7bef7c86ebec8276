import type { RoomBan, User } from '../protocol';

/** A part of the bans from a room. */
export interface RoomBanPage {
  bans: RoomBan[];
  /** Where the next part begins; missing at the end. */
  next?: string;
}

/** The bans from each room, and its mutes. Bans from everywhere are not among them. */
export interface RoomBanStore {
  /** Lists a ban, before it is written: then the list never lacks a ban in force. */
  add(user: string, room: string, until: number): Promise<void>;
  /** Notes the user's name in a ban that is in force. */
  nameUser(user: User, room: string): Promise<void>;
  /** Gives the bans and mutes in force among the next `limit` of the list, in no order that tells anything. */
  readPage(room: string, from: string | undefined, limit: number, now: number): Promise<RoomBanPage>;
}
