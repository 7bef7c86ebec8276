import fc from 'fast-check';
import type { Charge } from '../../lib/ports/tokenBucketCharge';
import {
  clockSkewLimit,
  createCharge,
  DRAFTS,
  SIGNALS,
  SYNCS,
  sendRate,
  TYPING,
  takeToken,
} from '../../lib/rateLimiting/tokenBucket';
import { HOUR, NOW } from './harness';

const charge: Charge = { bucket: 'sends', now: NOW, costMs: 200, burstMs: 4_000 };

it.each<[string, number | undefined, ReturnType<typeof takeToken>]>([
  ['never used', undefined, 'restart'],
  ['full for long', NOW - HOUR, 'restart'],
  ['full just now', NOW - 1, 'restart'],
  ['full at this very time', NOW, 'advance'],
  ['half empty', NOW + 2_000, 'advance'],
  ['with room for one', NOW + 3_800, 'advance'],
  ['a millisecond short', NOW + 3_801, { retryAfterMs: 1 }],
  ['a fraction of one short', NOW + 3_800.5, { retryAfterMs: 1 }],
  ['empty', NOW + 4_000, { retryAfterMs: 200 }],
  ['as far ahead as clocks may differ', NOW + 9_000, { retryAfterMs: 5_200 }],
  ['further ahead than that', NOW + 9_001, 'restart'],
  ['ahead by an hour', NOW + HOUR, 'restart'],
])('decides on a bucket that is %s', (_name, fullAt, expected) => {
  expect(takeToken(fullAt, charge)).toEqual(expected);
});

it.each([
  ['sends', sendRate(5), 200, 4_000],
  ['sends', sendRate(50), 20, 4_000],
  ['syncs', SYNCS, 100, 10_000],
  ['typing', TYPING, 2_000, 8_000],
  ['signals', SIGNALS, 500, 5_000],
  ['drafts', DRAFTS, 200, 2_000],
] as const)('charges %s by the rate %j', (bucket, rate, costMs, burstMs) => {
  expect(createCharge(rate, NOW)).toEqual({ bucket, now: NOW, costMs, burstMs });
  expect(costMs * rate.perSecond).toBe(1000);
  expect(clockSkewLimit({ now: NOW, burstMs })).toBe(NOW + burstMs + 5_000);
});

it('never lets through more than the burst and the rate allow, and keeps its word on when to come again', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 200 }), (pauses) => {
      const burst = charge.burstMs / charge.costMs;
      let fullAt: number | undefined;
      let now = NOW;
      let passed = 0;
      for (const pause of pauses) {
        now += pause;
        let outcome = takeToken(fullAt, { ...charge, now });
        if (typeof outcome === 'object') {
          expect(takeToken(fullAt, { ...charge, now: now + outcome.retryAfterMs - 1 })).toEqual({
            retryAfterMs: 1,
          });
          now += outcome.retryAfterMs;
          outcome = takeToken(fullAt, { ...charge, now });
          expect(outcome).toBe('advance');
        }
        fullAt = (outcome === 'advance' ? (fullAt ?? 0) : now) + charge.costMs;
        passed++;
        expect(passed).toBeLessThanOrEqual(burst + (now - NOW) / charge.costMs + 1);
      }
    }),
  );
});
