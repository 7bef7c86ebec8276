import { createStores } from '../simulation/stores';
import { describeStores } from './contract';

describe('stores of the simulation', () => {
  describeStores(async () => ({ stores: createStores(), close: async () => {} }));
});
