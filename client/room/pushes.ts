import type { ServerMessage } from '../../lib/protocol';
import type { Feed } from './feed';
import type { Members } from './members';
import type { Sends } from './sends';

export interface PushParts {
  feed: Feed;
  sends: Sends;
  members: Members;
  /** This user's id: another page of theirs does not come, go or type here. */
  self: string | undefined;
  /** This user was put out of the room: asking for it again tells why, or that it is over. */
  putOut(): void;
}

/** Takes a frame about a room that nobody asked for, or whose asking was given up. */
export function hear(message: ServerMessage, { feed, sends, members, self, putOut }: PushParts): void {
  if (message.type === 'system' && message.user.id === self) putOut();
  switch (message.type) {
    case 'message':
    case 'system':
    case 'erased':
    case 'unknown': {
      const { room: _, ...entry } = message;
      feed.entry(entry);
      break;
    }
    case 'ack':
      if (!sends.late(message)) feed.reaches(message.seq);
      break;
    case 'memberJoined':
      members.came(message.member);
      break;
    case 'memberLeft':
      if (message.member.id !== self) members.left(message.member);
      break;
    case 'typing':
      if (message.from.id !== self) members.typed(message.from);
      break;
    default:
    // A reply whose request was given up: whatever it tells will be asked again.
  }
}
