import type { SecretReader } from '../../auth/secretCache';
import { reasonOf } from '../callFailure';
import { createServiceClient, parseJsonBody } from '../http/serviceClient';

const CALL_TIMEOUT_MS = 3_000;

/** Reads secrets from Secrets Manager over the project's own HTTP client. */
export function createSecretReader(env: Record<string, string | undefined>): SecretReader {
  const secretsManager = createServiceClient({
    name: 'secretsmanager',
    variable: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
    env,
    timeoutMs: CALL_TIMEOUT_MS,
  });
  return async (arn, stage) => {
    const result = await secretsManager({
      contentType: 'application/x-amz-json-1.1',
      headers: { 'x-amz-target': 'secretsmanager.GetSecretValue' },
      body: JSON.stringify({ SecretId: arn, VersionStage: stage }),
    });
    if (result.outcome === 'done') {
      const answer = parseJsonBody(result.body);
      if (!answer) throw new Error('The response of Secrets Manager is not JSON.');
      return typeof answer.SecretString === 'string' ? answer.SecretString : undefined;
    }
    if (result.outcome === 'refused' && result.type === 'ResourceNotFoundException') return undefined;
    throw new Error(`Reading a secret did not succeed: ${reasonOf(result)}.`);
  };
}
