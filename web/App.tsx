import { useCallback, useEffect, useState } from 'react';
import type { Memory } from './browserStorage';
import { Busy } from './components/Busy';
import { ChatPage } from './components/ChatPage';
import { JoinForm } from './components/JoinForm';
import { SignInCard } from './components/SignInCard';
import { useHash } from './hooks/useHash';
import { isBadLink, LOBBY, roomInHash } from './pure/hashLinks';
import type { SignIn } from './session';
import type { AccountSession } from './signIn/account';
import { describeProblem, type SignInProblem } from './signIn/problems';

interface Props {
  memory: Memory;
  /** Guests; `undefined` where they are switched off. */
  guests: SignIn | undefined;
  /** The identity provider; `undefined` where the page has no sign-in. */
  accounts: AccountSession | undefined;
  /** The provider has sent the user back, and is asked for the tokens. */
  arrival: Promise<SignInProblem | undefined> | undefined;
}

/** Tells what a sign-out that the server did not confirm leaves. */
function unrevoked(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return `You are signed out in this browser. A copy of your token elsewhere still works. ${why}`;
}

/** The storage reports the two in the same way. */
const SIGNED_OUT = 'You signed out in another tab, or cleared this site’s data.';

/** The page: a card until there is a user, then the chat. All tabs of a browser show one user. */
export function App({ memory, guests, accounts, arrival }: Props) {
  const signedIn = useCallback(
    () => [accounts, guests].find((session) => session?.remembered()),
    [accounts, guests],
  );
  const [session, setSession] = useState(signedIn);
  const [user, setUser] = useState(session?.remembered()?.user);
  const [asking, setAsking] = useState<{ reason?: string } | undefined>(user ? undefined : {});
  const [busy, setBusy] = useState(arrival && 'Signing in…');
  const hash = useHash();

  const refresh = useCallback(
    (reason?: string) => {
      const now = signedIn();
      const user = now?.remembered()?.user;
      setSession(now);
      setUser(user);
      setAsking(user && reason === undefined ? undefined : { ...(reason !== undefined && { reason }) });
    },
    [signedIn],
  );

  useEffect(() => {
    const changed = () => refresh(signedIn() ? undefined : SIGNED_OUT);
    const stops = [guests, accounts].map((each) => each?.watch(changed));
    return () => {
      for (const stop of stops) stop?.();
    };
  }, [guests, accounts, signedIn, refresh]);
  useEffect(() => {
    void arrival?.then((problem) => {
      refresh(problem && describeProblem(problem));
      setBusy(undefined);
    });
  }, [arrival, refresh]);

  if (busy !== undefined) return <Busy text={busy} />;
  if (session && user && !asking)
    return (
      <ChatPage
        key={`${user.id} ${user.name}`}
        memory={memory}
        signIn={session}
        user={user}
        canRename={session === guests}
        marksGuests={accounts !== undefined}
        onRename={(reason) => setAsking(reason ? { reason } : {})}
        onSignOut={() => {
          const done = session.signOut();
          refresh();
          if (!done) return;
          setBusy('Signing out…');
          void done.catch((error) => refresh(unrevoked(error))).finally(() => setBusy(undefined));
        }}
      />
    );
  const room = roomInHash(hash) ?? LOBBY;
  if (!guests || (session && session === accounts))
    return (
      <SignInCard
        room={room}
        isBadLink={isBadLink(hash)}
        reason={asking?.reason}
        onSignIn={accounts?.begin}
      />
    );
  return (
    <JoinForm
      key={user?.id}
      name={user?.name ?? ''}
      room={room}
      isBadLink={isBadLink(hash)}
      reason={asking?.reason}
      onJoin={async (name) => {
        await guests.join(name);
        refresh();
      }}
      onSignIn={accounts?.begin}
      onCancel={user && asking?.reason === undefined ? () => setAsking(undefined) : undefined}
    />
  );
}
