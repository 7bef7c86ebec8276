import type { UploadQuotaStore } from '../../lib/ports/uploadQuotaStore';
import { takeToken } from '../../lib/rateLimiting/tokenBucket';
import { chargeUpload } from '../../lib/rateLimiting/uploadQuota';
import { ann, HOUR, NOW } from './harness';

const MEGABYTE = 1024 * 1024;

/** A bucket of one user, as the database keeps it. */
function createQuota(): UploadQuotaStore {
  let fullAt: number | undefined;
  return {
    async charge(_user, charge) {
      const taken = takeToken(fullAt, charge);
      if (typeof taken === 'object') return { kind: 'rateLimited', ...taken };
      fullAt = (taken === 'restart' ? charge.now : (fullAt ?? 0)) + charge.costMs;
      return 'ok';
    },
  };
}

it.each([
  ['files of 25 MB', 25 * MEGABYTE, 4],
  ['files of 1 MB', MEGABYTE, 100],
  ['files of 1 byte', 1, 100],
])('a user uploads 100 MB a day: %s', async (_what, bytes, count) => {
  const context = { uploadQuotas: createQuota(), dailyFileMegabytes: 100 };
  const upload = (now = NOW) => chargeUpload(context, ann, bytes, now);

  for (let i = 0; i < count; i++) expect(await upload()).toBeUndefined();

  const refused = await upload();
  expect(refused).toMatchObject({ code: 'tooMany', message: expect.stringContaining('100 MB a day') });
  const { retryAfterMs = 0 } = refused as { retryAfterMs?: number };
  expect(retryAfterMs / HOUR).toBeCloseTo(24 / count, 2);
  expect(await upload(NOW + retryAfterMs - 1)).toMatchObject({ code: 'tooMany' });
  expect(await upload(NOW + retryAfterMs)).toBeUndefined();
});

it('a user whose uploads begin at the same moment is told to wait, and not that the day is used up', async () => {
  const contended = { kind: 'rateLimited', retryAfterMs: HOUR, contended: true } as const;
  const context = { uploadQuotas: { charge: async () => contended }, dailyFileMegabytes: 100 };

  expect(await chargeUpload(context, ann, MEGABYTE, NOW)).toMatchObject({
    code: 'rateLimited',
    retryAfterMs: 1_000,
  });
});
