import { loadOlder } from '../../client/history';
import type { MessageView, Room, Unsubscribe } from '../../client/index';
import type { Presence } from '../../client/presence';
import type { LogEntry, ReactionSummary, SystemEntry, User } from '../../lib/protocol';
import { sizeOf } from '../files/sizeOf';
import type { Style } from '../terminal/style';
import { printable, printableName } from '../terminal/terminalText';
import type { UserMark } from './userMark';

export interface RoomLogOptions {
  style: Style;
  /** Put behind names, to tell what users are. */
  mark: UserMark;
  /** Put before each line, such as the room's name where there are several. */
  prefix(): string;
  print(line: string): void;
  history: number;
  /** The id of this user, whose joins and leaves are not printed. */
  me(): string | undefined;
}

/** Prints a room as it happens. */
export interface RoomLog {
  /** Prints messages before those printed so far; gives their number. */
  earlier(count: number): Promise<number>;
  stop: Unsubscribe;
}

export function followRoom(room: Room, presence: Presence, options: RoomLogOptions): RoomLog {
  const { style, mark, prefix, print, history, me } = options;
  let last: number | undefined;
  let first: number | undefined;
  let present: readonly User[] | undefined;

  const printMessage = (message: MessageView) => {
    const { seq, at, from, text, deleted, editedAt, replyTo, reactions, files = [] } = message;
    const [opening = '', ...more] = (deleted ? '(deleted)' : text).split('\n').map(printable);
    const answer = replyTo === undefined ? '' : style.faint(`(to #${replyTo}) `);
    const edited = editedAt === undefined ? '' : style.faint(' (edited)');
    const author = `${style.name(from)}${style.faint(mark(from))}`;
    print(`${style.faint(timeOf(at))} ${prefix()}${author}: ${answer}${opening}${edited}`);
    for (const line of more) print(`      ${line}`);
    for (const { name, bytes } of deleted ? [] : files)
      print(style.faint(`      ${printable(name)}, ${sizeOf(bytes)}: /save #${seq}`));
    const counts = countsOf(reactions);
    if (counts !== '') print(style.faint(`      ${counts}`));
  };
  const notice = (line: string) => print(style.faint(`      ${prefix()}${line}`));

  const printNew = () => {
    const { messages, cursor } = room.snapshot;
    if (cursor === undefined) return;
    const fresh =
      last === undefined ? messages.slice(messages.length - Math.min(history, messages.length)) : messages;
    const from = last ?? 0;
    for (const message of fresh) if (message.seq > from) printMessage(message);
    first ??= fresh[0]?.seq ?? cursor + 1;
    last = cursor;
  };
  /** Prints a change of a message that was printed before. A change that comes with its message is in the message. */
  const printChange = (entry: LogEntry) => {
    if (entry.type === 'system') return notice(describeRemoval(entry));
    if (entry.type !== 'edited' && entry.type !== 'deleted' && entry.type !== 'reacted') return;
    if (last === undefined || entry.of > last) return;
    if (entry.type === 'reacted') return notice(`#${entry.of}: ${countsOf(entry) || 'no reactions'}`);
    const by = printableName(entry.from?.name ?? 'The author');
    if (entry.type === 'deleted') notice(`${by} deleted #${entry.of}`);
    else if (entry.text !== undefined) notice(`${by} edited #${entry.of}: ${printable(entry.text)}`);
  };
  const describeRemoval = ({ user, by }: SystemEntry) => {
    const removed = user.id === me() ? 'You were' : `${printableName(user.name)}${mark(user)} was`;
    return `${removed} removed from this room${by ? ` by ${printableName(by.name)}` : ''}`;
  };
  const printPresence = () => {
    const { members, memberCount } = presence.snapshot;
    if (room.snapshot.state !== 'joined' || members === present) return;
    const before = present;
    present = members;
    // The server lists only a part of a large room, so joins and leaves cannot be told.
    if (!before || memberCount > members.length) return;
    for (const user of without(members, before))
      if (user.id !== me()) notice(`${printableName(user.name)}${mark(user)} is here`);
    for (const { id, name } of without(before, members))
      if (id !== me()) notice(`${printableName(name)} has left`);
  };

  const stops = [
    room.on('change', () => {
      printNew();
      printPresence();
    }),
    room.on('entry', printChange),
    presence.onChange(printPresence),
    room.on('gap', ({ from, to }) =>
      notice(`${to - from + 1} messages have expired here and cannot be shown`),
    ),
    room.on('reset', () => {
      last = undefined;
      first = undefined;
      notice('The history of this room is another one now, from a backup');
    }),
  ];
  printNew();

  return {
    async earlier(count) {
      const older = () => room.snapshot.messages.filter(({ seq }) => first === undefined || seq < first);
      while (older().length < count && room.snapshot.hasOlder) await loadOlder(room);
      const found = older().slice(-count);
      for (const message of found) printMessage(message);
      first = found[0]?.seq ?? first;
      return found.length;
    },
    stop() {
      for (const each of stops) each();
    },
  };
}

function without(users: readonly User[], others: readonly User[]): User[] {
  return users.filter(({ id }) => !others.some((other) => other.id === id));
}

/** The reactions of a message with their counts, in one line. */
function countsOf(summary: ReactionSummary | undefined): string {
  const counts = Object.entries(summary?.counts ?? {});
  return counts.map(([name, count]) => `${printable(name)} ${count}`).join('  ');
}

function timeOf(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}
