import { createHash } from 'node:crypto';

/**
 * Makes a key in the Connections table for a row that is no connection. API Gateway's connection ids have no `#`. No
 * key contains a user's input or name.
 */
export function keyOf(what: string, ...parts: readonly string[]): string {
  return `${what}#${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;
}
