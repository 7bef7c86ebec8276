import type { ReactNode } from 'react';
import type { ChatError } from '../../client';
import { momentOf } from '../pure/days';
import { Icon } from './Icon';

interface Props {
  error: ChatError;
  onRetry(): void;
  onLeave(): void;
}

/** Shows why the server refuses the room. */
export function RoomProblem({ error, onRetry, onLeave }: Props) {
  return (
    <div className="banner trouble" role="alert">
      <Icon name="alert" />
      <p>{describeRefusal(error)}</p>
      <button type="button" onClick={onRetry}>
        Try again
      </button>
      <button type="button" onClick={onLeave}>
        Leave it
      </button>
    </div>
  );
}

function describeRefusal({ message, until }: ChatError): string {
  return until === undefined
    ? `You are not in this room. ${message}`
    : `You have been removed from this room until ${momentOf(until)}.`;
}

/** Tells that the history was replaced. */
export function ResetNotice({ onSeen }: NoticeProps) {
  return (
    <Notice onSeen={onSeen}>
      The history of this room was replaced on the server, from a backup perhaps. This is what it has now.
    </Notice>
  );
}

/** Tells that a guest who was away too long is a new guest now. */
export function NewGuestNotice({ onSeen }: NoticeProps) {
  return (
    <Notice onSeen={onSeen}>
      You were away for more than a week, so you are a new guest now. Your earlier messages belong to another
      guest.
    </Notice>
  );
}

/** Tells why a link, a quote or a date led nowhere. */
export function JumpNotice({ problem, onSeen }: NoticeProps & { problem: string }) {
  return <Notice onSeen={onSeen}>{problem}</Notice>;
}

interface NoticeProps {
  onSeen(): void;
}

function Notice({ children, onSeen }: NoticeProps & { children: ReactNode }) {
  return (
    <div className="banner trouble" role="alert">
      <Icon name="alert" />
      <p>{children}</p>
      <button type="button" onClick={onSeen}>
        OK
      </button>
    </div>
  );
}
