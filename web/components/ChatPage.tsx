import { Suspense, useCallback, useEffect, useState } from 'react';
import { createChat } from '../../client';
import { createBrowserOutbox } from '../../client/outbox/browser';
import { useChat, useRooms } from '../../client/react';
import { isDirect, type User } from '../../lib/protocol';
import type { Memory } from '../browserStorage';
import { useMedia } from '../hooks/useMedia';
import type { ReadMarks } from '../hooks/useReadMarks';
import { useRoomKeys } from '../hooks/useRoomKeys';
import { type ServerList, useRoomList } from '../hooks/useRoomList';
import { useUnsentTexts } from '../hooks/useUnsentTexts';
import { useAttention } from '../hooks/useWindow';
import { eraseOutbox } from '../outbox';
import type { RoomTitle } from '../pure/roomTitle';
import { lastOf, titleOf } from '../pure/unread';
import { findPushWorker } from '../registerServiceWorker';
import type { Session } from '../session';
import { Drawer } from './Drawer';
import { Logo } from './Logo';
import { FollowedRooms, Notifications, ResumeUploads } from './late';
import { Me } from './Me';
import { RoomNav } from './RoomNav';
import { RoomPane } from './RoomPane';

/** A direct room until the server's list tells whose it is. */
const UNNAMED: RoomTitle = { sign: '@', text: 'direct room' };

/** Rooms that are joined besides the open one. A connection may join 50. */
const OTHER_ROOMS = 49;

interface Props {
  memory: Memory;
  signIn: Session;
  user: User;
  /** Guests choose their name; the provider gives it to other users. */
  canRename: boolean;
  /** Whether guests are told from users of the provider. */
  marksGuests: boolean;
  /** Shows the join form again, with the reason. */
  onRename(reason?: string): void;
  onSignOut(): void;
}

/** The chat: rooms at the side, one of them open. */
export function ChatPage({
  memory,
  signIn,
  user: joinedAs,
  canRename,
  marksGuests,
  onRename,
  onSignOut,
}: Props) {
  const [chat] = useState(() =>
    createChat({ url: socketUrl(), token: signIn.token, outbox: createBrowserOutbox() }),
  );
  const token = useCallback(() => signIn.token({ reason: 'first', previous: undefined }), [signIn]);
  const { state, user = joinedAs } = useChat(chat);
  const [knownAs, setKnownAs] = useState(joinedAs.id);
  const [list, setList] = useState<ServerList>();
  const { names, current, opened, isBadLink, remove } = useRoomList(memory, list);
  const rooms = useRooms(chat, names.slice(0, OTHER_ROOMS));
  const unsent = useUnsentTexts(memory, user.id);
  const [marks, setMarks] = useState<ReadMarks>();
  const canAttach = rooms.some(({ can }) => can.includes('attach'));
  const [couldAttach] = useState(() => memory.read('attach') === true);
  useEffect(() => {
    if (canAttach) memory.write('attach', true);
  }, [memory, canAttach]);
  const hasAttention = useAttention();
  const isNarrow = useMedia('(width < 48rem)');
  const [isMenuOpen, setMenuOpen] = useState(false);
  const closeMenu = useCallback(() => setMenuOpen(false), []);

  const titleIn = (name: string): RoomTitle =>
    list?.titleOf(name) ?? (isDirect(name) ? UNNAMED : { sign: '#', text: name });
  const lines = names.map((name, at) => {
    const { messages } = rooms[at] ?? chat.room(name).snapshot;
    return {
      name,
      title: list?.labelOf(name) ?? titleIn(name),
      unread: marks?.unreadIn(name) ?? 0,
      mentions: marks?.mentionsIn(name) ?? 0,
      last: lastOf(messages, user.id) ?? list?.lastIn(name),
    };
  });
  const unread = lines.reduce((sum, line) => sum + line.unread, 0);
  const mentions = lines.reduce((sum, line) => sum + line.mentions, 0);
  const title = titleIn(current);
  const pageTitle = titleOf(unread, mentions, title);
  useEffect(() => {
    document.title = pageTitle;
  }, [pageTitle]);
  useRoomKeys(names, current);

  const signOut = () => {
    onSignOut();
    chat.close();
    void eraseOutbox();
    // The worker of notifications: the next user of this browser is not told of what is for this one.
    void findPushWorker().then((own) => own?.unregister());
  };
  useEffect(
    () =>
      signIn.watch(() => {
        if (signIn.remembered()?.user.id === joinedAs.id) return;
        // Unsent messages of this tab must not outlive a sign-out in another one.
        chat.close();
        void eraseOutbox();
      }),
    [signIn, chat, joinedAs.id],
  );

  const side = (
    <>
      <div className="side-head">
        <Logo />
      </div>
      <RoomNav
        chat={chat}
        mayCreate={rooms.some(({ can }) => can.includes('moderate'))}
        rooms={lines}
        current={current}
        onGo={closeMenu}
        onLeave={remove}
        onMore={list?.loadMore}
      />
      <Suspense>
        <Notifications token={token} room={current} />
      </Suspense>
      <Me user={user} onRename={canRename ? () => onRename() : undefined} onSignOut={signOut} />
    </>
  );
  return (
    <div className={marksGuests ? 'chat mixed' : 'chat'}>
      {isNarrow ? (
        isMenuOpen && (
          <Drawer label="Rooms" side="start" onClose={closeMenu}>
            {side}
          </Drawer>
        )
      ) : (
        <div className="side">{side}</div>
      )}
      <Suspense>
        <FollowedRooms
          chat={chat}
          memory={memory}
          me={user.id}
          rooms={rooms}
          current={current}
          opened={opened}
          hasUnread={unread > 0}
          onList={setList}
          onMarks={setMarks}
        />
        {(canAttach || couldAttach) && <ResumeUploads chat={chat} names={names} token={token} />}
      </Suspense>
      <RoomPane
        key={current}
        chat={chat}
        token={token}
        couldAttach={couldAttach}
        unsent={unsent}
        name={current}
        title={title}
        state={state}
        user={user}
        isBadLink={isBadLink}
        isNewGuest={user.id !== knownAs}
        onNewGuestSeen={() => setKnownAs(user.id)}
        marks={marks}
        hasAttention={hasAttention}
        rooms={rooms}
        unreadElsewhere={unread - (lines.find((line) => line.name === current)?.unread ?? 0)}
        onMenu={isNarrow ? () => setMenuOpen(true) : undefined}
        onJoinAgain={onRename}
        onLeave={remove}
      />
    </div>
  );
}

function socketUrl(): string {
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/ws`;
}
