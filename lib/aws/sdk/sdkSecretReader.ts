import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SecretReader } from '../../auth/secretCache';
import { reasonOf } from '../callFailure';
import { callDeadline, clientConfig } from './clientConfig';
import { sdkFailure } from './sdkFailure';

const LIMITS = { tryTimeoutMs: 3_000, maxAttempts: 2, maxSockets: 64 };

/** Reads secrets with the AWS SDK. */
export function createSdkSecretReader(env: Record<string, string | undefined>): SecretReader {
  const client = new SecretsManagerClient(clientConfig(env, 'AWS_ENDPOINT_URL_SECRETS_MANAGER', LIMITS));
  return async (arn, stage) => {
    try {
      const command = new GetSecretValueCommand({ SecretId: arn, VersionStage: stage });
      return (await client.send(command, callDeadline(LIMITS))).SecretString;
    } catch (error) {
      const failure = sdkFailure(error);
      if (failure.outcome === 'refused' && failure.type === 'ResourceNotFoundException') return undefined;
      throw new Error(`Reading a secret did not succeed: ${reasonOf(failure)}.`);
    }
  };
}
