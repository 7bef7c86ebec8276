import type { Answer, PostHook } from '../../local/apiGateway/managementApi';
import { between, pick, type Random } from '../simulation/random';
import type { Dice } from './faults';
import type { Timers } from './timers';

const LATE_MS = { from: 10, to: 3_000 };
const TWICE_MS = { from: 1, to: 2_000 };
/** Longer than the poster waits for an answer. */
const HANGS_MS = 3_000;

const REFUSALS: readonly Answer[] = [
  { status: 429, error: 'LimitExceededException', body: { message: 'Rate exceeded' } },
  { status: 500, body: { message: 'Internal server error' } },
  { status: 502, body: '<html><body>Bad gateway</body></html>' },
  { status: 503, body: { message: 'Service Unavailable' } },
];

/** Answers that are the caller's fault, and must remove no connection. */
const DENIALS: readonly Answer[] = [
  { status: 403, error: 'ForbiddenException', body: { message: 'Forbidden' } },
  { status: 413, error: 'PayloadTooLargeException', body: { message: 'Payload too large' } },
];

/** The management API as it can be: it refuses, hangs, loses, doubles and reorders. Only the gone are told gone. */
export function faultyPosts(dice: Dice, random: Random, timers: Timers): PostHook {
  return async (_post, deliver) => {
    dice.count('post');
    if (dice.hits('postDropped')) return { status: 200 };
    if (dice.hits('postRefused')) return pick(random, REFUSALS);
    if (dice.hits('postDenied')) return pick(random, DENIALS);
    if (dice.hits('postRefusedDelivered')) {
      deliver();
      return pick(random, REFUSALS);
    }
    if (dice.hits('postHangs')) {
      if (random() < 0.5) deliver();
      await timers.wait(HANGS_MS);
      return { status: 504, body: { message: 'Endpoint request timed out' } };
    }
    if (dice.hits('postLate')) {
      timers.after(between(random, LATE_MS.from, LATE_MS.to), deliver);
      return { status: 200 };
    }
    if (dice.hits('postTwice')) timers.after(between(random, TWICE_MS.from, TWICE_MS.to), deliver);
    return deliver();
  };
}
