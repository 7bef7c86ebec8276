import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from './secretCache';

/** The header by which CloudFront shows that a request came through it. */
export const ORIGIN_HEADER = 'x-edge-chat-origin';
const MAX_SECRET_CHARACTERS = 256;

/** Tells whether a request came through our distribution. Absent, empty, repeated and overlong are all no. */
export async function isFromCloudFront(given: unknown, secret: Secret): Promise<boolean> {
  if (typeof given !== 'string' || given === '' || given.length > MAX_SECRET_CHARACTERS) return false;
  return fits(given, await secret.values()) || fits(given, await secret.reread());
}

// Hashes have one length, so the comparison takes the same time whatever is wrong.
function fits(given: string, values: readonly string[]): boolean {
  const wanted = digest(given);
  return values.map((value) => timingSafeEqual(digest(value), wanted)).includes(true);
}

function digest(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
