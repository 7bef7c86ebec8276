import { itCatches } from '../plantedBugs';
import { changesBugs } from './bugs';

itCatches(changesBugs, 600);
