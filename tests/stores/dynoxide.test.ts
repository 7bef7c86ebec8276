import { describeStores } from './contract';
import { hasDynoxide, openStores, skipped, startDynoxide } from './engines';

const here = hasDynoxide ? describe : skipped('dynoxide', 'it is not installed on this platform');

here('stores on dynoxide (installed on Linux x64 only)', () => {
  describeStores(async () => openStores(await startDynoxide()));
});
