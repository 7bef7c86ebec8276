import { serveTasks } from '../serveTasks';
import { simulateReview } from './simulateReview';

serveTasks(simulateReview);
