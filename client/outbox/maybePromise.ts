import type { MaybePromise } from '../platform/platform';

/** Goes on with a value once it is there: at once when it is no promise. What `run` throws is a failure too. */
export function when<T>(
  run: () => MaybePromise<T>,
  then: (value: T) => void,
  fail: (error: unknown) => void,
): void {
  let value: MaybePromise<T>;
  try {
    value = run();
  } catch (error) {
    fail(error);
    return;
  }
  if (isPromise(value)) value.then(then, fail);
  else then(value);
}

function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
