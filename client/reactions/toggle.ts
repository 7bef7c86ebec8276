import type { ChatError } from '../common/errors';

/** What this user has switched: on or off, and what became of it. */
export interface Toggle {
  readonly on: boolean;
  /** `pending`: not known to be in the log. `failed`: given up, see `error`; what was before holds. */
  readonly state: 'pending' | 'settled' | 'failed';
  readonly error?: ChatError;
  /** The state before, where this client has set that, too. */
  readonly before?: boolean | undefined;
  /** The change is part of each summary with this `k` or a higher one. */
  readonly k?: number | undefined;
}

/** What this user has switched at one message, by the names of the reactions. */
export type Toggles = ReadonlyMap<string, Toggle>;
