import { describeStores } from './contract';
import { openStores, startDynalite } from './engines';

describe('stores on dynalite', () => {
  describeStores(async () => openStores(await startDynalite()));
});
