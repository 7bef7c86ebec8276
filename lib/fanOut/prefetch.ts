/** Requests each item before the previous one is used: the first at once, and never more than one ahead. */
export function prefetch<T>(items: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = items[Symbol.asyncIterator]();
  const ask = (): Promise<IteratorResult<T>> => {
    const asked = iterator.next();
    // The reader gets a failure. Without a reader the failure does not matter.
    asked.catch(() => {});
    return asked;
  };
  let next = ask();
  return {
    async *[Symbol.asyncIterator]() {
      for (let item = await next; !item.done; item = await next) {
        next = ask();
        yield item.value;
      }
    },
  };
}
