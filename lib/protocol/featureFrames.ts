import { isSeq, isString } from './fields';
import { type FrameShapes, isUser, listOf, optional, SUMMARY, shaped } from './parseFrame';

/** The frames of features that not every app uses. A function: a bundler leaves it out where no feature calls it. */
export function featureFrames(): FrameShapes {
  const isFlag = (value: unknown) => typeof value === 'boolean';
  const fromUser = { room: isString, from: isUser };
  // Most announcements have no further rooms.
  const announcement = { room: isString, rooms: optional(listOf(isString)), member: isUser };
  const settings = shaped({
    title: optional(isString),
    slow: optional(isSeq),
    readOnly: optional(isFlag),
    private: optional(isFlag),
  });
  return {
    reactions: { room: isString, of: isSeq, mine: listOf(isString), ...SUMMARY },
    roomSet: { room: isString, settings, by: optional(isUser) },
    muted: { room: isString, ms: isSeq },
    memberJoined: announcement,
    memberLeft: announcement,
    typing: fromUser,
    signal: { ...fromUser, name: isString },
    draft: { ...fromUser, of: isSeq, generation: isSeq, offset: isSeq, text: optional(isString) },
  };
}
