import { itCatches } from '../plantedBugs';
import { reviewBugs } from './bugs';

itCatches(reviewBugs, 600, 'tests/simulation/review/worker.ts');
