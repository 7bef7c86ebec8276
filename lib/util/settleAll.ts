/**
 * Waits for every promise to end, then gives their values or throws the first failure. `Promise.all` would
 * return early and leave the rest running, and work that outlives its invocation is lost on Lambda.
 */
export async function settleAll<T extends readonly unknown[]>(
  ...promises: {
    [K in keyof T]: Promise<T[K]>;
  }
): Promise<T> {
  await Promise.allSettled(promises);
  return (await Promise.all(promises)) as unknown as T;
}
