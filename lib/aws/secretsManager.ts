import type { SecretReader } from '../auth/secretCache';
import { reasonOf } from './callFailure';
import { createService, jsonOf } from './http/serviceClient';

const CALL_TAKES_MS = 3_000;

/** Reads secrets from Secrets Manager. */
export function createSecretReader(env: Record<string, string | undefined>): SecretReader {
  const secretsManager = createService({
    name: 'secretsmanager',
    variable: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
    env,
    takesMs: CALL_TAKES_MS,
  });
  return async (arn, stage) => {
    const answered = await secretsManager({
      contentType: 'application/x-amz-json-1.1',
      headers: { 'x-amz-target': 'secretsmanager.GetSecretValue' },
      body: JSON.stringify({ SecretId: arn, VersionStage: stage }),
    });
    if (answered.outcome === 'done') {
      const answer = jsonOf(answered.body);
      if (!answer) throw new Error('Reading a secret was answered with something else than JSON.');
      return typeof answer.SecretString === 'string' ? answer.SecretString : undefined;
    }
    if (answered.outcome === 'refused' && answered.type === 'ResourceNotFoundException') return undefined;
    throw new Error(`Reading a secret did not succeed: ${reasonOf(answered)}.`);
  };
}
