/** What who looks after a room can do about people; it needs the right to moderate. */

import type { Room } from './types';

/** Puts a user out of a room and keeps them out, for 10 minutes unless told. */
export async function kick(room: Room, user: string, forMs?: number): Promise<void> {
  await room.request({ action: 'kick', user, ...(forMs !== undefined && { forMs }) });
}

/** Lets a user in again who was kept out of a room. */
export async function unban(room: Room, user: string): Promise<void> {
  await room.request({ action: 'unban', user });
}
