import type { Chat, Room } from '../client';
import { followRoom, type RoomLog, type RoomLogOptions } from './roomLog';

/** The rooms that are printed, one of which is written to. */
export interface OpenRooms {
  readonly current: Room | undefined;
  names(): string[];
  /** Enters a room and goes to it; rejects when it cannot be entered, and is then where it was. */
  enter(name: string): Promise<void>;
  leave(name: string): void;
  log(name: string): RoomLog | undefined;
  close(): void;
}

export interface OpenRoomsOptions extends Pick<RoomLogOptions, 'style' | 'history' | 'print'> {
  wentTo(room: Room | undefined): void;
}

export function createOpenRooms(chat: Chat, { wentTo, ...logOptions }: OpenRoomsOptions): OpenRooms {
  const open = new Map<string, { room: Room; log: RoomLog }>();
  let current: Room | undefined;

  const goTo = (room: Room | undefined) => {
    current = room;
    wentTo(room);
  };
  const leave = (name: string) => {
    open.get(name)?.log.stop();
    open.get(name)?.room.leave();
    open.delete(name);
    if (current?.name === name) goTo([...open.values()].at(-1)?.room);
  };

  return {
    get current() {
      return current;
    },
    names: () => [...open.keys()],
    log: (name) => open.get(name)?.log,
    leave,
    async enter(name) {
      const room = chat.room(name);
      if (!open.has(name)) {
        const prefix = () => (open.size > 1 ? `${name} ` : '');
        open.set(name, { room, log: followRoom(room, { ...logOptions, prefix, me: () => chat.user?.id }) });
      }
      goTo(room);
      try {
        await room.join();
      } catch (error) {
        leave(name);
        throw error;
      }
    },
    close() {
      for (const { log } of open.values()) log.stop();
    },
  };
}
