import { expectReviewed } from './expectReviewed';

it(
  'shows nothing unreviewed and loses nothing, past a reviewer with every fault',
  () => expectReviewed(8_000_000, 2_000),
  300_000,
);
