import { createConnectionPoster, type PosterOptions } from '../../lib/aws/apiGateway/connectionPoster';
import type { Poster } from '../../lib/ports/poster';
import { awsClients } from './awsClients';

export const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };
export const REGION = 'eu-central-1';

process.env.AWS_REGION = REGION;
process.env.AWS_ACCESS_KEY_ID = CREDENTIALS.accessKeyId;
process.env.AWS_SECRET_ACCESS_KEY = CREDENTIALS.secretAccessKey;
process.env.AWS_SESSION_TOKEN = CREDENTIALS.sessionToken;

/** Our poster, and the one it stands for. */
export const posters: Record<'own' | 'sdk', (endpoint: string) => Poster> = {
  own: (endpoint) => ownPoster(endpoint),
  sdk: (endpoint) => awsClients.sdk.createConnectionPoster(endpoint, process.env),
};

export function ownPoster(endpoint: string, options: Partial<PosterOptions> = {}): Poster {
  return createConnectionPoster({ endpoint, region: REGION, credentials: () => CREDENTIALS, ...options });
}
