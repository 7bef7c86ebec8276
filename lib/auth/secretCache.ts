/** How long a value is used before it is read again, in milliseconds. */
const FRESH_MS = 300_000;
/** A mismatch makes the value be read again, but no more often than this, in milliseconds. */
const REREAD_MS = 10_000;

/** Reads one version of a secret; `undefined` when there is none. */
export type SecretReader = (arn: string, stage: 'AWSCURRENT' | 'AWSPREVIOUS') => Promise<string | undefined>;

/** A secret that may be rotated while it is in use: its current value, then its previous one. */
export interface Secret {
  values(): Promise<string[]>;
  /** Reads the values again after none of them fitted; the same values if they were read just now. */
  reread(): Promise<string[]>;
}

/** Reads a secret and keeps it for some minutes. */
export function createSecret(arn: string, read: SecretReader, now: () => number = Date.now): Secret {
  let kept: Promise<string[]> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  const readBoth = async (): Promise<string[]> => {
    const [current, previous] = await Promise.all([read(arn, 'AWSCURRENT'), read(arn, 'AWSPREVIOUS')]);
    if (!current) throw new Error(`The secret ${arn} has no current value.`);
    // A secret that was never rotated has no previous value.
    return previous ? [current, previous] : [current];
  };

  const readNow = (): Promise<string[]> => {
    readAt = now();
    const reading = readBoth();
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
