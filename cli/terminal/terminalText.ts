const SUBDIVISION_FLAG = String.raw`\u{1f3f4}\u{e0067}\u{e0062}(?:\u{e0065}\u{e006e}\u{e0067}|\u{e0073}\u{e0063}\u{e0074}|\u{e0077}\u{e006c}\u{e0073})\u{e007f}`;
const EMOJI_ELEMENT = String.raw`(?:${SUBDIVISION_FLAG}|\p{RI}\p{RI}|[#*0-9]\ufe0f\u20e3|(?![#*0-9])\p{Emoji}(?:\p{EMod}|\ufe0f)?)`;

/**
 * Joiners and variation selectors where a script or an emoji needs them. The grammar of emoji is that of UTS 51 §1.4.9
 * with the three flags of tags that exist: others would hide a text. `\p{RGI_Emoji}` is 60 times as slow where V8
 * leaves large expressions unoptimized.
 */
const NEEDED = [
  String.raw`${EMOJI_ELEMENT}(?:\u200d${EMOJI_ELEMENT}){0,9}`,
  String.raw`(?<=\p{Emoji})\ufe0e`,
  String.raw`(?<=\p{sc=Han})[\u{e0100}-\u{e01ef}]`,
  String.raw`(?<=\p{sc=Mong})[\u180b-\u180f]`,
  String.raw`(?<=[${['Arab', 'Syrc', 'Nkoo', 'Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml', 'Telu', 'Knda', 'Mlym', 'Sinh', 'Khmr', 'Mymr', 'Tibt', 'Mong'].map((script) => String.raw`\p{sc=${script}}`).join('')}])[\u200c\u200d]`,
].join('|');

/** Characters that command a terminal, break or reorder a line, or show nothing. A few format characters do show. */
const UNSAFE = String.raw`[[\p{Cc}\p{Cs}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]--[\t\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]]`;

// A constructor, because the compiler's target has no literals with this flag yet.
const PATTERN = new RegExp(`(${NEEDED})|${UNSAFE}`, 'gv');

/** Writes out each control, bidirectional and invisible character of a foreign text, for one line of a terminal. */
export function printable(text: string): string {
  return text.replace(PATTERN, (match, needed?: string) => needed ?? spelledOut(match));
}

/** Like {@link printable}, for a user's name. It keeps no square brackets: those are around roles. */
export function printableName(name: string): string {
  return printable(name).replaceAll('[', '(').replaceAll(']', ')');
}

/** Like {@link printable}, for a text whose line breaks are meant. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** Gives a value as one line of JSON; what a terminal must not receive is escaped. */
export function jsonLine(value: unknown, indent?: number): string {
  return (JSON.stringify(value, undefined, indent) ?? 'null')
    .split('\n')
    .map((line) => line.replace(PATTERN, (match, needed?: string) => needed ?? jsonEscapes(match)))
    .join('\n');
}

// ECMA-48: control strings, control sequences, and escapes of two characters. No part can run past the next escape, so
// the time is linear; that of node:util's pattern is not on Node 24.
const ESCAPES = new RegExp(
  [
    String.raw`\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)`,
    String.raw`(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]`,
    String.raw`\x1b[ -/]*[0-~]`,
  ].join('|'),
  'g',
);

/** Takes ANSI escape sequences out, such as the colours of a build log. */
export function withoutEscapes(text: string): string {
  return text.replace(ESCAPES, '');
}

/** Writes a line to standard error. */
export function complain(line: string): void {
  process.stderr.write(`${printableLines(line)}\n`);
}

function spelledOut(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  const hex = code.toString(16).padStart(4, '0');
  return code > 0xffff ? `\\u{${hex}}` : `\\u${hex}`;
}

function jsonEscapes(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}
