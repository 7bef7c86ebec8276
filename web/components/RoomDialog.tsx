import type { Chat, MessageView, Room, RoomSnapshot } from '../../client';
import type { ReactionList as Reactors, User } from '../../lib/protocol';
import { DatePicker } from './DatePicker';
import { DirectRoom } from './DirectRoom';
import { LeaveForGood } from './LeaveForGood';
import { Moderation } from './Moderation';
import { ReactionList } from './ReactionList';
import { ReactionPicker } from './ReactionPicker';
import { ReportForm } from './ReportForm';

/** What stands over the room. */
export type OpenDialog =
  | { kind: 'date' }
  | { kind: 'reaction'; message: MessageView }
  | { kind: 'reactors'; seq: number }
  | { kind: 'direct'; target: User }
  | { kind: 'report'; message: MessageView }
  | { kind: 'leave' }
  | { kind: 'moderation'; target: User | undefined };

export interface RoomDialogProps {
  dialog: OpenDialog;
  chat: Chat;
  room: Room;
  /** The joined rooms. */
  rooms: readonly RoomSnapshot[];
  me: string;
  onDate(at: number): void;
  onReact(message: MessageView, reaction: string): void;
  onReactors(seq: number): Promise<Reactors>;
  /** The user is no listed member of the room any more. */
  onLeft(): void;
  onClose(): void;
}

/** The dialog of a room that is open. */
export function RoomDialog({
  dialog,
  chat,
  room,
  rooms,
  me,
  onDate,
  onReact,
  onReactors,
  onLeft,
  onClose,
}: RoomDialogProps) {
  switch (dialog.kind) {
    case 'date':
      return <DatePicker onChoose={onDate} onClose={onClose} />;
    case 'reaction':
      return <ReactionPicker onChoose={(name) => onReact(dialog.message, name)} onClose={onClose} />;
    case 'reactors':
      return <ReactionList seq={dialog.seq} me={me} onAsk={onReactors} onClose={onClose} />;
    case 'direct':
      return <DirectRoom chat={chat} user={dialog.target} onClose={onClose} />;
    case 'report':
      return <ReportForm room={room} message={dialog.message} onClose={onClose} />;
    case 'leave':
      return <LeaveForGood room={room} me={me} onLeft={onLeft} onClose={onClose} />;
    case 'moderation':
      return <Moderation room={room} rooms={rooms} me={me} target={dialog.target} onClose={onClose} />;
    default:
      return dialog satisfies never;
  }
}
