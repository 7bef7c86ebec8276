import type { Source } from '../timeline/historyReader';
import type { Log } from '../timeline/roomLog';

/** What the parts of a room share. */
export interface Desk extends Source {
  /** The room's present log. */
  log(): Log;
}
