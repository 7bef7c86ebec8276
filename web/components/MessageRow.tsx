import { memo, Suspense } from 'react';
import type { MessageView, PendingChange } from '../../client';
import type { Toggles } from '../../client/reactions';
import { usePressAndHold } from '../hooks/usePressAndHold';
import { fullTimeOf, timeOf } from '../pure/days';
import { hueOf } from '../pure/people';
import { rowClass } from '../pure/rows';
import { Avatar } from './Avatar';
import { Bubble } from './Bubble';
import { ChangeProblem } from './ChangeProblem';
import { Icon } from './Icon';
import { MessageFiles } from './late';
import { Quote } from './Quote';
import { ReactionChips } from './ReactionChips';
import { UserTag } from './UserTag';

/** What a row needs of the list. */
export interface RowHandlers {
  onMenu(message: MessageView, opener: HTMLElement): void;
  onJump(seq: number): void;
  onUndo(seq: number): void;
  onReact(seq: number, name: string, on: boolean): void;
  onDismiss(seq: number): void;
  onRetry(id: string): void;
  onDiscard(id: string): void;
}

interface Props {
  message: MessageView;
  quoted: MessageView | undefined;
  /** Tells the author from others with such a name. */
  mark: string | undefined;
  isOwn: boolean;
  /** The message mentions this user. */
  isMention: boolean;
  opens: boolean;
  closes: boolean;
  /** An own change that is not in the log yet. */
  change: PendingChange | undefined;
  /** The user deleted the message and can undo it. */
  isLeaving: boolean;
  /** Own reactions that may not be in the log yet. */
  toggles: Toggles | undefined;
  me: string | undefined;
  canReact: boolean;
  handlers: RowHandlers;
}

/** A message that is in the room. */
export const MessageRow = memo(function MessageRow(props: Props) {
  const { message, quoted, mark, isOwn, isMention, opens, closes, change, isLeaving, handlers } = props;
  const { toggles, me, canReact } = props;
  const { seq, from, at, replyTo } = message;
  const name = isOwn ? 'You' : from.name;
  const hold = usePressAndHold((element) => handlers.onMenu(message, element));
  const isDeletion = change?.action === 'deleteMessage' && change.state !== 'failed';
  const isGone = message.deleted !== undefined || isDeletion || isLeaving;
  const text = change?.action === 'editMessage' && change.state !== 'failed' ? change.text : message.text;
  // The text of a message that has files and no words is their names.
  const isBare = !isGone && text === message.files?.map((file) => file.name).join(', ');
  const isBelow = isBare && replyTo === undefined;
  const words = isGone ? (
    <p className="tombstone">
      {message.deleted?.by === 'moderator'
        ? 'A moderator deleted this message.'
        : 'This message was deleted.'}
      {isLeaving && (
        <button type="button" className="link" onClick={() => handlers.onUndo(seq)}>
          Undo
        </button>
      )}
    </p>
  ) : (
    <Bubble
      text={isBare ? '' : text}
      quote={replyTo !== undefined && <Quote seq={replyTo} quoted={quoted} onJump={handlers.onJump} />}
    >
      {message.editedAt !== undefined && <span title={`Edited ${fullTimeOf(message.editedAt)}`}>edited</span>}
      <time dateTime={new Date(at).toISOString()} title={fullTimeOf(at)}>
        {timeOf(at)}
      </time>
      {isOwn && (
        <>
          <Icon name={change ? 'clock' : 'check'} />
          <span className="hidden">{change ? 'saving' : 'sent'}</span>
        </>
      )}
    </Bubble>
  );
  return (
    <article className={rowClass(isOwn, opens, closes, isMention)} data-seq={seq} {...(!isGone && hold)}>
      {!isOwn && opens && <Avatar user={from} />}
      <div className="said">
        <p className={isOwn || !opens ? 'hidden' : `author hue-${hueOf(from.id)}`}>
          <bdi>{name}</bdi>
          {!isOwn && mark !== undefined && <code className="mark">{mark}</code>}
          <UserTag user={from} />
        </p>
        {!isBelow && words}
        {!isGone && message.files && (
          <Suspense>
            <MessageFiles message={message} />
          </Suspense>
        )}
        {isBelow && words}
        {!isGone && (
          <ReactionChips
            message={message}
            toggles={toggles}
            me={me}
            canReact={canReact}
            onReact={handlers.onReact}
            onDismiss={handlers.onDismiss}
          />
        )}
        {change && (
          <ChangeProblem change={change} onRetry={handlers.onRetry} onDiscard={handlers.onDiscard} />
        )}
      </div>
      {!isGone && (
        <button
          type="button"
          className="quiet row-menu"
          tabIndex={-1}
          aria-haspopup="menu"
          aria-label={`Actions for the message of ${name}, ${timeOf(at)}`}
          onClick={({ currentTarget }) => handlers.onMenu(message, currentTarget)}
        >
          <Icon name="more" />
        </button>
      )}
    </article>
  );
});
