/** A figure over several rounds. */
export interface Figure {
  median: number;
  min: number;
  max: number;
}

/**
 * Measures each candidate once a round, in turns, so that a slow machine slows all of them. Every
 * other round goes backwards.
 */
export async function interleave<K extends string, T>(
  rounds: number,
  things: Record<K, () => Promise<T>>,
): Promise<Record<K, T[]>> {
  const names = Object.keys(things) as K[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<K, T[]>;
  for (let round = 0; round < rounds; round++)
    for (const name of round % 2 === 0 ? names : names.toReversed()) samples[name].push(await things[name]());
  return samples;
}

export function figure(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)] ?? 0, sorted[middle] ?? 0];
  return { median: (low + high) / 2, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}

/** The ratio of two figures round by round, which removes noise that a round shares. */
export function ratio(over: readonly number[], under: readonly number[]): Figure {
  return figure(over.map((value, i) => value / (under[i] ?? Number.NaN)));
}
