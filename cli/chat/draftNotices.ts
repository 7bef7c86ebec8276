import { watchDrafts } from '../../client/drafts';
import type { Room, Unsubscribe } from '../../client/index';
import { printableName } from '../terminal/terminalText';
import type { UserMark } from './userMark';

/** Tells once of each reply that a user is writing in a room. The terminal shows the reply itself, once it is sent. */
export function tellOfDrafts(room: Room, mark: UserMark, tell: (line: string) => void): Unsubscribe {
  const drafts = watchDrafts(room);
  let told = new Set<string>();
  drafts.onChange(() => {
    const shown = new Set<string>();
    for (const { of, from } of drafts.snapshot) {
      const key = `${of} ${from.id}`;
      shown.add(key);
      if (!told.has(key)) tell(`${printableName(from.name)}${mark(from)} is writing a reply to #${of}…`);
    }
    told = shown;
  });
  return drafts.stop;
}
