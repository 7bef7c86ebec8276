import { isRecord } from '../util/json';
import { byteLength } from './byteLength';
import type { Data } from './entries';
import { line, matching, parseUserId, type Rule, target } from './fields';
import {
  DATA_BYTES,
  DATA_DEPTH,
  DATA_KEYS,
  FILES,
  MENTIONS,
  REASON_CHARACTERS,
  SIGNAL_DATA_BYTES,
} from './limits';

const KIND = /^[a-z0-9.-]{1,32}$/;
const OPERATORS_KIND = /^sys\./;

/** 128 random bits in base64url. */
const FILE_ID = /^[A-Za-z0-9_-]{22}$/;

const KIND_MUST = '1 to 32 characters of a-z, 0-9, "." and "-"';

/** A kind that an operator may give. */
export const operatorKind: Rule<string> = {
  must: KIND_MUST,
  read: (value) => (typeof value === 'string' && KIND.test(value) ? value : undefined),
};

/** A kind that a user may give: those that begin with `sys.` are the operator's. */
export const kind: Rule<string> = {
  must: `${KIND_MUST}, and must not begin with "sys."`,
  read(value) {
    const read = operatorKind.read(value);
    return read === undefined || OPERATORS_KIND.test(read) ? undefined : read;
  },
};

/** What an app calls a signal. */
export const signalName: Rule<string> = operatorKind;

/** The key of a held message: a time and two hashes. */
export const held: Rule<string> = matching(/^\d{16}#[\w-]{43}#[\w-]{43}$/, 'the "held" of a held message');

/** What a moderator makes of a held message. */
export const verdict: Rule<'allow' | 'deny'> = {
  must: '"allow" or "deny"',
  read: (value) => (value === 'allow' || value === 'deny' ? value : undefined),
};

/** Why words were refused, as their author is told, or why a user reports a message. */
export const reason: Rule<string> = line(REASON_CHARACTERS);

export const replyTo = target;

export const mentions: Rule<readonly string[]> = {
  must: `a list of 1 to ${MENTIONS} different user ids`,
  read(value) {
    if (!Array.isArray(value) || value.length === 0 || value.length > MENTIONS) return undefined;
    const ids = new Set(value.flatMap((id) => parseUserId(id) ?? []));
    return ids.size === value.length ? [...ids] : undefined;
  },
};

export const files: Rule<readonly string[]> = {
  must: `a list of 1 to ${FILES} different ids of uploaded files`,
  read(value) {
    if (!Array.isArray(value) || value.length === 0 || value.length > FILES) return undefined;
    const ids = new Set(value.flatMap((id) => parseFileId(id) ?? []));
    return ids.size === value.length ? [...ids] : undefined;
  },
};

/** Reads the id of a file, or gives `undefined`. */
export function parseFileId(value: unknown): string | undefined {
  return typeof value === 'string' && FILE_ID.test(value) ? value : undefined;
}

export const data: Rule<Data> = dataOf(DATA_BYTES);

export const signalData: Rule<Data> = dataOf(SIGNAL_DATA_BYTES);

function dataOf(maxBytes: number): Rule<Data> {
  return {
    must: `a JSON object of at most ${maxBytes} bytes, ${DATA_DEPTH} deep and with ${DATA_KEYS} keys`,
    read: (value) => (isData(value, maxBytes) ? value : undefined),
  };
}

// A back end's event does not come through the scanner of frames, so the structure is checked here.
function isData(value: unknown, maxBytes: number): value is Data {
  let keys = 0;
  const fits = (inner: unknown, depth: number): boolean => {
    // JSON has no such number: it would be kept as null.
    if (typeof inner === 'number') return Number.isFinite(inner);
    if (typeof inner !== 'object' || inner === null) return true;
    if (!Array.isArray(inner)) keys += Object.keys(inner).length;
    return (
      depth <= DATA_DEPTH && keys <= DATA_KEYS && Object.values(inner).every((each) => fits(each, depth + 1))
    );
  };
  return isRecord(value) && fits(value, 1) && byteLength(JSON.stringify(value)) <= maxBytes;
}
