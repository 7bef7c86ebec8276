import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { Unavailable } from '../ports/unavailable';

/** Keys are read again after this, in milliseconds. */
const FRESH_MS = 600_000;
/** A token of an unknown key makes them be read again, but no more often than this, in milliseconds. */
const REREAD_MS = 10_000;
/** A provider that did not answer is asked again after this when none of its keys are known, in milliseconds. */
const RETRY_MS = 1_000;
/** Keys last read longer ago than this count no longer, in milliseconds: tokens live about as long. */
const STALE_MS = 3_600_000;
const CALL_TIMEOUT_MS = 3_000;
/** Providers' sets of keys have some kilobytes. */
const MAX_BYTES = 256 * 1024;

interface Kept {
  select: JWTVerifyGetKey;
  readAt: number;
}

/**
 * Finds a token's key among those a provider publishes, which are kept across invocations. A flood of unknown key ids
 * causes one read in ten seconds. That neither overloads the provider nor hides a new key for longer. While the
 * provider does not answer, the keys read last are used.
 * @throws Unavailable when it is unknown whether the provider has such a key.
 */
export function createJwksCache(url: string, now: () => number = Date.now): JWTVerifyGetKey {
  let kept: Kept | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  const isWithin = (since: number, ms: number) => now() - since < ms;
  const usable = () => (kept && isWithin(kept.readAt, STALE_MS) ? kept : undefined);

  const readOnce = async (): Promise<void> => {
    try {
      kept = { select: createLocalJWKSet(await fetchKeys(url)), readAt: now() };
    } catch {
      failedAt = now();
    }
  };

  const read = (): Promise<void> => {
    if (isWithin(failedAt, usable() ? REREAD_MS : RETRY_MS)) return Promise.resolve();
    reading ??= readOnce().finally(() => {
      reading = undefined;
    });
    return reading;
  };

  return async (header, token) => {
    if (!kept || !isWithin(kept.readAt, FRESH_MS)) await read();
    const known = usable();
    if (!known) throw new Unavailable('The provider’s keys could not be read.');
    try {
      return await known.select(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || isWithin(known.readAt, REREAD_MS)) throw error;
      await read();
      if (!kept || !isWithin(kept.readAt, REREAD_MS))
        throw new Unavailable('The provider’s keys could not be read again.');
      return kept.select(header, token);
    }
  };
}

/** @throws Error when the answer is no set of keys. */
async function fetchKeys(url: string): Promise<JSONWebKeySet> {
  const answer = await fetch(url, {
    // A provider's keys are where the operator said, and nowhere that address may point to later.
    redirect: 'error',
    headers: { accept: 'application/jwk-set+json, application/json' },
    signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
  });
  if (!answer.ok) {
    await answer.body?.cancel();
    throw new Error(`The provider's keys were answered ${answer.status}.`);
  }
  return JSON.parse(await readText(answer)) as JSONWebKeySet;
}

/** @throws Error when the body is longer than a set of keys can be. */
async function readText({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.byteLength;
    if (bytes > MAX_BYTES) throw new Error("The provider's keys are too long.");
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}
