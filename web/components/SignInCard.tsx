import type { SignInProblem } from '../signIn/problems';
import { CardHead } from './CardHead';
import { SignInButton } from './SignInButton';

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
        <CardHead room={room} isBadLink={isBadLink} />
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
