import type { Clock } from '../ports/clock';
import type { SendQuotaStore } from '../ports/sendQuotaStore';
import { Unavailable } from '../ports/unavailable';
import type { UnitMeter, Units } from '../ports/unitMeter';
import type { UnitQuota } from '../ports/unitQuota';
import { setBounded } from '../util/boundedMap';

/** What a user may consume on average, in capacity units a second, at the usual rate of sends. */
const UNITS_PER_SECOND: Units = { read: 150, write: 30 };
const USUAL_SENDS_PER_SECOND = 10;

/** A charge of a small frame is this large, as the time in which it may be consumed on average. */
const CHARGED_MS = 2_000;

/** Maximum number of failed charges, and of debts; the oldest is dropped first. */
const MAX_USERS = 500;

export interface UnitQuotaOptions {
  meter: UnitMeter;
  store: Pick<SendQuotaStore, 'chargeUnits'>;
  clock: Pick<Clock, 'now'>;
  /** Draws which small frames are charged: a number from 0 up to 1. */
  random: () => number;
  /** A deployment that lets users send more lets them consume more. */
  userSendsPerSecond: number;
}

/**
 * Charges what frames consumed to their user's bucket, after they consumed it. A large frame is charged at once. Of
 * small frames some are drawn, each as likely as it was large, and charged for the others too. So the average holds in
 * any number of containers, and few frames cost a further call.
 */
export function createUnitQuota({
  meter,
  store,
  clock,
  random,
  userSendsPerSecond,
}: UnitQuotaOptions): UnitQuota {
  const scale = Math.max(1, userSendsPerSecond / USUAL_SENDS_PER_SECOND);
  /** Charges that failed. The user's next frame repeats them. */
  const unpaid = new Map<string, number>();
  const debts = new Map<string, number>();

  const drawMs = (): number => {
    const { read, write } = meter.take();
    const ms = (1000 / scale) * Math.max(read / UNITS_PER_SECOND.read, write / UNITS_PER_SECOND.write);
    if (ms === 0 || ms >= CHARGED_MS) return ms;
    return random() * CHARGED_MS < ms ? CHARGED_MS : 0;
  };

  const charge = async (user: string, costMs: number, now: number): Promise<void> => {
    const waitMs = await store.chargeUnits(user, { now, costMs });
    if (waitMs === undefined) return;
    unpaid.delete(user);
    // The charge itself consumed units.
    const ownMs = drawMs();
    if (ownMs > 0) setBounded(unpaid, user, ownMs, MAX_USERS);
    if (waitMs > 0) setBounded(debts, user, now + waitMs, MAX_USERS);
  };

  return {
    debtMs(user) {
      const now = clock.now();
      return Math.max(0, (debts.get(user) ?? now) - now);
    },

    async pay(user) {
      const drawnMs = drawMs();
      if (user === undefined) return;
      const owedMs = (unpaid.get(user) ?? 0) + drawnMs;
      if (owedMs === 0) return;
      setBounded(unpaid, user, owedMs, MAX_USERS);
      try {
        await charge(user, Math.ceil(owedMs), clock.now());
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
      }
    },
  };
}
