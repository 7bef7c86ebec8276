import type { User } from '../../lib/protocol';
import { printableLines, printableName } from './terminalText';

/** How lines look: with colours on a terminal that has them, plain elsewhere. Every text is made printable. */
export interface Style {
  faint(text: string): string;
  alarm(text: string): string;
  /** A user's name, in the colour of that user. */
  name(user: User): string;
}

const ESCAPE = '\u001b[';
/** Readable on dark and on light ground, of the 256 colours. */
const NAME_COLOURS = [166, 133, 34, 68, 136, 37, 168, 100, 98, 32, 72, 173];

export function createStyle(isColoured: boolean): Style {
  const paint = (code: string) => (text: string) =>
    isColoured ? `${ESCAPE}${code}m${printableLines(text)}${ESCAPE}0m` : printableLines(text);
  return {
    faint: paint('2'),
    alarm: paint('31'),
    name: ({ id, name }) => paint(`1;38;5;${colourOf(id)}`)(printableName(name)),
  };
}

function colourOf(id: string): number {
  const sum = [...id].reduce((hash, character) => (hash * 31 + character.charCodeAt(0)) >>> 0, 7);
  return NAME_COLOURS[sum % NAME_COLOURS.length] ?? 7;
}
