/** Whether a text may hold markup: any other one needs no parser. */
export function mayHaveMarkup(text: string): boolean {
  return /[*_~`>\\]|^ {0,3}(?:[-+]|\d{1,9}[.)])(?:\s|$)/mu.test(text);
}
