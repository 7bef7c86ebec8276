/** Moderation of a room. It needs the right to moderate. */

import type { Room } from './common/types';

/** Removes a user from a room and bans the user for `forMs`, 10 minutes by default. */
export async function kick(room: Room, user: string, forMs?: number): Promise<void> {
  await room.request({ action: 'kick', user, ...(forMs !== undefined && { forMs }) });
}

/** Ends a user's ban from a room. */
export async function unban(room: Room, user: string): Promise<void> {
  await room.request({ action: 'unban', user });
}
