import { hasPermission, isForMembers, type Permissions } from '../auth/permissions';
import type { ChatContext } from '../ports/contexts';
import { type Deleter, LIMITS } from '../protocol';
import { type ErrorDetails, FORBIDDEN } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';

/** What a user may do to messages in a room, by the token. */
export interface ChangeRights {
  mayWrite: boolean;
  mayModerate: boolean;
  /** All of it holds only for a member of the room. */
  onlyAsMember?: boolean;
}

/** Reads what a token's permissions let its user do to messages in a room. */
export function changeRights(permissions: Permissions, room: string): ChangeRights {
  return {
    mayWrite: hasPermission(permissions, 'write', room),
    mayModerate: hasPermission(permissions, 'moderate', room),
    onlyAsMember: isForMembers(permissions, room),
  };
}

/**
 * Checks whether a user may edit or delete a message. Only the author edits it, and only for a time. The author and
 * moderators delete it. Returns whose right that is, or the refusal.
 */
export async function checkTarget(
  { log, clock, settings }: Pick<ChatContext, 'log' | 'clock' | 'settings'>,
  { action, room, of }: Pick<MessageOf<'editMessage' | 'deleteMessage'>, 'action' | 'room' | 'of'>,
  user: string,
  { mayWrite, mayModerate }: ChangeRights,
): Promise<{ by: Deleter } | ErrorDetails> {
  const now = clock.now();
  const target = await log.readTarget(room, of, now);
  if (!target || target.isGone) return GONE;
  const isOwn = target.user === user && mayWrite;
  if (action === 'deleteMessage') {
    if (isOwn) return { by: 'author' };
    return mayModerate ? { by: 'moderator' } : FORBIDDEN;
  }
  if (!isOwn) return FORBIDDEN;
  if (now - target.at >= settings.editMs) return TOO_OLD;
  return target.edits >= LIMITS.editsPerMessage ? TOO_MANY_EDITS : { by: 'author' };
}

export const GONE: ErrorDetails = {
  code: 'gone',
  message: 'There is no message at "of" any more: it was deleted or has expired, or there never was one.',
};

const TOO_OLD: ErrorDetails = {
  code: 'tooOld',
  message: 'This message is too old to be edited: send a new one.',
};

const TOO_MANY_EDITS: ErrorDetails = {
  code: 'tooMany',
  message: `A message can be edited ${LIMITS.editsPerMessage} times: send a new one.`,
};
