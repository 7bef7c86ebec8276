import { createSecretReader } from '#awsClients';
import { createSecret, type Secret, type SecretReader } from '../auth/secretCache';

let reader: SecretReader | undefined;

/** Opens a secret with the client that all secrets of this container share. */
export function openSecret(arn: string, env: Record<string, string | undefined>): Secret {
  reader ??= createSecretReader(env);
  return createSecret(arn, reader);
}
