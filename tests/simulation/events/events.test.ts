import { expectRelayed } from './expectRelayed';

it(
  'sends every entry of every room in order, past a stream and a sink with every fault',
  () => expectRelayed(9_000_000, 3_000),
  300_000,
);
