import type { Fault } from './fault';

/** Rows S1 to S9, A4 and A6: the stack on AWS. */
export const STACK_FAULTS: readonly Fault[] = [
  { id: 'S1', fault: 'An alarm reads more metrics than CloudWatch allows', tests: [] },
  { id: 'S2', fault: 'A name of the stack is taken in another Region of the account', tests: [] },
  { id: 'S3', fault: "The deployer's policy lacks read permissions that a deployment needs", tests: [] },
  { id: 'S4', fault: "The stack overwrites the account's role for API logs", tests: [] },
  { id: 'S5', fault: 'The doctor reports a stack that is set up as recommended', tests: [] },
  { id: 'S6', fault: "A function's environment is larger than Lambda allows", tests: [] },
  { id: 'S7', fault: 'The runbook names another state after a failed first deployment', tests: [] },
  { id: 'S8', fault: 'Another allowed origin gets no token, and app schemes are refused', tests: [] },
  { id: 'S9', fault: 'Parts of the template depend on what AWS does not promise', tests: [] },
  { id: 'A4', fault: 'A throttled client reconnects, and an address has no limit of its own', tests: [] },
  { id: 'A6', fault: "The deployer's policy makes its holder an administrator", tests: [] },
];
