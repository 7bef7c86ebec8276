import type { Room } from '../../client/index';
import { type HeldItem, listQueue, type ReportedMessage } from '../../client/reports';
import { printable, printableName } from '../terminal/terminalText';
import { readAll } from './moderation';
import type { UserMark } from './userMark';

/** What waits for a room's moderators: lines that describe it, and the keys of the held messages in their order. */
export interface Queue {
  text: string;
  held: readonly string[];
}

/**
 * Describes what waits for a room's moderators. A held message has a number and its whole text. A reported one has a
 * line, and one below it for each report.
 */
export async function readQueue(room: Room, mark: UserMark): Promise<Queue> {
  const { items: waiting, next } = await readAll<HeldItem | ReportedMessage>((from) => listQueue(room, from));
  const items = waiting.filter((item) => item.kind === 'report');
  const held = waiting.filter((item) => item.kind === 'held');
  const lines = held.map((item, i) => describeHeld(item, i + 1, mark));
  const reported = items.flatMap((report, i) => {
    const isFirst = items[i - 1]?.of !== report.of;
    return [...(isFirst ? [describeMessage(report)] : []), describeReport(report, mark)];
  });
  lines.push(...reported);
  if (next !== undefined) lines.push('and more');
  const text = lines.join('\n') || 'No message of this room waits or is reported.';
  return { text, held: held.map((item) => item.held) };
}

/** Describes a held message: what others would see of it. */
function describeHeld({ message }: HeldItem, number: number, mark: UserMark): string {
  const { from, text, kind, data, files = [] } = message;
  const more = [
    ...(kind === undefined ? [] : [`kind ${printable(kind)}`]),
    ...(data === undefined ? [] : [`data ${printable(JSON.stringify(data))}`]),
    ...files.map(({ name }) => `file ${printableName(name)}`),
  ];
  const first = `held ${number}  ${printableName(from.name)}${mark(from)}: ${printable(text.replaceAll('\n', '\n    '))}`;
  return [first, ...more.map((line) => `    ${line}`)].join('\n');
}

function describeMessage({ of, message }: ReportedMessage): string {
  if (!message) return `#${of}  The message is gone.`;
  return `#${of}  ${printableName(message.from.name)}: ${printable(message.text.replaceAll('\n', ' '))}`;
}

function describeReport({ user, reason }: ReportedMessage, mark: UserMark): string {
  const why = reason === undefined ? '' : `: ${printable(reason)}`;
  return `    by ${printableName(user.name)}${mark(user)}${why}`;
}
