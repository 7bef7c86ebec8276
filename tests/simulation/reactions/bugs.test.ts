import { itCatches } from '../plantedBugs';
import { reactionsBugs } from './bugs';

itCatches(reactionsBugs, 8_000, 'tests/simulation/reactions/worker.ts');
