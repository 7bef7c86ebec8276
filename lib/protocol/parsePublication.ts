import { isRecord } from '../util/json';
import { data, kind, mentions, operatorKind, replyTo } from './contentFields';
import { id, ROOM_RULE, readFields, room, seq, tagged, target, text } from './fields';
import type { ErrorCode, ErrorFrame, Publication } from './frames';
import { refuse } from './parseClientFrame';

/** Reads what a back end wants to publish in a room. An operator may give any `kind`. Never throws. */
export function parsePublication(
  value: unknown,
  inRoom: unknown,
  by: 'user' | 'operator' = 'user',
): { ok: true; publication: Publication } | { ok: false; failure: ErrorFrame } {
  const refused = (code: ErrorCode, message: string): { ok: false; failure: ErrorFrame } => {
    const parsed = refuse({ ...(isRecord(value) && { id: value.id }), room: inRoom }, code, message);
    return { ok: false, failure: parsed.failure };
  };
  const named = room.read(inRoom);
  if (named === undefined) return refused('badField', ROOM_RULE);
  if (!isRecord(value)) return refused('badFrame', 'The body must be one JSON object.');
  const read = readPublication(value, by === 'operator' ? operatorKind : kind);
  if (!read) return refused('badField', '"action" must be sendMessage, editMessage or deleteMessage.');
  if (!read.ok) return refused('badField', read.reason);
  return { ok: true, publication: { room: named, ...read.fields } };
}

function readPublication(value: Record<string, unknown>, kindRule: typeof kind) {
  switch (value.action) {
    case undefined:
    case 'sendMessage':
      return tagged(
        'sendMessage',
        readFields(value, { id, text }, { after: seq, kind: kindRule, data, replyTo, mentions }),
      );
    case 'editMessage':
      return tagged(
        'editMessage',
        readFields(value, { id, of: target, text }, { after: seq, data, mentions }),
      );
    case 'deleteMessage':
      return tagged('deleteMessage', readFields(value, { id, of: target }, { after: seq }));
    default:
      return undefined;
  }
}
