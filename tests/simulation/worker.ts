import { scenarioOf } from './scenario';
import { serveTasks } from './serveTasks';
import { simulate } from './simulate';

serveTasks((seed, { kind, traces }) =>
  simulate(seed, scenarioOf(seed, kind), traces ? console.log : undefined),
);
