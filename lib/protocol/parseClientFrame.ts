import { data, files, kind, mentions, replyTo, signalData, signalName } from './contentFields';
import {
  cursors,
  flag,
  forMs,
  from,
  id,
  limit,
  offset,
  part,
  reaction,
  readFields,
  ref,
  room,
  seq,
  tagged,
  target,
  text,
  time,
  user,
  version,
} from './fields';
import type { Action, ClientMessage } from './frames';
import { readObject } from './parseJsonObject';
import type { ErrorCode, ErrorFrame } from './serverFrames';

/** Outcome of reading one frame from a client: a message, or the error to send back. */
export type ParsedClientFrame =
  | { ok: true; message: ClientMessage }
  | { ok: false; failure: ErrorFrame & { ref?: string } };

/** Reads one frame from a client. Never throws. */
export function parseClientFrame(frame: string): ParsedClientFrame {
  const object = readObject(frame, 'frame');
  if (object.ok) return readClientMessage(object.value);
  return { ok: false, failure: { type: 'error', code: object.code, message: object.reason } };
}

/** Reads a message from the object that a client's frame holds. Never throws. */
export function readClientMessage(value: Record<string, unknown>): ParsedClientFrame {
  const read = readAction(value);
  if (read === undefined)
    return refuse(
      value,
      'unknownAction',
      '"action" must be sendMessage, editMessage, deleteMessage, react, getReactions, joinRoom, leaveRoom, getHistory, typing, signal, draft, getDraft, ping, kick, unban, getBans, getMembers, follow, unfollow or getRooms.',
    );
  if (!read.ok) return refuse(value, 'badField', read.reason);
  const message = read.fields;
  if (message.action === 'sendMessage' && message.replyTo !== undefined && message.replyTo > message.after)
    return refuse(value, 'badField', '"replyTo" must be at most "after": a client answers what it knows.');
  if (message.action === 'getHistory' && POSITIONS.filter((position) => position in message).length > 1)
    return refuse(value, 'badField', 'Give one of "before", "after", "around" and "at".');
  return { ok: true, message };
}

/** Where a page of history lies. */
const POSITIONS = ['before', 'after', 'around', 'at'] as const;

function readAction(
  value: Record<string, unknown>,
): { ok: true; fields: ClientMessage } | { ok: false; reason: string } | undefined {
  switch (value.action) {
    case 'sendMessage':
      return tagged(
        'sendMessage',
        readFields(value, { room, id, text, after: seq }, { kind, data, replyTo, mentions, files, ref }),
      );
    case 'editMessage':
      return tagged(
        'editMessage',
        readFields(value, { room, of: target, id, text, after: seq }, { data, mentions, ref }),
      );
    case 'deleteMessage':
      return tagged('deleteMessage', readFields(value, { room, of: target, id, after: seq }, { ref }));
    case 'react':
      return tagged(
        'react',
        readFields(value, { room, of: target, name: reaction, on: flag, v: version }, { ref }),
      );
    case 'getReactions':
      return tagged('getReactions', readFields(value, { room, of: target }, { ref }));
    case 'joinRoom':
      return tagged('joinRoom', readFields(value, { room }, { after: seq, ref }));
    case 'leaveRoom':
      return tagged('leaveRoom', readFields(value, { room }, { ref }));
    case 'getHistory':
      return tagged(
        'getHistory',
        readFields(value, { room }, { before: seq, after: seq, around: target, at: time, limit, ref }),
      );
    case 'typing':
      return tagged('typing', readFields(value, { room }, { ref }));
    case 'signal':
      return tagged('signal', readFields(value, { room, name: signalName }, { data: signalData, ref }));
    case 'draft':
      return tagged(
        'draft',
        readFields(value, { room, of: target, generation: version, offset }, { text: part, ref }),
      );
    case 'getDraft':
      return tagged('getDraft', readFields(value, { room, of: target, user }, { ref }));
    case 'ping':
      return tagged('ping', readFields(value, { rooms: cursors }, { ref }));
    case 'kick':
      return tagged('kick', readFields(value, { room, user }, { forMs, ref }));
    case 'unban':
      return tagged('unban', readFields(value, { room, user }, { ref }));
    case 'getBans':
      return tagged('getBans', readFields(value, { room }, { from, ref }));
    case 'getMembers':
      return tagged('getMembers', readFields(value, { room }, { from, ref }));
    case 'follow':
      return tagged('follow', readFields(value, { room }, { ref }));
    case 'unfollow':
      return tagged('unfollow', readFields(value, { room }, { ref }));
    case 'getRooms':
      return tagged('getRooms', readFields(value, {}, { from: room, ref }));
    default:
      return undefined;
  }
}

/** Says what is wrong, repeating only what the client sent and what is well formed. */
export function refuse(
  value: Record<string, unknown>,
  code: ErrorCode,
  message: string,
): Extract<ParsedClientFrame, { ok: false }> {
  const failure: ErrorFrame & { ref?: string } = { type: 'error', code, message };
  const given = { room: room.read(value.room), id: id.read(value.id), ref: ref.read(value.ref) };
  if (given.room !== undefined) failure.room = given.room;
  if (given.id !== undefined) failure.id = given.id;
  if (given.ref !== undefined) failure.ref = given.ref;
  if (isAction(value.action)) failure.action = value.action;
  return { ok: false, failure };
}

function isAction(value: unknown): value is Action {
  return (
    value === 'sendMessage' ||
    value === 'editMessage' ||
    value === 'deleteMessage' ||
    value === 'react' ||
    value === 'getReactions' ||
    value === 'joinRoom' ||
    value === 'leaveRoom' ||
    value === 'getHistory' ||
    value === 'typing' ||
    value === 'signal' ||
    value === 'draft' ||
    value === 'getDraft' ||
    value === 'ping' ||
    value === 'kick' ||
    value === 'unban' ||
    value === 'getBans' ||
    value === 'getMembers' ||
    value === 'follow' ||
    value === 'unfollow' ||
    value === 'getRooms'
  );
}
