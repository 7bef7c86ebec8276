import type { Room } from '../../client/index';
import { problemWithText } from '../../lib/protocol';
import { Ending, EXIT, type ExitCode, reasonOf } from '../exit';

/** More than this many sends are not under way at once. */
const UNDER_WAY = 100;

/**
 * Sends each line as a message and ends when all of them are acknowledged. Throws an {@link Ending} when nothing
 * moves for too long.
 */
export async function sendLines(
  room: Room,
  lines: AsyncIterable<string>,
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
  const step = () => moved(underWay, patienceMs);

  for await (const text of lines) {
    number += 1;
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
    while (underWay.size >= UNDER_WAY) await step();
  }
  while (underWay.size > 0) await step();
  return unsent === 0 ? EXIT.fine : EXIT.unsent;
}

/** Waits until one of the sends is decided. */
async function moved(underWay: ReadonlySet<Promise<void>>, patienceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    const line = `The server did not acknowledge anything for ${patienceMs / 1000} s. Of the messages, ${underWay.size} may not have been sent.`;
    timer = setTimeout(() => reject(new Ending(EXIT.unreachable, line)), patienceMs);
  });
  try {
    await Promise.race([...underWay, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
