/** Asks for the first item at once, before anybody iterates. */
export function early<T>(items: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = items[Symbol.asyncIterator]();
  const first = iterator.next();
  // Whoever iterates hears of a failure; if nobody does, nobody needs to.
  first.catch(() => {});
  return {
    async *[Symbol.asyncIterator]() {
      for (let item = await first; !item.done; item = await iterator.next()) yield item.value;
    },
  };
}
