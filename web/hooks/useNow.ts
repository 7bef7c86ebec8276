import { useEffect, useState } from 'react';
import { clock } from '../../client/platform/defaults';
import { dayOf } from '../pure/days';

/** The time of the client's clock, updated at an interval in milliseconds; with `undefined` it is read once. */
export function useNow(everyMs: number | undefined): number {
  const [now, setNow] = useState(clock.now);
  useEffect(() => {
    if (everyMs === undefined) return;
    setNow(clock.now());
    const timer = setInterval(() => setNow(clock.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** A moment of today, which changes only when the day does. */
export function useToday(): number {
  const [today, setToday] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(
      () => setToday((before) => (dayOf(before) === dayOf(Date.now()) ? before : Date.now())),
      30_000,
    );
    return () => clearInterval(timer);
  }, []);
  return today;
}
