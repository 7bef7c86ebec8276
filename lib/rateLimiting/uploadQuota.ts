import type { Charge } from '../ports/tokenBucketCharge';
import type { UploadQuotaContext } from '../ports/uploadQuotaStore';
import type { User } from '../protocol';
import { type ErrorDetails, refusalError } from '../protocol/errorReplies';

/** A day's megabytes of files, of each user, unless the deployment says otherwise. */
export const DAILY_FILE_MEGABYTES = 500;

const DAY_MS = 24 * 3_600_000;
const MEGABYTE = 1024 * 1024;

/** A client whose other uploads keep moving the bucket waits so long, in milliseconds. */
const CONTENDED_RETRY_MS = 1_000;

/**
 * Charges an upload to its user, or gives the refusal of a user who has uploaded enough. A file counts as a megabyte
 * at least, so the quota bounds the number of files too. It comes back evenly over a day.
 */
export async function chargeUpload(
  { uploadQuotas, dailyFileMegabytes }: UploadQuotaContext,
  user: User,
  bytes: number,
  now: number,
): Promise<ErrorDetails | undefined> {
  const costMs = Math.ceil((DAY_MS / dailyFileMegabytes) * Math.max(1, bytes / MEGABYTE));
  const charge: Charge = { bucket: 'uploads', now, costMs, burstMs: DAY_MS };
  const charged = await uploadQuotas.charge(user.id, charge);
  if (charged === 'ok') return undefined;
  if (charged.kind !== 'rateLimited') return refusalError(charged);
  if (charged.contended) return refusalError({ ...charged, retryAfterMs: CONTENDED_RETRY_MS });
  return {
    code: 'tooMany',
    message: `A user may upload ${dailyFileMegabytes} MB a day, and each file counts as 1 MB at least.`,
    retryAfterMs: charged.retryAfterMs,
  };
}
