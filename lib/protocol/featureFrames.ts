import { isSeq, isString } from './fields';
import { type FrameShapes, isUser, listOf, optional, SUMMARY, shaped } from './parseFrame';

/** The frames of features that not every app uses. A function: a bundler leaves it out where no feature calls it. */
export function featureFrames(): FrameShapes {
  const isFlag = (value: unknown) => typeof value === 'boolean';
  const fromUser = { room: isString, from: isUser };
  // Most announcements have no further rooms.
  const announcement = { room: isString, rooms: optional(listOf(isString)), member: isUser };
  const ban = shaped({ user: isUser, until: isSeq, at: isSeq, by: optional(isUser) });
  const settings = shaped({
    title: optional(isString),
    slow: optional(isSeq),
    readOnly: optional(isFlag),
    private: optional(isFlag),
  });
  const member = shaped({ user: isUser, devices: isSeq, since: isSeq });
  return {
    reactions: { room: isString, of: isSeq, mine: listOf(isString), ...SUMMARY },
    bans: { room: isString, bans: listOf(ban), next: optional(isString) },
    members: { room: isString, members: listOf(member), next: optional(isString) },
    rooms: {
      rooms: listOf(shaped({ room: isString, last: optional(shaped({ from: isUser, text: isString })) })),
    },
    roomSet: { room: isString, settings, by: optional(isUser) },
    muted: { room: isString, ms: isSeq },
    roomAdded: { room: isString, since: isSeq },
    roomRemoved: { room: isString },
    memberJoined: announcement,
    memberLeft: announcement,
    typing: fromUser,
    signal: { ...fromUser, name: isString },
    draft: { ...fromUser, of: isSeq, generation: isSeq, offset: isSeq, text: optional(isString) },
  };
}
