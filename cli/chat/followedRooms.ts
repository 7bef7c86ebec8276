import type { Chat } from '../../client/index';
import { request } from '../../client/requests';
import type { FollowedRoom } from '../../lib/protocol';
import { printable, printableName } from '../terminal/terminalText';

/** Pages of the list that are read at most. */
const MAX_PAGES = 10;
/** Characters of a message that a line shows. */
const TEXT_CHARACTERS = 60;

/** Describes the rooms that the user follows, a line each. @throws ChatError when the list cannot be read. */
export async function describeFollowed(chat: Chat): Promise<string> {
  const lines: string[] = [];
  let from: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const reply = await request(chat, { action: 'getRooms', ...(from !== undefined && { from }) });
    if (reply.type !== 'rooms') break;
    lines.push(...reply.rooms.map(describe));
    from = reply.next;
    if (from === undefined) break;
  }
  if (lines.length === 0) return 'You follow no room. /follow ROOM puts one on the list of your devices.';
  return ['You follow:', ...lines, ...(from === undefined ? [] : ['  and more'])].join('\n');
}

function describe({ room, with: other, title, head, last, unread = 0, mentions = 0 }: FollowedRoom): string {
  const company = other === undefined ? '' : ` (you and ${printable(other)})`;
  const counts = [...(unread === 0 ? [] : [`${unread} unread`]), ...(mentions === 0 ? [] : [`@${mentions}`])];
  const called = title === undefined ? '' : ` "${printable(title)}"`;
  const name = `  ${printable(room)}${called}${company}${counts.length === 0 ? '' : ` (${counts.join(', ')})`}`;
  if (head === undefined) return `${name}  closed to you`;
  if (!last) return name;
  const text = [...printable(last.text.replaceAll('\n', ' '))].slice(0, TEXT_CHARACTERS).join('');
  return `${name}  ${printableName(last.from.name)}: ${text}`;
}
