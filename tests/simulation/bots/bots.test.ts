import { expectReplies } from './expectReplies';

it(
  'two copies of a bot, killed 500 times, reply to each of 500 questions once',
  () => expectReplies(7_000_000, 500),
  300_000,
);
