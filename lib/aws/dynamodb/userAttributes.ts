import type { User } from '../../protocol';

/** The attributes of a row that say whose it is. */
export type UserAttributes = { user: string; name: string; role?: string };

export function toUserAttributes({ id, name, role }: User): UserAttributes {
  return { user: id, name, ...(role !== undefined && { role }) };
}

/** Reads a user from the attributes of a row. */
export function userOf({ user, name, role }: UserAttributes): User {
  return { id: user, name, ...(role !== undefined && { role }) };
}
