import { serveTasks } from '../serveTasks';
import { simulateBots } from './simulateBots';

serveTasks(simulateBots);
