import { awsClients } from '../awsHttp/awsClients';
import { describeStores } from './contract';
import { environmentFor, openStores, startNative } from './engines';

describe('stores on the AWS SDK', () => {
  describeStores(async () => {
    const engine = await startNative();
    return openStores(engine, () => awsClients.sdk.createDatabase(environmentFor(engine.url)));
  });
});
