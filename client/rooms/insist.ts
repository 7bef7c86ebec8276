import type { Reply } from '../../lib/protocol';
import type { Chat } from '../common/chatTypes';
import { ChatError } from '../common/errors';
import type { Clock } from '../common/platform';
import { isPermanent } from '../connection/requestErrors';
import { type ChatRequest, request } from '../requests';

/** A request is made this often in all, and again after this long or what the server asks for, in milliseconds. */
export const MAX_ATTEMPTS = 5;
const RETRY_MS = 1_000;

/** Makes a request again while the server cannot answer it, or asks to wait. */
export async function insist(chat: Chat, clock: Clock, message: ChatRequest, attempt = 1): Promise<Reply> {
  try {
    return await request(chat, message);
  } catch (error) {
    if (!(error instanceof ChatError) || error.code === 'notJoined') throw error;
    if (isPermanent(error) || error.code === 'conflict' || attempt === MAX_ATTEMPTS) throw error;
    await new Promise<void>((resolve) => clock.after(error.retryAfterMs ?? RETRY_MS * attempt, resolve));
    return insist(chat, clock, message, attempt + 1);
  }
}
