import { itCatches } from '../plantedBugs';
import { changesBugs } from './bugs';
import { reactionsAmongChangesBugs } from './reactionsBugs';

itCatches([...changesBugs, ...reactionsAmongChangesBugs], 1_500);
