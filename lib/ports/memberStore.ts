/** A connection's place in a room: all that a fan-out needs of it, and nothing of its user. */
export interface Member {
  room: string;
  id: string;
  /** When its token expires, in milliseconds since the epoch; read again it is the next whole second. */
  expiresAt: number;
}

/** A member was `known` already or not; or was not added, `late`, because a later fence has begun. */
export type AddMemberResult = 'new' | 'known' | 'late';

/** Members: one row a connection and room. */
export interface MemberStore {
  /** Adds a connection that entered in this fence, the first unless given. */
  add(member: Member, fence?: number): Promise<AddMemberResult>;
  /** Removes a connection that left in this fence; a row of a later join stays. */
  remove(room: string, connection: string, fence: number): Promise<void>;
  /** Removes a connection, and keeps out what an earlier fence would still add. */
  tombstone(room: string, connection: string, fence: number, now: number): Promise<void>;
  /** Lists a room in pages of `pageSize` (the last may be shorter), strongly consistent; all but the first may differ. */
  list(room: string, pageSize: number, laterPageSize?: number): AsyncIterable<Member[]>;
}
