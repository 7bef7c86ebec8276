import { serveTasks } from '../serveTasks';
import { simulateEvents } from './simulateEvents';

serveTasks(simulateEvents);
