import type { MessageEntry } from '../../lib/protocol';
import type { PendingSend, RoomSnapshot } from '../types';
import type { Entrance } from './entrance';
import type { Feed } from './feed';
import type { Members } from './members';
import type { Sends } from './sends';

export interface ViewParts {
  name: string;
  entrance: Entrance;
  feed: Feed;
  members: Members;
  sends: Sends;
  isJoined(): boolean;
}

/** What there is to show of a room: made when it is looked at, and kept until something changes. */
export interface View {
  snapshot(): RoomSnapshot;
  /** The next snapshot is another one. */
  change(): void;
  /** An own message is acknowledged, and shown among the messages once those before it have come. */
  acknowledged(message: MessageEntry): void;
  clear(): void;
}

const NOBODY = { members: [], memberCount: 0, typing: [] };

export function createView(parts: () => ViewParts): View {
  const sent = new Map<number, PendingSend>();
  let made: RoomSnapshot | undefined;

  /** What is acknowledged and not shown yet. */
  const unshown = (cursor = 0): PendingSend[] => {
    for (const seq of sent.keys()) if (seq <= cursor) sent.delete(seq);
    return [...sent.values()];
  };

  const make = ({ name, entrance, feed, members, sends, isJoined }: ViewParts): RoomSnapshot => {
    const { cursor } = feed.position();
    const { isAsked, error } = entrance;
    return {
      name,
      state: isAsked ? (isJoined() ? 'joined' : 'joining') : 'left',
      ...(error && { error }),
      ...feed.timeline.show(),
      cursor,
      pending: [...unshown(cursor), ...sends.list()],
      ...(isAsked ? members.show() : NOBODY),
    };
  };

  return {
    snapshot() {
      made ??= make(parts());
      return made;
    },
    change() {
      made = undefined;
    },
    acknowledged({ id, text, at, seq }) {
      unshown(parts().feed.position().cursor);
      sent.set(seq, { id, text, at, state: 'sent' });
    },
    clear: () => sent.clear(),
  };
}
