import { itCatches } from '../plantedBugs';
import { pushBugs } from './bugs';

itCatches(pushBugs, 400, 'tests/simulation/push/worker.ts');
