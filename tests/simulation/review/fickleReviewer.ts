import { REVIEW_TIMEOUT_MS, type Reviewer, type ReviewRequest } from '../../../lib/ports/reviewer';
import { Unavailable } from '../../../lib/ports/unavailable';
import type { VirtualClock } from '../clock';
import type { Dice } from '../faults';
import { between, pick, type Random } from '../random';

const GARBAGE = [null, 'allow', {}, { verdict: 'allowed' }, { verdict: 'deny', reason: '\n' }, []];
const ERROR = { errorType: 'Error', errorMessage: 'The reviewer fell over.' };

/** A reviewer with every fault, and what it has let pass. */
export interface FickleReviewer extends Reviewer {
  /** Whether some verdict lets this text pass, by this user under this id. */
  hasPassed(user: string, id: string, text: string): boolean;
  /** A moderator lets this text of a user pass. */
  pass(user: string, text: string): void;
  /** Ends the faults; its mind still changes. */
  heal(): void;
}

/** What it makes of words that it replaces. */
export const masked = (text: string): string => `${text} ***`;

/** Makes a reviewer that is slow, throttled, throws and answers garbage, and changes its mind at each repeat. */
export function createFickleReviewer(
  clock: VirtualClock,
  random: Random,
  dice: Dice,
  faultRate: number,
): FickleReviewer {
  const passed = new Set<string>();
  const allowed = new Set<string>();
  const minds = new Map<string, string>();
  let rate = faultRate;

  const keyOf = ({ from, id }: Pick<ReviewRequest, 'from' | 'id'>, text: string): string =>
    JSON.stringify([from.id, id, text]);

  const answerTo = (request: ReviewRequest): object => {
    const verdict = pick(random, ['allow', 'allow', 'deny', 'replace', 'hold']);
    const key = keyOf(request, request.text);
    const before = minds.get(key);
    if (before !== undefined && before !== verdict) dice.count('mind changed');
    minds.set(key, verdict);
    dice.count(verdict);
    if (verdict === 'allow') passed.add(key);
    if (verdict === 'deny') return { verdict, reason: 'Not here.' };
    if (verdict === 'allow' || verdict === 'hold') return { verdict };
    passed.add(keyOf(request, masked(request.text)));
    return { verdict, text: masked(request.text) };
  };

  return {
    hasPassed: (user, id, text) =>
      passed.has(keyOf({ from: { id: user, name: '' }, id }, text)) || allowed.has(`${user} ${text}`),
    pass: (user, text) => void allowed.add(`${user} ${text}`),
    heal() {
      rate = 0;
    },
    async ask(request) {
      const fault = random() < rate ? pick(random, ['slow', 'throttled', 'throws', 'garbage']) : 'none';
      dice.count(`review ${fault}`);
      await clock.wait(fault === 'slow' ? REVIEW_TIMEOUT_MS : between(random, 3, 400));
      if (fault === 'slow' || fault === 'throttled') throw new Unavailable(fault);
      if (fault === 'throws') return ERROR;
      return fault === 'garbage' ? pick(random, GARBAGE) : answerTo(request);
    },
  };
}
