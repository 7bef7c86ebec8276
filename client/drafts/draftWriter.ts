import { LIMITS } from '../../lib/protocol';
import { ChatError } from '../common/errors';
import type { Clock, Random } from '../common/platform';
import type { Room } from '../common/roomTypes';
import { backoff } from '../connection/backoff';
import { isPermanent } from '../connection/requestErrors';
import { request } from '../featureRequests';
import * as defaults from '../platform/defaults';
import { userOf } from '../room/roomContext';

/** Below the server's rate of 5 parts a second. */
const INTERVAL_MS = 250;

/** A writer gives up after this many repeats in a row. */
const MAX_REPEATS = 10;

/** Shows the others in a room a text while it is being written. */
export interface DraftWriter {
  /** Adds to the text. What is added within a quarter of a second leaves together. */
  write(text: string): void;
  /** Takes the draft away: the message has been sent, or never will be. */
  end(): void;
}

/** What a writer takes from its platform. */
export interface DraftWriterOptions {
  clock?: Clock;
  random?: Random;
}

/**
 * Begins a draft of an answer to the message at `of`. The client sends nothing before the first `write`. The draft ends
 * without an error when another writer of this user begins a newer one, when the server refuses it, when another user
 * signs in, after ten repeats in vain, and at 4,000 characters.
 */
export function createDraftWriter(
  room: Room,
  of: number,
  { clock = defaults.clock, random = Math.random }: DraftWriterOptions = {},
): DraftWriter {
  const generation = clock.now();
  let waiting: string[] = [];
  let offset = 0;
  let state: 'writing' | 'ending' | 'over' = 'writing';
  let isBusy = false;
  let attempt = 0;
  let user: string | undefined;

  const next = (ms: number): void => {
    isBusy = true;
    clock.after(ms, () => {
      isBusy = false;
      send();
    });
  };

  const send = (): void => {
    if (isBusy || state === 'over') return;
    user ??= userOf(room);
    if (user !== userOf(room)) {
      state = 'over';
      return;
    }
    const isEnd = state === 'ending';
    const part = isEnd ? [] : waiting.slice(0, LIMITS.textCharacters - offset);
    // Without a part there is nothing to end.
    if (part.length === 0 && (!isEnd || offset === 0)) return;
    isBusy = true;
    const text = isEnd ? {} : { text: part.join('') };
    request(room, { action: 'draft', of, generation, offset, ...text }).then(
      () => {
        if (isEnd) state = 'over';
        waiting = waiting.slice(part.length);
        offset += part.length;
        attempt = 0;
        next(INTERVAL_MS);
      },
      (error) => {
        const isRefused = !(error instanceof ChatError) || error.code === 'conflict' || isPermanent(error);
        // Without a connection the end is lost: the answer itself ends the draft, or a minute of silence.
        const isLost = attempt === MAX_REPEATS || (isEnd && error.code === 'notJoined');
        if (isRefused || isLost) state = 'over';
        else next((error.retryAfterMs ?? 0) + backoff(attempt++, random));
      },
    );
  };

  return {
    write(text) {
      waiting.push(...text.replaceAll('\r', ''));
      send();
    },
    end() {
      if (state === 'writing') state = 'ending';
      send();
    },
  };
}
