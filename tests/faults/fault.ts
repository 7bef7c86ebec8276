import type { Threat } from '../threatModel/table';

/** A fault that was found, what is right, and the tests that fail when the right thing is undone. */
export interface Fault {
  id: string;
  fault: string;
  tests: Threat['tests'];
}
