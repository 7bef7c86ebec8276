import type { Clock } from '../ports/clock';
import type { LogPosition } from '../ports/logStore';
import type { RoomHead, RoomIndex } from '../ports/roomIndex';
import { settleAll } from '../util/settleAll';

/** Rooms that one call lists. */
const PAGE = 100;
/** Heads that are read at the same time. */
const BATCH_SIZE = 25;
/** A call searches this long, in milliseconds: it ends well within its function's time. */
const SEARCH_TIMEOUT_MS = 10_000;

/** What the list of rooms needs. */
export interface RoomsContext {
  rooms: RoomIndex;
  clock: Clock;
}

/** A part of the rooms, in no order; `next` is where another call goes on, and missing when all are listed. */
export interface RoomsPage {
  rooms: RoomHead[];
  next?: LogPosition;
}

/** Lists a part of the rooms, each with its newest entry. It takes two reads a room, however long its log is. */
export async function listRooms({ rooms, clock }: RoomsContext, from?: LogPosition): Promise<RoomsPage> {
  const deadline = clock.now() + SEARCH_TIMEOUT_MS;
  const names: string[] = [];
  let next = from;
  do {
    const step = await rooms.step(next);
    if (step.room !== undefined) names.push(step.room);
    next = step.next;
  } while (next && names.length < PAGE && clock.now() < deadline);

  const heads: (RoomHead | undefined)[] = [];
  for (let at = 0; at < names.length; at += BATCH_SIZE)
    heads.push(...(await settleAll(...names.slice(at, at + BATCH_SIZE).map((room) => rooms.readHead(room)))));
  return { rooms: heads.filter((head) => head !== undefined), ...(next && { next }) };
}

/** Gives one room with its newest entry, as a list; the list is empty when the room has none. */
export async function showRoom({ rooms }: RoomsContext, room: string): Promise<RoomsPage> {
  const head = await rooms.readHead(room);
  return { rooms: head ? [head] : [] };
}
