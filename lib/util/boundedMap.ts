/** Sets a value, and forgets those that were set longest ago where there are more than `most`. */
export function setBounded<T>(values: Map<string, T>, key: string, value: T, maxEntries: number): void {
  values.delete(key);
  values.set(key, value);
  for (const oldest of values.keys()) {
    if (values.size <= maxEntries) return;
    values.delete(oldest);
  }
}
