import { createHash } from 'node:crypto';

/**
 * Makes a key in the Connections table for what is no connection: API Gateway's connection ids have no `#`, and what
 * a user typed or is called is in no key.
 */
export function keyOf(what: string, ...parts: readonly string[]): string {
  return `${what}#${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;
}
