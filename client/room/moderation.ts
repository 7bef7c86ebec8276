import type { ClientMessage } from '../../lib/protocol';
import { type Core, REPLY_MS } from '../core';
import { ChatError } from '../errors';
import type { Room } from '../types';

/** What who looks after a room can do about people. */
export function createModeration(core: Core, room: string): Pick<Room, 'kick' | 'unban'> {
  const ask = (frame: ClientMessage): Promise<void> =>
    new Promise((resolve, reject) => {
      const fail = (code: ChatError['code'], message: string) => reject(new ChatError(code, message));
      const [link] = core.links();
      if (!link) return fail('timeout', 'There is no connection.');
      link.request(frame, REPLY_MS, (reply) => {
        if (reply?.type === 'ok') return resolve();
        if (reply?.type === 'error') return fail(reply.code, reply.message);
        fail('timeout', 'No answer came.');
      });
    });
  return {
    kick: (user, forMs) => ask({ action: 'kick', room, user, ...(forMs !== undefined && { forMs }) }),
    unban: (user) => ask({ action: 'unban', room, user }),
  };
}
