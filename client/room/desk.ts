import type { Log } from '../log/log';
import type { Source } from '../log/reader';

/** What the parts of a room share. */
export interface Desk extends Source {
  /** The room's present log. */
  log(): Log;
}
