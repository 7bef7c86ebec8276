import { useCallback, useEffect, useRef, useState } from 'react';
import { ChatError, type Room } from '../../client';
import {
  addMember,
  kick,
  type Listed,
  listBans,
  listMembers,
  type MemberDetails,
  mergeMembers,
  mute,
  type RoomBan,
  type RoomSettings,
  removeMember,
  setRoom,
  unban,
} from '../../client/moderation';
import type { User } from '../../lib/protocol';

/** As many lines as a list shows at most. */
const MAX_LINES = 500;
/** Pages of bans may be empty: so many of them are passed over at a time. */
const MAX_EMPTY_PAGES = 8;

/** What the last action came to. */
export type Outcome = { kind: 'none' | 'busy' } | { kind: 'done' | 'failed'; text: string };

/** What a moderator sees and does in a room. A list is `undefined` until it was read. */
export interface Moderation {
  members: Listed<MemberDetails> | undefined;
  bans: Listed<RoomBan> | undefined;
  outcome: Outcome;
  kick(user: User, forMs: number): void;
  mute(user: User, forMs: number): void;
  set(settings: RoomSettings): void;
  /** Lets a user into a private room; tells whether it was done. */
  addMember(user: string): Promise<boolean>;
  /** Takes a user out of a private room; tells whether it was done. */
  removeMember(user: string): Promise<boolean>;
  /** Ends a ban or a mute. */
  lift(ban: RoomBan): void;
  refresh(): void;
  moreMembers(): void;
  moreBans(): void;
}

/** Reads the members and the bans of a room, again after each removal. */
export function useModeration(room: Room): Moderation {
  const [members, setMembers] = useState<Listed<MemberDetails>>();
  const [bans, setBans] = useState<Listed<RoomBan>>();
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'none' });
  const reads = useRef(0);

  const read = useCallback(async () => {
    reads.current += 1;
    const own = reads.current;
    const lists = await Promise.all([listMembers(room), readBans(room)]);
    // A later read has newer lists.
    if (own !== reads.current) return;
    setMembers(lists[0]);
    setBans(lists[1]);
  }, [room]);

  const run = useCallback(async (act: () => Promise<string | undefined>) => {
    setOutcome({ kind: 'busy' });
    try {
      const text = await act();
      setOutcome(text === undefined ? { kind: 'none' } : { kind: 'done', text });
      return true;
    } catch (error) {
      setOutcome({ kind: 'failed', text: error instanceof ChatError ? error.message : 'Try again.' });
      return false;
    }
  }, []);
  const refresh = useCallback(() => {
    void run(async () => {
      await read();
      return undefined;
    });
  }, [run, read]);

  useEffect(refresh, [refresh]);
  useEffect(
    () =>
      room.on('entry', ({ type }) => {
        // The lists are as they were if this fails, and the user can refresh them.
        if (type === 'system') read().catch(() => {});
      }),
    [room, read],
  );

  return {
    members,
    bans,
    outcome,
    refresh,
    kick: (user, forMs) =>
      void run(async () => {
        await kick(room, user.id, forMs);
        await read();
        return `${user.name} was removed.`;
      }),
    mute: (user, forMs) =>
      void run(async () => {
        await mute(room, user.id, forMs);
        await read();
        return `${user.name} was muted.`;
      }),
    set: (settings) =>
      void run(async () => {
        await setRoom(room, settings);
        return 'The settings are saved.';
      }),
    addMember: (user) =>
      run(async () => {
        await addMember(room, user);
        return 'The user may enter.';
      }),
    removeMember: (user) =>
      run(async () => {
        await removeMember(room, user);
        await read();
        return 'The user may no longer enter.';
      }),
    lift: ({ user, mute: isMute }) =>
      void run(async () => {
        await (isMute ? mute(room, user.id, 0) : unban(room, user.id));
        await read();
        return isMute ? `${user.name} may write again.` : `${user.name} may come back.`;
      }),
    moreMembers: () =>
      void run(async () => {
        const page = await listMembers(room, members?.next);
        setMembers((before) => bounded(page, mergeMembers(before?.items ?? [], page.items)));
        return undefined;
      }),
    moreBans: () =>
      void run(async () => {
        const page = await readBans(room, bans?.next);
        setBans((before) => bounded(page, [...(before?.items ?? []), ...page.items]));
        return undefined;
      }),
  };
}

/** Reads the next page that has a ban. */
async function readBans(room: Room, from?: string): Promise<Listed<RoomBan>> {
  let page = await listBans(room, from);
  for (let i = 0; i < MAX_EMPTY_PAGES && page.items.length === 0 && page.next !== undefined; i++)
    page = await listBans(room, page.next);
  return page;
}

/** Adds a page to a list, which has no further page once it is long enough. */
function bounded<T>({ next }: Listed<T>, items: readonly T[]): Listed<T> {
  return next === undefined || items.length >= MAX_LINES ? { items } : { items, next };
}
