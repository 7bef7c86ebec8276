/** Asks for each item before the one before it is done with: the first at once, and never more than one ahead. */
export function prefetch<T>(items: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = items[Symbol.asyncIterator]();
  const ask = (): Promise<IteratorResult<T>> => {
    const asked = iterator.next();
    // Whoever iterates hears of a failure; if nobody does, nobody needs to.
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
