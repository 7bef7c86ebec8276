import { describeStores } from './contract';
import { openStores, startDynalite } from './engines';
import { createSdkDatabase } from './sdkDatabase';

describe('stores on the AWS SDK, as what ours stands for', () => {
  describeStores(async () => openStores(await startDynalite(), (_ours, sdk) => createSdkDatabase(sdk)));
});
