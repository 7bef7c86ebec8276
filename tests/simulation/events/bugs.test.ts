import { itCatches } from '../plantedBugs';
import { eventsBugs } from './bugs';

itCatches(eventsBugs, 400, 'tests/simulation/events/worker.ts');
