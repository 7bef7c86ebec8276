import { createService, jsonOf } from './http/serviceClient';

/** How long a value is used before it is read again, in milliseconds. */
const FRESH_MS = 300_000;
/** A mismatch makes the value be read again, but no more often than this, in milliseconds. */
const REREAD_MS = 10_000;
const CALL_TAKES_MS = 3_000;

/** A secret that may be rotated while it is in use: its current value, then its previous one. */
export interface Secret {
  values(): Promise<string[]>;
  /** Reads the values again after none of them fitted; the same values if they were read just now. */
  reread(): Promise<string[]>;
}

/** Reads a secret from Secrets Manager and keeps it for some minutes. */
export function createSecret(
  arn: string,
  env: Record<string, string | undefined>,
  now: () => number = Date.now,
): Secret {
  const secretsManager = createService({
    name: 'secretsmanager',
    variable: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
    env,
    takesMs: CALL_TAKES_MS,
  });
  let kept: Promise<string[]> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  const readStage = async (stage: string): Promise<string[]> => {
    const answered = await secretsManager({
      contentType: 'application/x-amz-json-1.1',
      headers: { 'x-amz-target': 'secretsmanager.GetSecretValue' },
      body: JSON.stringify({ SecretId: arn, VersionStage: stage }),
    });
    if (answered.outcome === 'done') {
      const answer = jsonOf(answered.body);
      if (!answer) throw new Error('Reading a secret was answered with something else than JSON.');
      return typeof answer.SecretString === 'string' && answer.SecretString !== ''
        ? [answer.SecretString]
        : [];
    }
    // A secret that was never rotated has no previous value.
    if (
      stage === 'AWSPREVIOUS' &&
      answered.outcome === 'refused' &&
      answered.type === 'ResourceNotFoundException'
    )
      return [];
    const why = answered.outcome === 'unknown' ? answered.why : `${answered.type}: ${answered.message}`;
    throw new Error(`Reading a secret did not succeed: ${why}.`);
  };

  const readNow = (): Promise<string[]> => {
    readAt = now();
    const reading = Promise.all([readStage('AWSCURRENT'), readStage('AWSPREVIOUS')]).then((read) =>
      read.flat(),
    );
    kept = reading;
    reading.catch(() => {
      if (kept === reading) kept = undefined;
    });
    return reading;
  };

  return {
    values: () => (kept && now() - readAt < FRESH_MS ? kept : readNow()),
    reread: () => (kept && now() - readAt < REREAD_MS ? kept : readNow()),
  };
}
