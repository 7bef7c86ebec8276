import { expectReplies } from '../bots/expectReplies';
import { expectConvergence } from '../changes/expectConvergence';
import { expectRelayed } from '../events/expectRelayed';
import { expectPromises } from '../promises';
import { expectSettled } from '../reactions/expectSettled';
import { expectReviewed } from '../review/expectReviewed';

it('keeps every promise in 106,000 sends', () => expectPromises(1_000_000, 106_000), 900_000);

it.each([
  ['edits, deletions and reactions converge', () => expectConvergence(3_000_001, 7_000)],
  ['reactions of crowds converge', () => expectSettled(5_000_000, 8_000)],
  [
    'two copies of a bot, killed 1,000 times, reply to each of 1,000 questions',
    () => expectReplies(7_000_000, 1_000),
  ],
  ['a sink gets every entry of every room in order', () => expectRelayed(9_100_000, 6_000)],
  ['nothing unreviewed is shown', () => expectReviewed(8_000_000, 4_000)],
])('%s in more seeds', (_what, run) => run(), 300_000);
