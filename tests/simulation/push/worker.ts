import { serveTasks } from '../serveTasks';
import { simulatePush } from './simulatePush';

serveTasks(simulatePush);
