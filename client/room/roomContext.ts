import type { LogContext } from '../timeline/historyReader';
import type { RoomLog } from '../timeline/roomLog';

/** What the parts of a room share. */
export interface RoomContext extends LogContext {
  /** The room's present log. */
  log(): RoomLog;
}
