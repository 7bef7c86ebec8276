import { useEffect, useState } from 'react';
import { ChatPage } from './components/ChatPage';
import { JoinForm } from './components/JoinForm';
import { useHash } from './hooks/useHash';
import type { Memory } from './memory';
import { isBadLink, LOBBY, roomInHash } from './pure/places';
import type { SignIn } from './session';

interface Props {
  memory: Memory;
  signIn: SignIn;
}

/** The page: the join form until there is a name, then the chat. All tabs of a browser show one guest. */
export function App({ memory, signIn }: Props) {
  const [guest, setGuest] = useState(signIn.remembered);
  const [asking, setAsking] = useState<{ reason?: string } | undefined>(guest ? undefined : {});
  const hash = useHash();

  useEffect(
    () =>
      signIn.watch(() => {
        const now = signIn.remembered();
        setGuest(now);
        setAsking(now ? undefined : { reason: 'You signed out in another tab.' });
      }),
    [signIn],
  );

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
      key={guest?.user.id}
      name={guest?.user.name ?? ''}
      room={roomInHash(hash) ?? LOBBY}
      isBadLink={isBadLink(hash)}
      reason={asking?.reason}
      onJoin={async (name) => {
        setGuest(await signIn.join(name));
        setAsking(undefined);
      }}
      onCancel={guest && asking?.reason === undefined ? () => setAsking(undefined) : undefined}
    />
  );
}
