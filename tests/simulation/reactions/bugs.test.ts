import { itCatches } from '../plantedBugs';
import { reactionsBugs } from './bugs';

itCatches(reactionsBugs, 1_500, 'tests/simulation/reactions/worker.ts');
