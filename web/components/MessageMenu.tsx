import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { MessageView } from '../../client';
import type { Ability, User } from '../../lib/protocol';

/** What can be done with a message. */
export interface MessageActions {
  reply(message: MessageView): void;
  react(message: MessageView): void;
  report(message: MessageView): void;
  listReactions(seq: number): void;
  edit(message: MessageView): void;
  remove(seq: number): void;
  /** Opens the direct room with the author; missing where that is the open room. */
  message: ((message: MessageView) => void) | undefined;
  /** Missing where the user does not follow the room. */
  markUnread: ((seq: number) => void) | undefined;
  copyLink(seq: number): void;
  /** Opens the moderator's view, to remove a user from the room. */
  removeUser(user: User): void;
}

export interface OpenMenu {
  message: MessageView;
  /** What opened the menu: it gets the focus back. */
  opener: HTMLElement;
}

export interface MessageMenuProps extends OpenMenu {
  me: string | undefined;
  can: readonly Ability[];
  actions: MessageActions;
  onClose(): void;
}

/** The menu of a message: what this user may do with it. */
export function MessageMenu({ message, opener, me, can, actions, onClose }: MessageMenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  const { top, bottom, left, right } = opener.getBoundingClientRect();
  const { markUnread, message: messageAuthor } = actions;
  const isOwn = message.from.id === me;

  useEffect(() => {
    menu.current?.querySelector('button')?.focus();
    const onPointer = ({ target }: PointerEvent) => {
      if (!menu.current?.contains(target as Node)) onClose();
    };
    addEventListener('pointerdown', onPointer);
    return () => removeEventListener('pointerdown', onPointer);
  }, [onClose]);

  const close = () => {
    onClose();
    opener.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const items = [...(menu.current?.querySelectorAll('button') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[
      event.key
    ];
    if (next !== undefined) items[next % items.length]?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const item = (label: string, run: () => void, end = onClose) => (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      onClick={() => {
        end();
        run();
      }}
    >
      {label}
    </button>
  );

  const isLow = top > innerHeight / 2;
  return (
    <div
      ref={menu}
      className="message-menu"
      role="menu"
      aria-label="Message"
      tabIndex={-1}
      onKeyDown={onKeyDown}
      style={{
        ...(isLow ? { bottom: innerHeight - top } : { top: bottom }),
        ...(right > innerWidth / 2 ? { right: innerWidth - right } : { left }),
      }}
    >
      {can.includes('send') && item('Reply', () => actions.reply(message))}
      {can.includes('react') && item('React', () => actions.react(message), close)}
      {message.reactions && item('Show reactions', () => actions.listReactions(message.seq), close)}
      {isOwn && can.includes('edit') && item('Edit', () => actions.edit(message))}
      {can.includes(isOwn ? 'delete' : 'moderate') && item('Delete', () => actions.remove(message.seq))}
      {!isOwn &&
        can.includes('moderate') &&
        item('Remove author', () => {
          // The view gives the focus back to it.
          opener.focus();
          actions.removeUser(message.from);
        })}
      {!isOwn && messageAuthor && item('Message author', () => messageAuthor(message), close)}
      {!isOwn && item('Report', () => actions.report(message), close)}
      {markUnread && !isOwn && item('Mark as unread', () => markUnread(message.seq), close)}
      {item('Copy link', () => actions.copyLink(message.seq))}
    </div>
  );
}
