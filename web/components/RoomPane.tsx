import { Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import type { Chat, ChatState, MessageView, RoomSnapshot } from '../../client';
import { useFinder, usePresence, useReactions, useRoom } from '../../client/react';
import { listReactions } from '../../client/reactions';
import type { User } from '../../lib/protocol';
import { type FilesPlace, FilesPlaceContext } from '../files/context';
import { useDeletions } from '../hooks/useDeletions';
import { useHash } from '../hooks/useHash';
import { useJump } from '../hooks/useJump';
import { useMedia } from '../hooks/useMedia';
import type { ReadMarks } from '../hooks/useReadMarks';
import { BAD_LINK, linkTo, seqInHash } from '../pure/hashLinks';
import type { RoomTitle } from '../pure/roomTitle';
import type { UnsentTexts } from '../unsentTexts';
import { Compose, type Writing } from './Compose';
import { ConnectionBanner } from './ConnectionBanner';
import { Drawer } from './Drawer';
import { PeopleList, RoomDialog, RoomRules } from './late';
import { MessageList } from './MessageList';
import type { MessageActions } from './MessageMenu';
import type { OpenDialog } from './RoomDialog';
import { RoomHeader } from './RoomHeader';
import { JumpNotice, NewGuestNotice, ResetNotice, RoomProblem } from './RoomProblem';
import { TypingLine } from './TypingLine';

interface Props {
  chat: Chat;
  token: FilesPlace['token'];
  /** Rooms took files at the last visit: so it is until this room is joined. */
  couldAttach: boolean;
  unsent: UnsentTexts;
  name: string;
  title: RoomTitle;
  state: ChatState;
  user: User;
  isBadLink: boolean;
  /** The server gave the user another id than the page began with. */
  isNewGuest: boolean;
  onNewGuestSeen(): void;
  marks: ReadMarks | undefined;
  hasAttention: boolean;
  /** The joined rooms. */
  rooms: readonly RoomSnapshot[];
  unreadElsewhere: number;
  onMenu: (() => void) | undefined;
  onJoinAgain(reason: string): void;
  onLeave(room: string): void;
}

/** The open room. */
export function RoomPane(props: Props) {
  const { chat, token, name, title, state, user, marks, hasAttention, onLeave } = props;
  const view = useRoom(chat, name);
  const { room } = view;
  const filesPlace = useMemo(() => ({ chat, name, token }), [chat, name, token]);
  const { members, memberCount, typing, sendTyping } = usePresence(chat, name);
  const isWide = useMedia('(width >= 70rem)');
  const [isPeopleOpen, setPeopleOpen] = useState(false);
  const closePeople = useCallback(() => setPeopleOpen(false), []);
  const [dialog, setDialog] = useState<OpenDialog>();
  const closeDialog = useCallback(() => setDialog(undefined), []);
  const mayModerate = view.can.includes('moderate');
  const [wasReset, setWasReset] = useState(false);
  useEffect(() => room.on('reset', () => setWasReset(true)), [room]);
  const markRead = useCallback((seq: number) => marks?.mark(name, seq), [marks, name]);

  const [isClosed, setClosed] = useState(false);
  const [writing, setWriting] = useState<Writing>({ kind: 'new' });
  const deletions = useDeletions(room);
  const place = useFinder(chat, name);
  const jump = useJump(place, view.cursor !== undefined, seqInHash(useHash()));
  const reactions = useReactions(chat, name);
  const react = (message: MessageView, reaction: string) => {
    const { seq } = message;
    const shown = listReactions(message, reactions.toggles.get(seq), user.id);
    const isMine = shown.some((each) => each.name === reaction && each.isMine);
    // A refusal is shown at the message.
    (isMine ? reactions.remove : reactions.add)(seq, reaction).catch(() => {});
  };
  const isDirect = title.sign === '@';
  const actions: MessageActions = {
    reply: (message) => setWriting({ kind: 'reply', message }),
    react: (message) => setDialog({ kind: 'reaction', message }),
    report: (message) => setDialog({ kind: 'report', message }),
    listReactions: (seq) => setDialog({ kind: 'reactors', seq }),
    edit: (message) => setWriting({ kind: 'edit', message }),
    remove: deletions.remove,
    removeUser: (target) => setDialog({ kind: 'moderation', target }),
    markUnread: marks?.unmarkIn(name),
    message: isDirect ? undefined : ({ from }) => setDialog({ kind: 'direct', target: from }),
    copyLink: (seq) => void copy(linkTo(name, location.href, seq)),
  };

  const moderate = () => {
    closePeople();
    setDialog({ kind: 'moderation', target: undefined });
  };
  const message = (target: User) => {
    closePeople();
    setDialog({ kind: 'direct', target });
  };
  const people = (
    <Suspense>
      <PeopleList
        members={members}
        memberCount={memberCount}
        me={user.id}
        onModerate={mayModerate ? moderate : undefined}
        onMessage={isDirect ? undefined : message}
      />
    </Suspense>
  );
  return (
    <FilesPlaceContext value={filesPlace}>
      <main className="pane" aria-label={`Room ${title.text}`}>
        <RoomHeader
          name={name}
          title={title}
          members={members}
          memberCount={memberCount}
          unreadElsewhere={props.unreadElsewhere}
          onMenu={props.onMenu}
          onDate={() => setDialog({ kind: 'date' })}
          onPeople={isWide ? undefined : () => setPeopleOpen(true)}
        />
        <ConnectionBanner
          state={state}
          user={user}
          onTryNow={chat.connect}
          onJoinAgain={() => props.onJoinAgain(state.kind === 'disconnected' ? reasonOf(state) : '')}
        />
        {props.isBadLink && (
          <p className="banner trouble" role="alert">
            {BAD_LINK}
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
        {jump.problem !== undefined && <JumpNotice problem={jump.problem} onSeen={jump.onProblemSeen} />}
        <MessageList
          room={view}
          title={title}
          place={place}
          me={user.id}
          readUpTo={marks?.upTo(name)}
          hasAttention={hasAttention}
          deletions={deletions}
          reactions={reactions}
          actions={actions}
          target={jump.target}
          onJump={jump.to}
          onRead={markRead}
        />
        <div className="foot-frame">
          <div className="foot">
            <TypingLine typing={typing} />
            <Suspense>
              <RoomRules
                key={name}
                room={room}
                me={user.id}
                isExempt={mayModerate}
                onClosed={setClosed}
                onLeaveForGood={() => setDialog({ kind: 'leave' })}
              />
            </Suspense>
            <Compose
              key={writing.kind === 'edit' ? `edit-${writing.message.seq}` : 'new'}
              room={room}
              title={title}
              unsent={props.unsent}
              me={user.id}
              members={members}
              writing={writing}
              canAttach={view.cursor === undefined ? props.couldAttach : view.can.includes('attach')}
              onWriting={setWriting}
              onTyping={sendTyping}
              isClosed={isClosed}
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
      {dialog && (dialog.kind !== 'moderation' || mayModerate) && (
        <Suspense>
          <RoomDialog
            dialog={dialog}
            chat={chat}
            room={room}
            rooms={props.rooms}
            me={user.id}
            onDate={(at) => jump.to({ at })}
            onReact={react}
            onReactors={reactions.who}
            onLeft={() => onLeave(name)}
            onClose={closeDialog}
          />
        </Suspense>
      )}
    </FilesPlaceContext>
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
