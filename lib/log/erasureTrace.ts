import { createHash } from 'node:crypto';

const PREFIX = 'erased:';

/**
 * Computes the hash that replaces the user in an erased row. A repeat of the same send still finds its row. Without
 * the user's id, the hash reveals neither the author nor that two rows had one author.
 */
export function traceOf(room: string, id: string, user: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([room, id, user]))
    .digest('base64url');
  return `${PREFIX}${digest}`;
}
