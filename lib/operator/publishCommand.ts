import { parseRole, ROLE_RULE } from '../auth/roles';
import {
  type BackEndRequest,
  type ErrorFrame,
  NAME_RULE,
  parseName,
  parseUserId,
  type User,
} from '../protocol';
import { parseBackEndRequest } from '../protocol/parseBackEndRequest';
import { isRecord } from '../util/json';

/** Reads what the `publish` function is invoked with: a request, its room, and in whose name. Never throws. */
export function parsePublishCommand(
  value: unknown,
): { ok: true; author: User; request: BackEndRequest } | { ok: false; failure: ErrorFrame } {
  const { room, from, ...rest } = isRecord(value) ? value : {};
  const parsed = parseBackEndRequest(rest, room, 'operator');
  if (!parsed.ok) return parsed;
  const { id: given, name, role: claimed } = isRecord(from) ? from : {};
  const id = parseUserId(given);
  if (id === undefined)
    return refuse('"from.id" must be 1 to 128 printable ASCII characters without spaces.');
  const named = parseName(name);
  if (named === undefined) return refuse(`"from.name": ${NAME_RULE}`);
  const role = parseRole(claimed);
  if (role === undefined && claimed !== undefined) return refuse(`"from.role": ${ROLE_RULE}`);
  const author = { id, name: named, ...(role !== undefined && { role }) };
  return { ok: true, author, request: parsed.request };
}

function refuse(message: string): { ok: false; failure: ErrorFrame } {
  return { ok: false, failure: { type: 'error', code: 'badField', message } };
}
