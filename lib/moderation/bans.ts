import { type Ban, EVERYWHERE, type UserStore } from '../ports/ports';

/** Tells whether bans keep somebody out of a room. */
export function coversRoom(bans: readonly Ban[], room: string): boolean {
  return bans.some((ban) => ban.room === room || ban.room === EVERYWHERE);
}

/** Tells whether a user is kept out of a room now. */
export async function isBanned(users: UserStore, user: string, room: string, now: number): Promise<boolean> {
  return coversRoom(await users.listBans(user, now), room);
}
