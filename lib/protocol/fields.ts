import { isRecord } from '../util/json';
import {
  MAX_BAN_MS,
  MAX_SLOW_SECONDS,
  NAME_CHARACTERS,
  PAGE_ENTRIES,
  REACTION_CHARACTERS,
  ROOMS_PER_CONNECTION,
  TEXT_CHARACTERS,
  TITLE_CHARACTERS,
} from './limits';

const ROOM = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const ID = /^[A-Za-z0-9_-]{8,64}$/;
const USER = /^[\x21-\x7e]{1,128}$/;
const REF = /^[\x20-\x7e]{1,32}$/;
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cs}]/u;
const UNPRINTABLE_OR_LINE_BREAK = /[\p{Cc}\p{Cs}\u2028\u2029]/u;
// DI are the characters that Unicode ignores by default. The last two are drawn as blanks although they are symbols.
const VISIBLE = /[^\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{DI}\u2800\u{1d159}]/u;

// The seq above a cursor has to be a safe number, too: the database is asked for it.
export const HIGHEST_SEQ = 2 ** 53 - 2;

/** Says how one field is read: `undefined` means it is not what it must be. */
export interface Rule<T> {
  read(value: unknown): T | undefined;
  must: string;
}

export function matching(pattern: RegExp, must: string): Rule<string> {
  return { must, read: (value) => (isMatch(pattern, value) ? value : undefined) };
}

export function integer(lowest: number, highest: number, must: string): Rule<number> {
  return { must, read: (value) => (isInteger(value, lowest, highest) ? value : undefined) };
}

export function printable(most: number, refused: RegExp, must: string): Rule<string> {
  return { must, read: (value) => (isPrintable(value, most, refused) ? value : undefined) };
}

/** A text on one line. */
export function line(most: number): Rule<string> {
  return printable(
    most,
    UNPRINTABLE_OR_LINE_BREAK,
    `1 to ${most} characters on one line, at least one of them visible, without control characters`,
  );
}

function except(refused: string, { must, read }: Rule<string>): Rule<string> {
  return { must, read: (value) => (value === refused ? undefined : read(value)) };
}

const ROOM_MUST = '1 to 64 characters of a-z, 0-9, ".", "_" and "-", beginning with a letter or digit';
const TEXT_MUST = `1 to ${TEXT_CHARACTERS} characters, at least one of them visible, without control characters other than newline and tab, and without lone surrogates`;
const NAME_MUST = `1 to ${NAME_CHARACTERS} characters on one line, at least one of them visible, without control characters`;

// A browser reads none of its own frames: what is marked pure is left out of its bundle.
export const room = /* @__PURE__ */ matching(ROOM, ROOM_MUST);
export const id = /* @__PURE__ */ matching(ID, '8 to 64 characters of A-Z, a-z, 0-9, "_" and "-"');
export const ref = /* @__PURE__ */ matching(REF, '1 to 32 printable ASCII characters');
export const seq = /* @__PURE__ */ integer(0, HIGHEST_SEQ, 'a whole number, 0 or more');
export const target = /* @__PURE__ */ integer(
  1,
  HIGHEST_SEQ,
  'the seq of a message: a whole number, 1 or more',
);
export const time = /* @__PURE__ */ integer(0, HIGHEST_SEQ, 'a time in milliseconds since 1970');
export const limit = /* @__PURE__ */ integer(1, PAGE_ENTRIES, `a whole number from 1 to ${PAGE_ENTRIES}`);
export const text = /* @__PURE__ */ printable(TEXT_CHARACTERS, UNPRINTABLE, TEXT_MUST);
/** A part of a text: it need not have a visible character. */
export const part: Rule<string> = {
  must: `1 to ${TEXT_CHARACTERS} characters without control characters other than newline and tab, and without lone surrogates`,
  read: (value) =>
    isString(value) && value && isShort(value, TEXT_CHARACTERS) && !UNPRINTABLE.test(value)
      ? value
      : undefined,
};
export const offset = /* @__PURE__ */ integer(
  0,
  TEXT_CHARACTERS,
  `a whole number from 0 to ${TEXT_CHARACTERS}`,
);
export const user = /* @__PURE__ */ matching(USER, '1 to 128 printable ASCII characters without spaces');
export const from = /* @__PURE__ */ matching(USER, 'the "next" of the page before');
export const forMs = /* @__PURE__ */ integer(1_000, MAX_BAN_MS, `a whole number from 1000 to ${MAX_BAN_MS}`);

/** How long a mute lasts; 0 ends one. */
export const muteMs = /* @__PURE__ */ integer(0, MAX_BAN_MS, `a whole number from 0 to ${MAX_BAN_MS}`);
export const slow = /* @__PURE__ */ integer(
  0,
  MAX_SLOW_SECONDS,
  `a whole number of seconds from 0 to ${MAX_SLOW_SECONDS}`,
);
/** The title of a room; an empty one takes it away. */
export const title: Rule<string> = {
  must: `"", or 1 to ${TITLE_CHARACTERS} characters on one line, at least one of them visible, without control characters`,
  read: (value) =>
    value === '' || isPrintable(value, TITLE_CHARACTERS, UNPRINTABLE_OR_LINE_BREAK)
      ? (value as string)
      : undefined,
};

export const version = /* @__PURE__ */ integer(1, HIGHEST_SEQ, 'a whole number, 1 or more');

export const flag: Rule<boolean> = {
  must: 'true or false',
  read: (value) => (typeof value === 'boolean' ? value : undefined),
};

// The name of a reaction is a key of objects: this one would change an object's prototype in careless hands.
const REACTION_MUST = `1 to ${REACTION_CHARACTERS} characters on one line, at least one of them visible, without control characters, and not "__proto__"`;

export const reaction: Rule<string> = /* @__PURE__ */ except(
  '__proto__',
  /* @__PURE__ */ printable(REACTION_CHARACTERS, UNPRINTABLE_OR_LINE_BREAK, REACTION_MUST),
);

export const cursors: Rule<Record<string, number>> = {
  must: `an object from room to the last seq held there, at most ${ROOMS_PER_CONNECTION} rooms`,
  read(value) {
    if (!isRecord(value)) return undefined;
    const entries = Object.entries(value);
    if (entries.length > ROOMS_PER_CONNECTION) return undefined;
    const read: Record<string, number> = Object.create(null);
    for (const [key, cursor] of entries) {
      if (!isMatch(ROOM, key) || !isSeq(cursor)) return undefined;
      read[key] = cursor;
    }
    return read;
  },
};

/** Reads the name a guest asks for: trimmed, one line, or `undefined` if it breaks the rule in {@link NAME_RULE}. */
export function parseName(value: unknown): string | undefined {
  const name = isString(value) && value.trim();
  return isPrintable(name, NAME_CHARACTERS, UNPRINTABLE_OR_LINE_BREAK) ? name : undefined;
}

/** The rule of a name, as a sentence for the user. */
export const NAME_RULE = /* @__PURE__ */ sentence('A name', NAME_MUST);

/** Reads a room's name, or gives `undefined`. */
export function parseRoom(value: unknown): string | undefined {
  return isMatch(ROOM, value) ? value : undefined;
}

/** Reads the id of a message or a session, or gives `undefined`. */
export function parseId(value: unknown): string | undefined {
  return isMatch(ID, value) ? value : undefined;
}

/** Reads a seq, or gives `undefined`. */
export function parseSeq(value: unknown): number | undefined {
  return isSeq(value) ? value : undefined;
}

/** The ids of guests begin with this, and no other user's id does. */
export const GUEST_PREFIX = 'guest:';

/** Tells whether a user is a guest: a person without an identity provider. */
export function isGuest({ id }: { id: string }): boolean {
  return id.startsWith(GUEST_PREFIX);
}

/** Reads a user's id, or gives `undefined`. */
export function parseUserId(value: unknown): string | undefined {
  return isMatch(USER, value) ? value : undefined;
}

/** The rule a room's name must keep. */
export const ROOM_RULE = /* @__PURE__ */ sentence('A room', ROOM_MUST);

/** Reads a message's text, or gives `undefined`. */
export function parseText(value: unknown): string | undefined {
  return isPrintable(value, TEXT_CHARACTERS, UNPRINTABLE) ? value : undefined;
}

/** Tells why a text cannot be sent, or gives `undefined` when it can. */
export function problemWithText(value: string): string | undefined {
  return parseText(value) === undefined ? sentence('A message', TEXT_MUST) : undefined;
}

function sentence(what: string, must: string): string {
  return `${what} must be ${must}.`;
}

function isPrintable(value: unknown, most: number, refused: RegExp): value is string {
  return isString(value) && isShort(value, most) && VISIBLE.test(value) && !refused.test(value);
}

function isShort(value: string, most: number): boolean {
  // A character takes one or two of these units: of more than twice as many none needs to be counted.
  return value.length <= most || [...value.slice(0, 2 * most + 1)].length <= most;
}

function isMatch(pattern: RegExp, value: unknown): value is string {
  return isString(value) && pattern.test(value);
}

function isInteger(value: unknown, lowest: number, highest: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= lowest && (value as number) <= highest;
}

export function isSeq(value: unknown): value is number {
  return isInteger(value, 0, HIGHEST_SEQ);
}

export function isString(value: unknown): value is string {
  return typeof value === 'string';
}
