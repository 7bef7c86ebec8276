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
  const [session, setSession] = useState(signIn.remembered);
  const [asking, setAsking] = useState<{ reason?: string } | undefined>(session ? undefined : {});
  const room = roomInHash(useHash()) ?? LOBBY;

  if (session && !asking)
    return (
      <ChatPage
        key={`${session.user.id} ${session.user.name}`}
        memory={memory}
        signIn={signIn}
        user={session.user}
        onRename={(reason) => setAsking(reason ? { reason } : {})}
        onSignOut={() => {
          signIn.forget();
          setSession(undefined);
          setAsking({});
        }}
      />
    );
  return (
    <JoinForm
      name={session?.user.name ?? ''}
      room={room}
      reason={asking?.reason}
      onJoin={async (name) => {
        setSession(await signIn.join(name));
        setAsking(undefined);
      }}
    />
  );
}
