import { type ComponentType, lazy } from 'react';
import type { AddRoomProps } from './AddRoom';
import type { AttachProps } from './Attach';
import type { DraftListProps } from './DraftList';
import type { EmptyRoomProps } from './EmptyRoom';
import type { FollowedRoomsProps } from './FollowedRooms';
import type { MessageFilesProps } from './MessageFiles';
import type { MessageMenuProps } from './MessageMenu';
import type { NotificationsProps } from './Notifications';
import type { PeopleListProps } from './PeopleList';
import type { ResumeUploadsProps } from './ResumeUploads';
import type { RoomDialogProps } from './RoomDialog';
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

export const AddRoom = late<AddRoomProps>((parts) => parts.AddRoom);
export const Attach = late<AttachProps>((parts) => parts.Attach);
export const DraftList = late<DraftListProps>((parts) => parts.DraftList);
export const EmptyRoom = late<EmptyRoomProps>((parts) => parts.EmptyRoom);
export const FollowedRooms = late<FollowedRoomsProps>((parts) => parts.FollowedRooms);
export const MessageFiles = late<MessageFilesProps>((parts) => parts.MessageFiles);
export const MessageMenu = late<MessageMenuProps>((parts) => parts.MessageMenu);
export const Notifications = late<NotificationsProps>((parts) => parts.Notifications);
export const PeopleList = late<PeopleListProps>((parts) => parts.PeopleList);
export const RoomDialog = late<RoomDialogProps>((parts) => parts.RoomDialog);
export const RoomRules = late<RoomRulesProps>((parts) => parts.RoomRules);
export const ResumeUploads = late<ResumeUploadsProps>((parts) => parts.ResumeUploads);
