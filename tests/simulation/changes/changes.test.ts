import { expectConvergence } from './expectConvergence';

it(
  'edits, deletions and reactions converge, and nothing taken back is served',
  () => expectConvergence(3_000_101, 3_500),
  300_000,
);
