import { useState } from 'react';
import { ChatPage } from './components/ChatPage';
import { JoinForm } from './components/JoinForm';
import { useHash } from './hooks/useHash';
import type { Memory } from './memory';
import { LOBBY, roomInHash } from './pure/places';
import type { SignIn } from './session';

interface Props {
  memory: Memory;
  signIn: SignIn;
}

/** The page: the join form until there is a name, then the chat. */
export function App({ memory, signIn }: Props) {
  const [guest, setGuest] = useState(signIn.remembered);
  const [asking, setAsking] = useState<{ reason?: string } | undefined>(guest ? undefined : {});
  const room = roomInHash(useHash()) ?? LOBBY;

  if (guest && !asking)
    return (
      <ChatPage
        key={`${guest.user.id} ${guest.user.name}`}
        memory={memory}
        signIn={signIn}
        user={guest.user}
        onRename={(reason) => setAsking(reason ? { reason } : {})}
        onSignOut={() => {
          signIn.signOut();
          setGuest(undefined);
          setAsking({});
        }}
      />
    );
  return (
    <JoinForm
      name={guest?.user.name ?? ''}
      room={room}
      reason={asking?.reason}
      onJoin={async (name) => {
        setGuest(await signIn.join(name));
        setAsking(undefined);
      }}
    />
  );
}
