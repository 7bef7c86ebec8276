import { isRecord } from '../util/json';
import { id, ROOM_RULE, readFields, room, seq, text } from './fields';
import type { ErrorCode, ErrorFrame, Publication } from './frames';
import { refuse } from './parseClientFrame';

/** Reads what a back end wants to publish in a room. Never throws. */
export function parsePublication(
  value: unknown,
  inRoom: unknown,
): { ok: true; publication: Publication } | { ok: false; failure: ErrorFrame } {
  const refused = (code: ErrorCode, message: string): { ok: false; failure: ErrorFrame } => {
    const parsed = refuse({ ...(isRecord(value) && { id: value.id }), room: inRoom }, code, message);
    return { ok: false, failure: parsed.failure };
  };
  const named = room.read(inRoom);
  if (named === undefined) return refused('badField', ROOM_RULE);
  if (!isRecord(value)) return refused('badFrame', 'The body must be one JSON object.');
  const read = readFields(value, { id, text }, { after: seq });
  if (!read.ok) return refused('badField', read.reason);
  return { ok: true, publication: { room: named, ...read.fields } };
}
