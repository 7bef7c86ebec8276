import { createHash } from 'node:crypto';

/** Hashes some texts to 43 characters of base64url. Other texts, or the same ones cut elsewhere, have another hash. */
export function hashOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
