import { problemsWith } from '../threatModel/check';
import { readProject } from '../threatModel/project';
import { FAULTS } from './table';

it('every test that a fault names exists', () => {
  const tested = FAULTS.filter(({ tests }) => tests.length > 0);

  expect(problemsWith(tested, readProject)).toEqual([]);
});
