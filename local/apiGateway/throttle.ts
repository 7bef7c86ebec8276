import { type JsonRecord, recordAt } from '../template/template';

/** A bucket of tokens, as API Gateway's settings describe it. */
export interface Throttle {
  burst: number;
  perSecond: number;
}

/** The throttles of a stage: a route's own, or else the stage's. Where neither has one, everything is let through. */
export interface Throttles {
  /** Takes a request to a route, unless there have been too many. */
  takes(routeKey: string, now: number): boolean;
}

/** Reads a stage's throttles. Each route has a bucket of its own, even with the stage's settings. */
export function throttlesOf(stage: JsonRecord): Throttles {
  const whole = throttleOf(recordAt(stage, 'DefaultRouteSettings'));
  const routes = recordAt(stage, 'RouteSettings');
  const buckets = new Map<string, ReturnType<typeof bucketOf> | undefined>();
  return {
    takes(routeKey, now) {
      if (!buckets.has(routeKey)) {
        const throttle = throttleOf(recordAt(routes, routeKey)) ?? whole;
        buckets.set(routeKey, throttle && bucketOf(throttle));
      }
      return buckets.get(routeKey)?.(now) ?? true;
    },
  };
}

function throttleOf({ ThrottlingBurstLimit, ThrottlingRateLimit }: JsonRecord): Throttle | undefined {
  if (ThrottlingBurstLimit === undefined || ThrottlingRateLimit === undefined) return undefined;
  return { burst: Number(ThrottlingBurstLimit), perSecond: Number(ThrottlingRateLimit) };
}

function bucketOf({ burst, perSecond }: Throttle): (now: number) => boolean {
  let tokens = burst;
  let filledAt: number | undefined;
  return (now) => {
    tokens = Math.min(burst, tokens + (Math.max(0, now - (filledAt ?? now)) * perSecond) / 1_000);
    filledAt = now;
    if (tokens < 1) return false;
    tokens--;
    return true;
  };
}
