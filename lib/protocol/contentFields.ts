import { isRecord } from '../util/json';
import { byteLength } from './byteLength';
import { parseUserId, type Rule, target } from './fields';
import type { Data } from './frames';
import { DATA_BYTES, DATA_DEPTH, DATA_KEYS, MENTIONS } from './limits';

const KIND = /^[a-z0-9.-]{1,32}$/;
const OPERATORS_KIND = /^sys\./;

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

export const replyTo = target;

export const mentions: Rule<readonly string[]> = {
  must: `a list of 1 to ${MENTIONS} different user ids`,
  read(value) {
    if (!Array.isArray(value) || value.length === 0 || value.length > MENTIONS) return undefined;
    const ids = new Set(value.flatMap((id) => parseUserId(id) ?? []));
    return ids.size === value.length ? [...ids] : undefined;
  },
};

export const data: Rule<Data> = {
  must: `a JSON object of at most ${DATA_BYTES} bytes, ${DATA_DEPTH} deep and with ${DATA_KEYS} keys`,
  read: (value) => (isData(value) ? value : undefined),
};

// A back end's event does not come through the scanner of frames, so the structure is checked here.
function isData(value: unknown): value is Data {
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
  return isRecord(value) && fits(value, 1) && byteLength(JSON.stringify(value)) <= DATA_BYTES;
}
