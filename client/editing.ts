/** Edits and deletions of messages. */

import type { Content } from '../lib/protocol';
import type { Room, Sent } from './common/roomTypes';
import { contextOf } from './room/roomContext';

/**
 * Edits a message of this user, named by its seq, or by the id of a send that is not acknowledged yet. The client sends
 * the edit after that message, and repeats it as it repeats a send. Resolves once the edit is in the log; rejects with
 * `gone`, `tooOld`, `tooMany`, `refused` or `forbidden`.
 */
export function editMessage(room: Room, of: number | string, content: string | Content): Promise<Sent> {
  return contextOf(room).submit(content, { action: 'editMessage', of });
}

/**
 * Deletes a message, as {@link editMessage} edits one. It needs the right to moderate unless the message is this user's
 * own.
 */
export function deleteMessage(room: Room, of: number | string): Promise<Sent> {
  return contextOf(room).submit({}, { action: 'deleteMessage', of });
}
