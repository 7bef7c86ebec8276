import { describeStores } from './contract';
import { openStores, skipped } from './engines';

const endpoint = process.env.DYNAMODB_ENDPOINT;
const here = endpoint
  ? describe
  : skipped('a database of your own', 'DYNAMODB_ENDPOINT (such as http://localhost:8000) is not set');

here(`stores on ${endpoint ?? 'a database of your own (DYNAMODB_ENDPOINT is not set)'}`, () => {
  describeStores(() => openStores({ url: endpoint ?? '', stop: async () => {} }));
});
