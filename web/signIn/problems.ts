/** Why a sign-in, or its renewal, gave no token. */
export type SignInProblem =
  /** The provider, or the network to it, does not answer. */
  | { kind: 'unreachable' }
  /** The user went back, or the provider does not let this user in. */
  | { kind: 'denied' }
  /** The answer belongs to no sign-in that this tab has started. */
  | { kind: 'stale' }
  /** The provider does not renew the session any more. */
  | { kind: 'ended' }
  /** The provider and the stack do not fit together; only an operator can change it. `code` is for the operator. */
  | { kind: 'misconfigured'; code: string };

/** Says what happened and what the user can do. */
export function describeProblem(problem: SignInProblem): string {
  switch (problem.kind) {
    case 'unreachable':
      return 'The sign-in service cannot be reached. Check your connection, then try again.';
    case 'denied':
      return 'You were not signed in: the sign-in was cancelled, or you may not use this chat.';
    case 'stale':
      return 'This sign-in is too old or was started in another tab. Sign in again.';
    case 'ended':
      return 'Your sign-in has ended. Sign in again; what you have not sent yet is kept.';
    case 'misconfigured':
      return `Sign-in does not work on this chat at the moment. Tell its operator: ${problem.code}.`;
    default:
      return problem satisfies never;
  }
}
