import { itCatches } from '../plantedBugs';
import { changesBugs } from './bugs';
import { marksBugs } from './marksBugs';
import { reactionsAmongChangesBugs } from './reactionsBugs';

itCatches(
  [...changesBugs, ...marksBugs, ...reactionsAmongChangesBugs].map((bug) => ({ ...bug, kind: 'changes' })),
  1_500,
);
