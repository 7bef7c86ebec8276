import type { Room } from '../../client/index';
import { problemWithText } from '../../lib/protocol';
import { CommandError, EXIT, type ExitCode } from '../commandLine/exitCodes';
import { withoutEscapes } from '../terminal/terminalText';
import { reasonOf } from './connect';

/** At most this many sends wait for their acknowledgement at once. */
const MAX_UNDER_WAY = 100;

/**
 * Sends each line as a message, and ends when all of them are acknowledged. A line that is `undefined` could not be
 * decoded. Takes ANSI escape sequences out of the lines, and complains once when there are some.
 * @throws CommandError when no send is decided for `patienceMs`.
 */
export async function sendLines(
  room: Room,
  lines: AsyncIterable<string | undefined>,
  patienceMs: number,
  complain: (line: string) => void,
): Promise<ExitCode> {
  const underWay = new Set<Promise<void>>();
  let number = 0;
  let unsent = 0;
  const failed = (line: number, reason: string) => {
    unsent += 1;
    complain(`Line ${line} was not sent. ${reason}`);
  };
  const step = () => nextDecided(underWay, patienceMs);
  let hasEscapes = false;

  for await (const given of lines) {
    number += 1;
    if (given === undefined) {
      failed(number, 'It is not UTF-8.');
      continue;
    }
    const text = withoutEscapes(given);
    if (text !== given && !hasEscapes)
      complain('Escape sequences, such as colours, are taken out of the lines.');
    hasEscapes ||= text !== given;
    if (text.trim() === '') continue;
    const problem = problemWithText(text);
    if (problem !== undefined) {
      failed(number, problem);
      continue;
    }
    const line = number;
    const sent = room.send(text).then(
      () => {},
      (error: unknown) => failed(line, reasonOf(error)),
    );
    const done = sent.finally(() => underWay.delete(done));
    underWay.add(done);
    while (underWay.size >= MAX_UNDER_WAY) await step();
  }
  while (underWay.size > 0) await step();
  return unsent === 0 ? EXIT.ok : EXIT.failed;
}

/** Waits until one of the sends is decided. */
async function nextDecided(underWay: ReadonlySet<Promise<void>>, patienceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    const line = `The server did not acknowledge anything for ${patienceMs / 1000} s. Of the messages, ${underWay.size} may not have been sent.`;
    timer = setTimeout(() => reject(new CommandError(EXIT.unreachable, line)), patienceMs);
  });
  try {
    await Promise.race([...underWay, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
