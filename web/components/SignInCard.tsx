import { useState } from 'react';
import { ROOM_RULE } from '../../lib/protocol';
import { describeProblem, type SignInProblem } from '../signIn/problems';
import { Logo } from './Logo';

interface Props {
  room: string;
  /** Why the card is shown again. */
  reason: string | undefined;
  /** The address names an invalid room. */
  isBadLink: boolean;
  /** Leaves the page for the provider; `undefined` where the page has no sign-in. */
  onSignIn: (() => Promise<SignInProblem | undefined>) | undefined;
}

/** The first view where guests are switched off. */
export function SignInCard({ room, reason, isBadLink, onSignIn }: Props) {
  return (
    <main className="join">
      <div className="card">
        <Logo />
        <h1>
          Join <bdi>#{room}</bdi>
        </h1>
        {isBadLink && (
          <p className="wrong" role="alert">
            The link names no room. {ROOM_RULE}
          </p>
        )}
        {reason !== undefined && (
          <p className="wrong" role="alert">
            {reason}
          </p>
        )}
        {onSignIn ? (
          <SignInButton className="primary" onSignIn={onSignIn} />
        ) : (
          <p>This page offers no sign-in. Open the chat from the app of your team.</p>
        )}
      </div>
    </main>
  );
}

interface ButtonProps {
  className: string;
  onSignIn(): Promise<SignInProblem | undefined>;
}

/** Leads to the identity provider, and says why if it cannot. */
export function SignInButton({ className, onSignIn }: ButtonProps) {
  const [isLeaving, setLeaving] = useState(false);
  const [problem, setProblem] = useState<SignInProblem>();
  const signIn = async () => {
    setLeaving(true);
    const problem = await onSignIn();
    setProblem(problem);
    if (problem) setLeaving(false);
  };
  return (
    <>
      <button type="button" className={className} disabled={isLeaving} onClick={() => void signIn()}>
        {isLeaving ? 'Signing in…' : 'Sign in'}
      </button>
      {problem && (
        <p className="wrong" role="alert">
          {describeProblem(problem)}
        </p>
      )}
    </>
  );
}

/** Shown while the page talks to the provider. */
export function Busy({ text }: { text: string }) {
  return (
    <main className="join">
      <p className="card" role="status">
        {text}
      </p>
    </main>
  );
}
