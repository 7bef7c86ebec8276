/** A promise, and the way to settle it. */
export interface Later<T> {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

/** Makes a promise whose failure is told elsewhere as well: an app that does not look at it must not crash. */
export function later<T>(): Later<T> {
  const made = {} as Later<T>;
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  made.promise.catch(() => {});
  return made;
}
