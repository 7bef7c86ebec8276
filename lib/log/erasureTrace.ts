import { createHash } from 'node:crypto';

const PREFIX = 'erased:';

/**
 * Gives what stands for the user in an erased row: a repeat of the same send still finds itself, and nobody can
 * read from it who wrote, or that two rows had one author, without knowing the user's id already.
 */
export function traceOf(room: string, id: string, user: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([room, id, user]))
    .digest('base64url');
  return `${PREFIX}${digest}`;
}
