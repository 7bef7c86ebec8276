import { readFileSync } from 'node:fs';
import { seeded } from '../simulation/random';
import { AREAS, type Area } from './areas';
import { describeMutation, type Mutation, mutationsOf } from './mutations';
import { NAMED } from './named';

/** A mistake that is to be planted. */
export interface Mutant {
  area: Area;
  mutation: Mutation;
  line: number;
  text: string;
  change: string;
}

export interface PlanOptions {
  seed: number;
  /** How many mistakes to plant; every possible one if there are fewer. */
  count: number;
  /** Part of an area's or a file's name. */
  only?: string | undefined;
}

/** Draws mistakes by seed, as many from each area as from the next; those with a name come first. */
export function planMutants({ seed, count, only = '' }: PlanOptions): Mutant[] {
  const random = seeded(seed);
  const isWanted = ({ area, mutation }: Mutant): boolean =>
    area.name.includes(only) || mutation.file.includes(only);
  const drawn = AREAS.map((area) =>
    shuffled(
      area.files.flatMap((file) => mutationsOf(file, readFileSync(file, 'utf8'))),
      random,
    )
      .map((mutation) => toMutant(area, mutation))
      .filter(isWanted),
  );
  const planned = NAMED.map(toNamedMutant).filter(isWanted);
  while (planned.length < count && drawn.some((left) => left.length > 0))
    for (const left of drawn) planned.push(...left.splice(0, 1));
  return planned.slice(0, count);
}

function toNamedMutant({ file, find, replace }: (typeof NAMED)[number]): Mutant {
  const area = AREAS.find(({ files }) => files.includes(file));
  const [start, another] = placesOf(readFileSync(file, 'utf8'), find);
  if (!area || start === undefined || another !== undefined)
    throw new Error(`${file} must have one place that reads "${find}", and an area.`);
  return toMutant(area, { file, start, end: start + find.length, replacement: replace });
}

function placesOf(source: string, find: string): number[] {
  const at = source.indexOf(find);
  return at < 0 ? [] : [at, ...placesOf(source.slice(at + 1), find)];
}

function toMutant(area: Area, mutation: Mutation): Mutant {
  return { area, mutation, ...describeMutation(readFileSync(mutation.file, 'utf8'), mutation) };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
