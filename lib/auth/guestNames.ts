/** Scripts whose letters look like each other's. */
const SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];
const WORD = /[\p{L}\p{M}]+/gu;

/** Tells whether a word of a name mixes scripts that look alike: with a Cyrillic А, "Ann" is another name. */
export function mixesScripts(name: string): boolean {
  const words = name.match(WORD) ?? [];
  return words.some((word) => SCRIPTS.filter((script) => script.test(word)).length > 1);
}
