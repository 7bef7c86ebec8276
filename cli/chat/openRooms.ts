import type { Chat, Room, Unsubscribe } from '../../client/index';
import { watchRules } from '../../client/moderation';
import { clock } from '../../client/platform/defaults';
import { createPresence, type Presence } from '../../client/presence';
import { createReactions, type Reactions } from '../../client/reactions';
import { tellOfDrafts } from './draftNotices';
import { describeRules } from './moderation';
import { followRoom, type RoomLog, type RoomLogOptions } from './roomPrinter';

/** How long entering a room waits for the list of its members. */
const MEMBERS_TIMEOUT_MS = 2_000;

/** A room that is printed, and what it is printed from. */
export interface OpenRoom {
  readonly room: Room;
  readonly presence: Presence;
  readonly reactions: Reactions;
  readonly log: RoomLog;
  readonly stops: readonly Unsubscribe[];
}

/** The rooms that are printed, one of which is written to. */
export interface OpenRooms {
  readonly current: OpenRoom | undefined;
  names(): string[];
  /** Joins a room and goes to it, once its members are known. Rejects when it cannot be joined, and leaves it. */
  enter(name: string): Promise<OpenRoom>;
  leave(name: string): void;
  close(): void;
}

export interface OpenRoomsOptions extends Pick<RoomLogOptions, 'style' | 'history' | 'mark' | 'print'> {
  wentTo(room: Room | undefined): void;
}

export function createOpenRooms(chat: Chat, { wentTo, ...logOptions }: OpenRoomsOptions): OpenRooms {
  const rooms = new Map<string, OpenRoom>();
  let current: OpenRoom | undefined;

  const goTo = (open: OpenRoom | undefined) => {
    current = open;
    wentTo(open?.room);
  };
  const open = (name: string): OpenRoom => {
    const room = chat.room(name);
    const presence = createPresence(chat, name);
    const prefix = () => (rooms.size > 1 ? `${name} ` : '');
    const tell = (line: string) => logOptions.print(logOptions.style.faint(prefix() + line));
    const log = followRoom(room, presence, { ...logOptions, prefix, me: () => chat.user?.id });
    let told: string | undefined;
    const stopRules = watchRules(room, (rules) => {
      const line = describeRules(rules, clock.now());
      if (line !== told) tell(line ?? 'This room is open again.');
      told = line;
    });
    const stops = [stopRules, tellOfDrafts(room, logOptions.mark, tell)];
    const opened = { room, presence, reactions: createReactions(room), log, stops };
    rooms.set(name, opened);
    return opened;
  };
  const stop = ({ log, presence, reactions, stops }: OpenRoom) => {
    for (const each of stops) each();
    log.stop();
    presence.stop();
    reactions.stop();
  };
  const leave = (name: string) => {
    const left = rooms.get(name);
    if (!left) return;
    stop(left);
    left.room.leave();
    rooms.delete(name);
    if (current === left) goTo([...rooms.values()].at(-1));
  };

  return {
    get current() {
      return current;
    },
    names: () => [...rooms.keys()],
    leave,
    async enter(name) {
      const entering = rooms.get(name) ?? open(name);
      goTo(entering);
      try {
        await entering.room.join();
        await membersOf(entering.presence);
      } catch (error) {
        leave(name);
        throw error;
      }
      return entering;
    },
    close() {
      for (const each of rooms.values()) stop(each);
    },
  };
}

/** Waits until the members of a joined room are known: this user is one of them. Gives up in silence. */
function membersOf(presence: Presence): Promise<void> {
  return new Promise((resolve) => {
    const isKnown = () => presence.snapshot.memberCount > 0;
    if (isKnown()) return resolve();
    const done = () => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(done, MEMBERS_TIMEOUT_MS);
    const unsubscribe = presence.onChange(() => isKnown() && done());
  });
}
