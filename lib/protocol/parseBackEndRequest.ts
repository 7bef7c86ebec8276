import { isRecord } from '../util/json';
import { data, files, kind, mentions, operatorKind, replyTo } from './contentFields';
import { flag, id, ROOM_RULE, reaction, room, seq, target, text, version } from './fields';
import type { BackEndRequest } from './frames';
import { refuse } from './parseClientFrame';
import { readFields, tagged } from './readFields';
import type { ErrorCode, ErrorFrame } from './serverFrames';

/** Reads what a back end asks for in a room. An operator may give any `kind`. Never throws. */
export function parseBackEndRequest(
  value: unknown,
  inRoom: unknown,
  by: 'user' | 'operator' = 'user',
): { ok: true; request: BackEndRequest } | { ok: false; failure: ErrorFrame } {
  const refused = (code: ErrorCode, message: string): { ok: false; failure: ErrorFrame } => {
    const parsed = refuse({ ...(isRecord(value) && { id: value.id }), room: inRoom }, code, message);
    return { ok: false, failure: parsed.failure };
  };
  const named = room.read(inRoom);
  if (named === undefined) return refused('badField', ROOM_RULE);
  if (!isRecord(value)) return refused('badFrame', 'The body must be one JSON object.');
  const read = readRequest(value, by === 'operator' ? operatorKind : kind);
  if (!read) return refused('badField', UNKNOWN_ACTION);
  if (!read.ok) return refused('badField', read.reason);
  return { ok: true, request: { room: named, ...read.fields } };
}

const UNKNOWN_ACTION = '"action" must be sendMessage, editMessage, deleteMessage, react or getReactions.';

function readRequest(value: Record<string, unknown>, kindRule: typeof kind) {
  switch (value.action) {
    case undefined:
    case 'sendMessage':
      return tagged(
        'sendMessage',
        readFields(value, { id, text }, { after: seq, kind: kindRule, data, replyTo, mentions, files }),
      );
    case 'editMessage':
      return tagged(
        'editMessage',
        readFields(value, { id, of: target, text }, { after: seq, data, mentions }),
      );
    case 'deleteMessage':
      return tagged('deleteMessage', readFields(value, { id, of: target }, { after: seq }));
    case 'react':
      return tagged('react', readFields(value, { of: target, name: reaction, on: flag, v: version }, {}));
    case 'getReactions':
      return tagged('getReactions', readFields(value, { of: target }, {}));
    default:
      return undefined;
  }
}
