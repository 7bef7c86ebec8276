import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { timeLimits } from './timeLimits';

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
export function createSecret(arn: string, now: () => number = Date.now): Secret {
  const client = new SecretsManagerClient({
    requestHandler: timeLimits(CALL_TAKES_MS),
  });
  let kept: Promise<string[]> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  const readStage = async (stage: string): Promise<string[]> => {
    try {
      const { SecretString } = await client.send(
        new GetSecretValueCommand({ SecretId: arn, VersionStage: stage }),
      );
      return SecretString ? [SecretString] : [];
    } catch (error) {
      // A secret that was never rotated has no previous value.
      if (stage === 'AWSPREVIOUS' && error instanceof Error && error.name === 'ResourceNotFoundException')
        return [];
      throw error;
    }
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
