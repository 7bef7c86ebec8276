import {
  data,
  files,
  held,
  kind,
  mentions,
  reason,
  replyTo,
  signalData,
  signalName,
  verdict,
} from './contentFields';
import {
  cursors,
  flag,
  forMs,
  from,
  id,
  limit,
  muteMs,
  offset,
  part,
  reaction,
  ref,
  room,
  seq,
  slow,
  target,
  text,
  time,
  title,
  user,
  version,
} from './fields';
import type { Action, ClientMessage, MessageOf } from './frames';
import { readObject } from './parseJsonObject';
import { type Rules, readFields, tagged } from './readFields';
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
  if (!isAction(value.action)) return refuse(value, 'unknownAction', UNKNOWN_ACTION);
  const read = READERS[value.action](value);
  if (!read.ok) return refuse(value, 'badField', read.reason);
  const message = read.fields;
  if (message.action === 'sendMessage' && message.replyTo !== undefined && message.replyTo > message.after)
    return refuse(value, 'badField', '"replyTo" must be at most "after": a client answers what it knows.');
  if (message.action === 'getHistory' && POSITIONS.filter((position) => position in message).length > 1)
    return refuse(value, 'badField', 'Give one of "before", "after", "around" and "at".');
  if (message.action === 'setRoom' && !SETTINGS.some((setting) => setting in message))
    return refuse(value, 'badField', 'Give at least one of "title", "slow", "readOnly" and "private".');
  return { ok: true, message };
}

const SETTINGS = ['title', 'slow', 'readOnly', 'private'] as const;

/** Where a page of history lies. */
const POSITIONS = ['before', 'after', 'around', 'at'] as const;

type Reader<A extends Action> = (
  value: Record<string, unknown>,
) => { ok: true; fields: MessageOf<A> } | { ok: false; reason: string };

/** Reads the frames of each action: by the rules of its required fields, then of its optional ones. */
const READERS: { readonly [A in Action]: Reader<A> } = {
  sendMessage: reader(
    'sendMessage',
    { room, id, text, after: seq },
    { kind, data, replyTo, mentions, files, ref },
  ),
  editMessage: reader('editMessage', { room, of: target, id, text, after: seq }, { data, mentions, ref }),
  deleteMessage: reader('deleteMessage', { room, of: target, id, after: seq }, { ref }),
  react: reader('react', { room, of: target, name: reaction, on: flag, v: version }, { ref }),
  getReactions: reader('getReactions', { room, of: target }, { ref }),
  joinRoom: reader('joinRoom', { room }, { after: seq, ref }),
  leaveRoom: reader('leaveRoom', { room }, { ref }),
  getHistory: reader(
    'getHistory',
    { room },
    { before: seq, after: seq, around: target, at: time, limit, ref },
  ),
  typing: reader('typing', { room }, { ref }),
  signal: reader('signal', { room, name: signalName }, { data: signalData, ref }),
  draft: reader('draft', { room, of: target, generation: version, offset }, { text: part, ref }),
  getDraft: reader('getDraft', { room, of: target, user }, { ref }),
  ping: reader('ping', { rooms: cursors }, { ref }),
  kick: reader('kick', { room, user }, { forMs, ref }),
  unban: reader('unban', { room, user }, { ref }),
  mute: reader('mute', { room, user, forMs: muteMs }, { ref }),
  setRoom: reader('setRoom', { room }, { title, slow, readOnly: flag, private: flag, ref }),
  getBans: reader('getBans', { room }, { from, ref }),
  getMembers: reader('getMembers', { room }, { from, ref }),
  report: reader('report', { room, of: target }, { reason, ref }),
  getQueue: reader('getQueue', { room }, { from, ref }),
  resolveReports: reader('resolveReports', { room, of: target }, { ref }),
  decide: reader('decide', { room, held, verdict }, { reason, ref }),
  addMember: reader('addMember', { room, user }, { ref }),
  removeMember: reader('removeMember', { room, user }, { ref }),
  openDirect: reader('openDirect', { user }, { ref }),
  follow: reader('follow', { room }, { ref }),
  unfollow: reader('unfollow', { room }, { ref }),
  getRooms: reader('getRooms', {}, { from: room, ref }),
  read: reader('read', { room, seq, version: seq }, { unread: flag, ref }),
};

function reader<A extends Action, R extends Rules, O extends Rules>(action: A, required: R, optional: O) {
  return (value: Record<string, unknown>) => tagged(action, readFields(value, required, optional));
}

const UNKNOWN_ACTION = `"action" must be ${Object.keys(READERS)
  .join(', ')
  .replace(/, (\w+)$/, ' or $1')}.`;

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
  return typeof value === 'string' && Object.hasOwn(READERS, value);
}
