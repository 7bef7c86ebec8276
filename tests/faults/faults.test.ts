import { problemsWith } from '../threatModel/check';
import { readProject } from '../threatModel/project';
import { FAULTS } from './table';

it('every fault has tests, which exist', () => {
  expect(problemsWith(FAULTS, readProject)).toEqual([]);
});

it('no row of the reviews is left out', () => {
  const rows = (letter: string, from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => `${letter}${from + i}`);
  const all = [...rows('C', 1, 17), ...rows('P', 1, 16), ...rows('S', 1, 9), ...rows('A', 1, 9)];

  expect(FAULTS.map(({ id }) => id)).toEqual(expect.arrayContaining([...all, ...rows('N', 5, 8), 'N13']));
});
