/** A promise, and the way to settle it. */
export interface Later<T> {
  promise: Promise<T>;
  fulfil(value: T): void;
  fail(error: Error): void;
}

/** Makes a promise whose failure is told elsewhere as well: an app that does not look at it must not crash. */
export function later<T>(): Later<T> {
  const made = {} as Later<T>;
  made.promise = new Promise((fulfil, fail) => Object.assign(made, { fulfil, fail }));
  made.promise.catch(() => {});
  return made;
}
