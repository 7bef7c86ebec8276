import { itCatches } from '../plantedBugs';
import { botsBugs } from './bugs';

itCatches(botsBugs, 300, 'tests/simulation/bots/worker.ts');
