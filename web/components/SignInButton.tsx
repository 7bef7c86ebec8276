import { useState } from 'react';
import { describeProblem, type SignInProblem } from '../signIn/problems';

interface Props {
  className: string;
  onSignIn(): Promise<SignInProblem | undefined>;
}

/** Leads to the identity provider, and says why if it cannot. */
export function SignInButton({ className, onSignIn }: Props) {
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
