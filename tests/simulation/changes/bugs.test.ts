import { itCatches } from '../plantedBugs';
import { changesBugs } from './bugs';
import { reactionsAmongChangesBugs } from './reactionsBugs';

itCatches(
  [...changesBugs, ...reactionsAmongChangesBugs].map((bug) => ({ ...bug, kind: 'changes' })),
  1_500,
);
