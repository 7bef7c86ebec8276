import { describeStores } from './contract';
import { openStores, startDynalite } from './engines';
import { describeErasure } from './erasureContract';
import { describeOperatorViews } from './operatorViewsContract';

describe('stores on dynalite', () => {
  describeStores(async () => openStores(await startDynalite()));
  describeErasure(startDynalite);
  describeOperatorViews(startDynalite);
});
