import { isRecord, parseJson } from '../util/json';
import { LIMITS } from '.';
import { byteLength } from './byteLength';

type Read =
  | { ok: true; value: Record<string, unknown> }
  | { ok: false; code: 'tooLarge' | 'badFrame'; reason: string };

const BYTE_ORDER_MARK = '\ufeff';

/** Parses a foreign JSON object. Checks its size and structure before it parses. Never throws. */
export function readObject(text: string, what: 'frame' | 'body'): Read {
  if (!isWithin(text, LIMITS.clientFrameBytes))
    return {
      ok: false,
      code: 'tooLarge',
      reason: `The ${what} must be at most ${LIMITS.clientFrameBytes} bytes.`,
    };
  if (text.startsWith(BYTE_ORDER_MARK))
    return { ok: false, code: 'badFrame', reason: `The ${what} must begin without a byte order mark.` };
  const problem = problemWithShape(text);
  if (problem !== undefined) return { ok: false, code: 'badFrame', reason: problem };
  const value = parseJson(text);
  if (!isRecord(value))
    return { ok: false, code: 'badFrame', reason: `The ${what} must be one JSON object.` };
  return { ok: true, value };
}

/**
 * Returns what is wrong with the structure of a JSON text, or `undefined`. It finds too deep a nesting, too many keys,
 * and a repeated key, of which API Gateway might read the other value. The value of `data` has limits of its own. It
 * scans the text once and does not check whether it is JSON.
 */
export function problemWithShape(json: string): string | undefined {
  /** The keys so far of what is open at each depth. */
  const keysAt: (Set<string> | undefined)[] = [];
  let depth = 0;
  const keys = { frame: 0, data: 0 };
  let isData = false;
  let last = '';
  for (let i = 0; i < json.length; i++) {
    switch (json[i]) {
      case '"': {
        const end = endOfString(json, i);
        last = json.slice(i, end);
        i = end - 1;
        break;
      }
      case '{':
      case '[':
        depth++;
        if (isData && depth > 1 + LIMITS.dataDepth)
          return `"data" must be nested at most ${LIMITS.dataDepth} deep.`;
        if (!isData && depth > LIMITS.frameDepth)
          return `Objects and lists must be nested at most ${LIMITS.frameDepth} deep.`;
        keysAt[depth] = undefined;
        break;
      case '}':
      case ']':
        if (depth > 0) depth--;
        break;
      case ',':
        if (depth === 1) isData = false;
        last = '';
        break;
      case ':': {
        if (last === '') break;
        const key = unescaped(last);
        last = '';
        if (depth === 1) isData = key === 'data';
        if (isData && depth > 1) {
          if (++keys.data > LIMITS.dataKeys) return `"data" must have at most ${LIMITS.dataKeys} keys.`;
        } else if (++keys.frame > LIMITS.frameKeys) return `There must be at most ${LIMITS.frameKeys} keys.`;
        const known = keysAt[depth] ?? new Set();
        if (known.has(key)) return `${JSON.stringify(key.slice(0, 32))} must stand there once.`;
        keysAt[depth] = known.add(key);
      }
    }
  }
  return undefined;
}

/** The place after the string that begins at `start`; the end of the text if it is never closed. */
function endOfString(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); quote !== -1; quote = json.indexOf('"', quote + 1))
    if (!isEscaped(json, quote)) return quote + 1;
  return json.length;
}

function isEscaped(json: string, place: number): boolean {
  let first = place;
  while (json[first - 1] === '\\') first--;
  return (place - first) % 2 === 1;
}

/** The same key may be written with escapes and without. */
function unescaped(literal: string): string {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  const key = parseJson(literal);
  return typeof key === 'string' ? key : literal;
}

/** A UTF-16 unit takes one to three bytes: mostly the length alone tells. */
function isWithin(text: string, mostBytes: number): boolean {
  if (text.length > mostBytes) return false;
  return 3 * text.length <= mostBytes || byteLength(text) <= mostBytes;
}
