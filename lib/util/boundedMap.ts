/** Sets a value, and forgets those that were set longest ago where there are more than `most`. */
export function keepNewest<T>(values: Map<string, T>, key: string, value: T, most: number): void {
  values.delete(key);
  values.set(key, value);
  for (const oldest of values.keys()) {
    if (values.size <= most) return;
    values.delete(oldest);
  }
}
