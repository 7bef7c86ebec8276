import { useState } from 'react';
import { ChatError } from '../../client';

/** What a user reads of a failed request. */
export function problemOf(error: unknown): string {
  return error instanceof ChatError ? error.message : 'Try again.';
}

/** A request of a dialog, one at a time: whether it runs, and why the last one failed. */
export function useRequest() {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const run = (request: Promise<unknown>, onDone: () => void) => {
    setBusy(true);
    setProblem(undefined);
    request.then(onDone, (error: unknown) => {
      setProblem(problemOf(error));
      setBusy(false);
    });
  };
  return { isBusy, problem, setProblem, run };
}
