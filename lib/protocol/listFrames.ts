import { isRecord } from '../util/json';
import { isSeq, isString } from './fields';
import { type FrameShapes, isUser, listOf, optional, shaped } from './parseFrame';

/** The frames of lists of users and rooms: apart, because a page needs them after its first load. */
export function listFrames(): FrameShapes {
  const ban = shaped({ user: isUser, until: isSeq, at: isSeq, by: optional(isUser) });
  const member = shaped({ user: isUser, devices: isSeq, since: isSeq });
  const last = shaped({ from: isUser, text: isString });
  const read = shaped({ seq: isSeq, version: isSeq });
  const message = shaped({ seq: isSeq, at: isSeq, from: isUser, text: isString });
  const held = shaped({
    ...{ held: isString, at: isSeq },
    message: shaped({ from: isUser, text: isString, files: optional(listOf(shaped({ name: isString }))) }),
  });
  const report = shaped({
    ...{ of: isSeq, user: isUser, reason: optional(isString), at: isSeq },
    message: optional(message),
  });
  // Clients ignore items of other kinds.
  const item = (value: unknown) =>
    isRecord(value) && (value.kind === 'held' ? held(value) : value.kind !== 'report' || report(value));
  return {
    bans: { room: isString, bans: listOf(ban), next: optional(isString) },
    members: { room: isString, members: listOf(member), next: optional(isString) },
    queue: { room: isString, items: listOf(item), next: optional(isString) },
    rooms: {
      rooms: listOf(
        shaped({
          ...{ room: isString, with: optional(isString), title: optional(isString) },
          ...{ last: optional(last), read: optional(read) },
        }),
      ),
    },
    direct: { room: isString, with: isString },
    roomAdded: { room: isString, since: isSeq, with: optional(isString) },
    roomRemoved: { room: isString },
    readMarked: { room: isString, read, head: isSeq },
  };
}
