import type { Room } from '../../client/index';
import { type HeldItem, listQueue, type ReportedMessage } from '../../client/reports';
import { printable, printableName } from '../terminal/terminalText';
import { readAll } from './moderation';
import type { UserMark } from './userMark';

/** Describes the reported messages of a room: a line for each, and one below it for each report. */
export async function describeQueue(room: Room, mark: UserMark): Promise<string> {
  const { items: waiting, next } = await readAll<HeldItem | ReportedMessage>((from) => listQueue(room, from));
  const items = waiting.filter((item) => item.kind === 'report');
  const lines = items.flatMap((report, i) => {
    const isFirst = items[i - 1]?.of !== report.of;
    return [...(isFirst ? [describeMessage(report)] : []), describeReport(report, mark)];
  });
  if (next !== undefined) lines.push('and more');
  return lines.join('\n') || 'No message of this room is reported.';
}

function describeMessage({ of, message }: ReportedMessage): string {
  if (!message) return `#${of}  The message is gone.`;
  return `#${of}  ${printableName(message.from.name)}: ${printable(message.text.replaceAll('\n', ' '))}`;
}

function describeReport({ user, reason }: ReportedMessage, mark: UserMark): string {
  const why = reason === undefined ? '' : `: ${printable(reason)}`;
  return `    by ${printableName(user.name)}${mark(user)}${why}`;
}
