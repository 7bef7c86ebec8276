import type { Threat } from './table';

/** Reads a file of the project, or gives `undefined` when there is none. */
export type ReadFile = (file: string) => string | undefined;

/** Tells what the table promises and the project does not hold. */
export function problemsWith(threats: readonly Pick<Threat, 'id' | 'tests'>[], read: ReadFile): string[] {
  const ids = threats.map(({ id }) => id);
  return [
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${id} stands twice`),
    ...threats.filter(({ tests }) => tests.length === 0).map(({ id }) => `${id} has no test`),
    ...threats.flatMap(({ id, tests }) =>
      tests
        .filter(([file, title]) => !holds(read(file) ?? '', title))
        .map(([file, title]) => `${id}: ${file} has no test "${title}"`),
    ),
  ];
}

/** Tells whether a title stands in a file as a whole string; a skipped test does not count. */
function holds(source: string, title: string): boolean {
  return ["'", '"', '`'].some((quote) => {
    const at = source.indexOf(`${quote}${title}${quote}`);
    return at >= 0 && !/\b(?:skip|todo|xit|xtest)\b[^\n]*$/.test(source.slice(0, at));
  });
}
