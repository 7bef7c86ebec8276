import { type ComponentType, lazy } from 'react';
import type { AttachProps } from './Attach';
import type { DatePickerProps } from './DatePicker';
import type { DraftListProps } from './DraftList';
import type { FollowedRoomsProps } from './FollowedRooms';
import type { MessageFilesProps } from './MessageFiles';
import type { MessageMenuProps } from './MessageMenu';
import type { ModerationProps } from './Moderation';
import type { ReactionListProps } from './ReactionList';
import type { ReactionPickerProps } from './ReactionPicker';
import type { ResumeUploadsProps } from './ResumeUploads';
import type { RoomRulesProps } from './RoomRules';

type Parts = typeof import('./lateParts');

const nothing = { default: () => null };

/** Loads a component when it is first shown. Where it cannot be loaded, nothing is shown in its place. */
const late = <P>(choose: (parts: Parts) => ComponentType<P>) =>
  lazy<ComponentType<P>>(() =>
    import('./lateParts').then(
      (parts) => ({ default: choose(parts) }),
      () => nothing,
    ),
  );

export const Attach = late<AttachProps>((parts) => parts.Attach);
export const DatePicker = late<DatePickerProps>((parts) => parts.DatePicker);
export const DraftList = late<DraftListProps>((parts) => parts.DraftList);
export const FollowedRooms = late<FollowedRoomsProps>((parts) => parts.FollowedRooms);
export const MessageFiles = late<MessageFilesProps>((parts) => parts.MessageFiles);
export const MessageMenu = late<MessageMenuProps>((parts) => parts.MessageMenu);
export const Moderation = late<ModerationProps>((parts) => parts.Moderation);
export const ReactionList = late<ReactionListProps>((parts) => parts.ReactionList);
export const ReactionPicker = late<ReactionPickerProps>((parts) => parts.ReactionPicker);
export const RoomRules = late<RoomRulesProps>((parts) => parts.RoomRules);
export const ResumeUploads = late<ResumeUploadsProps>((parts) => parts.ResumeUploads);
