import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { AREAS } from './areas';
import { mutate } from './mutations';
import { planMutants } from './plan';
import { ACCEPTED } from './survivors';

const listed = AREAS.flatMap(({ files }) => files);
/** Folders that no file may be added to without tests that see its mistakes. */
const FOLDERS = [
  'lib/log',
  'lib/delivery',
  'lib/moderation',
  'lib/review',
  'lib/connections',
  'lib/rateLimiting',
  'lib/fanOut',
];

it('every file of the core has an area, and every file of an area exists', () => {
  const files = FOLDERS.flatMap((folder) => readdirSync(folder).map((file) => `${folder}/${file}`));

  expect(files.filter((file) => !listed.includes(file))).toEqual([]);
  expect(listed.filter((file) => !existsSync(file))).toEqual([]);
});

it('every accepted survivor is a line that stands in its file', () => {
  const missing = ACCEPTED.filter(({ file, text }) => !readFileSync(file, 'utf8').includes(text));

  expect(missing).toEqual([]);
});

it('draws the same mistakes for the same seed, from every area, and each changes its file', () => {
  const mutants = planMutants({ seed: 7, count: 90 });

  expect(planMutants({ seed: 7, count: 90 })).toEqual(mutants);
  expect(new Set(mutants.map(({ area }) => area.name))).toEqual(new Set(AREAS.map(({ name }) => name)));
  for (const { mutation } of mutants) {
    const source = readFileSync(mutation.file, 'utf8');
    expect(mutate(source, mutation)).not.toBe(source);
  }
});
