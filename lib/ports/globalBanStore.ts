import type { Ban } from './banStore';

/** Bans from every room. */
export interface GlobalBanStore {
  /** Gives the ban of a user that is in force at `now`, in milliseconds since the epoch. */
  findGlobalBan(user: string, now: number): Promise<Pick<Ban, 'until' | 'isSignOut'> | undefined>;
}
