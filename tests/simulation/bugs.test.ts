import { bugs } from './bugs';
import { itCatches } from './plantedBugs';

itCatches(bugs, 1_000);
