import { type ErrorFrame, NAME_RULE, type Publication, parseName, type User } from '../protocol';
import { parsePublication } from '../protocol/parsePublication';

const AUTHOR = /^[\x21-\x7e]{1,128}$/;

/** Reads what the `publish` function is invoked with: a publication, its room, and in whose name. Never throws. */
export function parsePublishCommand(
  value: unknown,
): { ok: true; author: User; publication: Publication } | { ok: false; failure: ErrorFrame } {
  const { room, from, ...rest } = isRecord(value) ? value : {};
  const parsed = parsePublication(rest, room, 'operator');
  if (!parsed.ok) return parsed;
  const { id, name } = isRecord(from) ? from : {};
  if (typeof id !== 'string' || !AUTHOR.test(id))
    return refuse('"from.id" must be 1 to 128 printable ASCII characters without spaces.');
  const named = parseName(name);
  if (named === undefined) return refuse(`"from.name": ${NAME_RULE}`);
  return { ok: true, author: { id, name: named }, publication: parsed.publication };
}

function refuse(message: string): { ok: false; failure: ErrorFrame } {
  return { ok: false, failure: { type: 'error', code: 'badField', message } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
