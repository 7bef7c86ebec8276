import { hashOf } from '../../util/hashOf';

/**
 * Makes a key in the Connections table for a row that is no connection. API Gateway's connection ids have no `#`. No
 * key contains a user's input or name.
 */
export function keyOf(what: string, ...parts: readonly string[]): string {
  return `${what}#${hashOf(...parts)}`;
}

/** Makes the partition of a user's rows in the Members table, and their keys: no room's name has a `#`. */
export function keysOfUser(what: string) {
  const partitionOf = (user: string) => keyOf(what, user);
  return { partitionOf, keyFor: (user: string, room: string) => ({ r: partitionOf(user), c: room }) };
}
