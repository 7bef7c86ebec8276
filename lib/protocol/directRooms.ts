/** The names of direct rooms begin with this. */
export const DIRECT_PREFIX = 'dm.';

/** Tells whether a room is the direct room of two users, which nobody else can be in. */
export function isDirect(room: string): boolean {
  return room.startsWith(DIRECT_PREFIX);
}
