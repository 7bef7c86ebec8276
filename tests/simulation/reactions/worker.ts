import { serveTasks } from '../serveTasks';
import { simulateReactions } from './simulateReactions';

serveTasks(simulateReactions);
