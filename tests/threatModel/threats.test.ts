import { problemsWith } from './check';
import { readProject } from './project';
import { THREATS, type Threat } from './table';

it('every threat has its tests, and they exist', () => {
  expect(THREATS.map(({ id }) => id)).toEqual(Array.from({ length: 36 }, (_, i) => `T${i + 1}`));
  expect(problemsWith(THREATS, readProject)).toEqual([]);
});

const one: Threat = { id: 'T1', threat: 'x', defence: 'x', tests: [['a.test.ts', 'holds']] };

it.each<[string, Threat[], string, string[]]>([
  ['a threat without a test', [{ ...one, tests: [] }], '', ['T1 has no test']],
  ['a test that is not there', [one], "it('held', () => {})", ['T1: a.test.ts has no test "holds"']],
  ['a part of a title', [one], "it('it holds', () => {})", ['T1: a.test.ts has no test "holds"']],
  ['a test that is skipped', [one], "it.skip('holds', () => {})", ['T1: a.test.ts has no test "holds"']],
  ['a threat twice', [one, one], "it('holds', () => {})", ['T1 stands twice']],
  ['nothing', [one], "it('holds', () => {})", []],
])('sees %s', (_name, threats, source, expected) => {
  expect(problemsWith(threats, () => source)).toEqual(expected);
});
