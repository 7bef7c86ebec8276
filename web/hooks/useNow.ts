import { useEffect, useState } from 'react';
import { dayOf } from '../pure/days';

/** The time, updated at an interval in milliseconds; with `undefined` it is read once. */
export function useNow(everyMs: number | undefined): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (everyMs === undefined) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
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
