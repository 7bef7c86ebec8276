import { CommandError, EXIT } from '../commandLine/exitCodes';

/** Runs something that tells its progress. @throws CommandError when it tells none for `patienceMs`, and ends it. */
export async function withStallTimeout<T>(
  patienceMs: number,
  run: (progressed: () => void, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stopped = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let progressed = () => {};
  const tooLong = new Promise<never>((_, reject) => {
    const error = new CommandError(
      EXIT.unreachable,
      `The server took and gave nothing for ${patienceMs / 1000} s.`,
    );
    progressed = () => {
      clearTimeout(timer);
      timer = setTimeout(() => reject(error), patienceMs);
    };
  });
  progressed();
  try {
    return await Promise.race([run(progressed, stopped.signal), tooLong]);
  } finally {
    clearTimeout(timer);
    stopped.abort();
  }
}
