import { awsClients } from '../awsHttp/awsClients';
import { describeStores } from './contract';
import { environmentFor, hasDynoxide, openStores, startDynalite, startDynoxide } from './engines';

describe('stores on the AWS SDK', () => {
  describeStores(async () => {
    const engine = await (hasDynoxide ? startDynoxide() : startDynalite());
    return openStores(engine, () => awsClients.sdk.createDatabase(environmentFor(engine.url)));
  });
});
