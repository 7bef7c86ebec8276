/** A member row, a connection's place in a room: all that a fan-out needs of it, and nothing of its user. */
export interface Member {
  room: string;
  id: string;
  /** When its token expires, in milliseconds since the epoch; read again it is the next whole second. */
  expiresAt: number;
}

/** The connection was in the room already (`known`) or not; or it was `late`: a later fence has begun. */
export type AddMemberResult = 'new' | 'known' | 'late';

/** Some of the member rows of a room. */
export interface MemberRows {
  members: Member[];
  /** Where the next part begins; missing at the end. */
  next?: string;
}

/** Member rows: one for each connection and room. */
export interface MemberStore {
  /** Adds a connection that entered in this fence, the first unless given. */
  add(member: Member, fence?: number): Promise<AddMemberResult>;
  /** Removes a connection that left in this fence; a row of a later join stays. */
  remove(room: string, connection: string, fence: number): Promise<void>;
  /**
   * Removes a connection, and keeps out what an earlier fence would still add. Tells whether it was in the room, or
   * had been there when it was removed before.
   */
  tombstone(room: string, connection: string, fence: number, now: number): Promise<{ wasMember: boolean }>;
  /** Tells whether a connection has a member row, strongly consistent. */
  has(room: string, connection: string): Promise<boolean>;
  /** Gives the member rows among the next `limit` rows of a room, strongly consistent. */
  readPage(room: string, from: string | undefined, limit: number): Promise<MemberRows>;
  /** Lists a room in pages, strongly consistent. The last may be shorter; `laterPageSize` holds after the first. */
  list(room: string, pageSize: number, laterPageSize?: number): AsyncIterable<Member[]>;
}
