import type { S3Client } from '@aws-sdk/client-s3';
import { CREDENTIALS } from './cloud/signature';

/** Clients as the plugin has them, for an address. */
export interface Clients {
  s3: S3Client;
}

const open = require('../../infra/deploy/aws.js') as (provider: {
  getAwsSdkV3Config(): Promise<object>;
}) => Promise<Clients>;

export const clientsFor = (endpoint: string, region = 'eu-west-1'): Promise<Clients> =>
  open({ getAwsSdkV3Config: async () => ({ endpoint, region, credentials: CREDENTIALS, maxAttempts: 1 }) });
