import { isRecord } from '../util/json';
import { integer, matching, printable, type Rule } from './fields';
import { FILE_BYTES, FILE_NAME_CHARACTERS, TILE_BYTES } from './limits';
import { readFields } from './readFields';

/** What separates folders, hides a file, or makes the end of its name look like another. */
const UNFIT_FOR_FILE_NAMES = /^\.|[/\\\p{Cc}\p{Cs}\u2028\u2029\p{Bidi_Control}]/u;
const FILE_TYPE = /^[a-z0-9][a-z0-9.+-]{0,31}\/[a-z0-9][a-z0-9.+-]{0,79}$/;
const SHA256 = /^[A-Za-z0-9+/]{43}=$/;

const fileBytes = integer(1, FILE_BYTES, `a whole number from 1 to ${FILE_BYTES}`);
const fileType = matching(FILE_TYPE, 'a media type such as image/png, in lower case');
const sha256 = matching(SHA256, 'the SHA-256 of the file in base64');
const fileName = printable(
  FILE_NAME_CHARACTERS,
  UNFIT_FOR_FILE_NAMES,
  `1 to ${FILE_NAME_CHARACTERS} characters on one line, at least one of them visible, without "/", "\\", control characters and characters that change the direction of writing, and must not begin with "."`,
);

/** A smaller copy of a picture, in a format that every browser shows and that runs nothing. */
export interface Tile {
  type: string;
  bytes: number;
  sha256: string;
}

const TILE_TYPE = /^image\/(?:jpeg|png|webp)$/;

const tile: Rule<Tile> = {
  must: `an object with a type of image/jpeg, image/png or image/webp, 1 to ${TILE_BYTES} bytes, and their sha256`,
  read(value) {
    if (!isRecord(value)) return undefined;
    const rules = {
      type: matching(TILE_TYPE, ''),
      bytes: integer(1, TILE_BYTES, ''),
      sha256,
    };
    const read = readFields(value, rules, {});
    return read.ok ? read.fields : undefined;
  },
};

/** Reads what a client asks for before it uploads a file. Never throws. */
export function parseUpload(value: Record<string, unknown>) {
  return readFields(value, { name: fileName, type: fileType, bytes: fileBytes, sha256 }, { tile });
}
