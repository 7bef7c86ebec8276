import { ChatError } from '../client';

/** How the program ends; `--help` says what each means. */
export const EXIT = { fine: 0, unsent: 1, usage: 2, unreachable: 3, refused: 4 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the program with one line that says why. */
export class Ending extends Error {
  constructor(
    readonly code: ExitCode,
    line: string,
  ) {
    super(line);
  }
}

/** Why something failed, for the person who asked for it. */
export function reasonOf(error: unknown): string {
  if (error instanceof ChatError && error.code === 'outcomeUnknown')
    return 'It may or may not be in the room: the history that would tell is gone.';
  return error instanceof Error ? error.message : String(error);
}
