import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Chat, ChatState } from '../../client';
import { usePresence, useRoom } from '../../client/react';
import { ROOM_RULE, type User } from '../../lib/protocol';
import { useDeletions } from '../hooks/useDeletions';
import { useHash } from '../hooks/useHash';
import { useJump } from '../hooks/useJump';
import { useMedia } from '../hooks/useMedia';
import type { Memory } from '../memory';
import { linkTo, seqInHash } from '../pure/places';
import { Compose, type Writing } from './Compose';
import { ConnectionBanner } from './ConnectionBanner';
import { Drawer } from './Drawer';
import { MessageList } from './MessageList';
import type { MessageActions } from './MessageMenu';
import { PeopleList } from './PeopleList';
import { RoomHeader } from './RoomHeader';
import { NewGuestNotice, ResetNotice, RoomProblem } from './RoomProblem';
import { TypingLine } from './TypingLine';

interface Props {
  chat: Chat;
  memory: Memory;
  name: string;
  state: ChatState;
  user: User;
  isBadLink: boolean;
  /** The server gave the user another id than the page began with. */
  isNewGuest: boolean;
  onNewGuestSeen(): void;
  readUpTo: number | undefined;
  hasAttention: boolean;
  unreadElsewhere: number;
  onMenu: (() => void) | undefined;
  onRead(room: string, seq: number): void;
  onJoinAgain(reason: string): void;
  onLeave(room: string): void;
}

/** The open room. */
export function RoomPane(props: Props) {
  const { chat, name, state, user, readUpTo, hasAttention, onRead, onLeave } = props;
  const view = useRoom(chat, name);
  const { room } = view;
  const { members, memberCount, typing, sendTyping } = usePresence(chat, name);
  const isWide = useMedia('(width >= 70rem)');
  const [isPeopleOpen, setPeopleOpen] = useState(false);
  const closePeople = useCallback(() => setPeopleOpen(false), []);
  const [wasReset, setWasReset] = useState(false);
  useEffect(() => room.on('reset', () => setWasReset(true)), [room]);
  const markRead = useCallback((seq: number) => onRead(name, seq), [onRead, name]);

  const [writing, setWriting] = useState<Writing>({ kind: 'new' });
  const deletions = useDeletions(room);
  const jump = useJump(view, seqInHash(useHash()));
  const { remove } = deletions;
  const actions = useMemo<MessageActions>(
    () => ({
      reply: (message) => setWriting({ kind: 'reply', message }),
      edit: (message) => setWriting({ kind: 'edit', message }),
      remove,
      copyLink: (seq) => void copy(linkTo(name, location.href, seq)),
    }),
    [name, remove],
  );

  const people = <PeopleList members={members} memberCount={memberCount} me={user.id} />;
  return (
    <>
      <main className="pane" aria-label={`Room ${name}`}>
        <RoomHeader
          name={name}
          members={members}
          memberCount={memberCount}
          unreadElsewhere={props.unreadElsewhere}
          onMenu={props.onMenu}
          onPeople={isWide ? undefined : () => setPeopleOpen(true)}
        />
        <ConnectionBanner
          state={state}
          onTryNow={chat.connect}
          onJoinAgain={() => props.onJoinAgain(state.kind === 'disconnected' ? reasonOf(state) : '')}
        />
        {props.isBadLink && (
          <p className="banner trouble" role="alert">
            The link names no room. {ROOM_RULE}
          </p>
        )}
        {props.isNewGuest && <NewGuestNotice onSeen={props.onNewGuestSeen} />}
        {wasReset && <ResetNotice onSeen={() => setWasReset(false)} />}
        {view.error && (
          <RoomProblem
            error={view.error}
            onRetry={() => void room.join().catch(() => {})}
            onLeave={() => onLeave(name)}
          />
        )}
        <MessageList
          room={view}
          me={user.id}
          readUpTo={readUpTo}
          hasAttention={hasAttention}
          deletions={deletions}
          actions={actions}
          target={jump.target}
          onJump={jump.to}
          onRead={markRead}
        />
        <div className="foot-frame">
          <div className="foot">
            <TypingLine typing={typing} />
            <Compose
              key={writing.kind === 'edit' ? `edit-${writing.message.seq}` : 'new'}
              room={room}
              memory={props.memory}
              me={user.id}
              members={members}
              writing={writing}
              onWriting={setWriting}
              onTyping={sendTyping}
            />
          </div>
        </div>
      </main>
      {isWide ? (
        <aside className="people-panel" aria-label="People">
          {people}
        </aside>
      ) : (
        isPeopleOpen && (
          <Drawer label="People" side="end" onClose={closePeople}>
            <div className="people-panel">{people}</div>
          </Drawer>
        )
      )}
    </>
  );
}

/** Copies a text. Without the permission it shows the text in the address bar, from where the user can copy it. */
async function copy(link: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(link);
  } catch {
    location.assign(link);
  }
}

function reasonOf(state: Extract<ChatState, { kind: 'disconnected' }>): string {
  return state.reason === 'unauthorized' ? state.error.message : '';
}
