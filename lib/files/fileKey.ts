import { createHash } from 'node:crypto';

/** 132 bits, so that no two users or rooms share a prefix. */
const HASH_CHARACTERS = 22;

/** What the id of a tile has after that of its picture. */
export const TILE_SUFFIX = '.tile';

/**
 * Gives the key of a user's file in a room. It needs no signature: the server always computes it from the user's token
 * or from the user of the message's row, so no client can name the file of another user or room.
 */
export function fileKey(user: string, room: string, id: string): string {
  return `${prefixOfUser(user)}${hash(room)}/${id}`;
}

/** Gives the key of the tile of a picture. No id has a dot. */
export function tileKey(key: string): string {
  return `${key}${TILE_SUFFIX}`;
}

/** Gives what the keys of a user's files begin with. */
export function prefixOfUser(user: string): string {
  return `${hash(user)}/`;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, HASH_CHARACTERS);
}
