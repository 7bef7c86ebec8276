import type { Room, Sent } from '../common/roomTypes';
import type { LogContext } from '../timeline/historyReader';
import type { RoomLog } from '../timeline/roomLog';
import type { Change, SendContent } from './sendContent';

/** What the parts of a room share. */
export interface RoomContext extends LogContext {
  /** The room's present log. */
  log(): RoomLog;
  /** Sends a message, or a change of one, unless it cannot be sent. */
  submit(content: SendContent, change?: Change): Promise<Sent>;
}

/** The contexts of all rooms, for features that are entry points of their own. */
export const contexts = new WeakMap<Room, RoomContext>();

/** Gives the id of the user of a room's chat, once it is known. What waits is sent for that user alone. */
export function userOf(room: Room): string | undefined {
  return contextOf(room).user()?.id;
}

/** Gives the context of a room. @throws TypeError for an object that no chat has given. */
export function contextOf(room: Room): RoomContext {
  const context = contexts.get(room);
  if (!context) throw new TypeError('Pass a room of a chat.');
  return context;
}
