/** Gives the first item, or `undefined` when there is none, and ends the iteration. */
export async function firstOf<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}

/** Gives one item. */
export async function* only<T>(item: T): AsyncIterable<T> {
  yield item;
}
