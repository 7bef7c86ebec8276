import { type FormEvent, useState } from 'react';
import { NAME_RULE, parseName } from '../../lib/protocol';
import type { SignInProblem } from '../signIn/problems';
import { CardHead } from './CardHead';
import { SignInButton } from './SignInButton';

interface Props {
  name: string;
  room: string;
  /** Why the form is shown again. */
  reason: string | undefined;
  /** The address names an invalid room. */
  isBadLink: boolean;
  onJoin(name: string): Promise<void>;
  /** Leaves the page for the identity provider; `undefined` where the page has none. */
  onSignIn: (() => Promise<SignInProblem | undefined>) | undefined;
  /** Keeps the name; `undefined` where there is none to keep. */
  onCancel: (() => void) | undefined;
}

/** The first view: it asks for a name. */
export function JoinForm({ name: known, room, isBadLink, reason, onJoin, onSignIn, onCancel }: Props) {
  const [name, setName] = useState(known);
  const [isJoining, setJoining] = useState(false);
  const [problem, setProblem] = useState(reason);

  const join = async () => {
    const good = parseName(name);
    if (good === undefined)
      return setProblem(name.trim() === '' ? 'Type the name others will see.' : NAME_RULE);
    setJoining(true);
    setProblem(undefined);
    try {
      await onJoin(good);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setJoining(false);
    }
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void join();
  };

  return (
    <main className="join">
      <form className="card" onSubmit={onSubmit} noValidate>
        <CardHead room={room} isBadLink={isBadLink} />
        <label htmlFor="name">Your name</label>
        <input
          id="name"
          value={name}
          dir="auto"
          // biome-ignore lint/a11y/noAutofocus: the page asks for nothing else.
          autoFocus
          autoComplete="nickname"
          enterKeyHint="go"
          aria-describedby="name-note"
          aria-invalid={problem !== undefined}
          onChange={({ target }) => {
            setName(target.value);
            setProblem(undefined);
          }}
        />
        <p id="name-note" className={problem === undefined ? 'muted' : 'wrong'} role={problem && 'alert'}>
          {problem ?? 'Others see it beside what you write.'}
        </p>
        <button type="submit" className="primary" disabled={isJoining}>
          {isJoining ? 'Joining…' : onSignIn ? 'Join as a guest' : 'Join'}
        </button>
        {onSignIn && <SignInButton className="soft" onSignIn={onSignIn} />}
        {onCancel && (
          <button type="button" className="soft" onClick={onCancel}>
            Cancel
          </button>
        )}
      </form>
    </main>
  );
}
