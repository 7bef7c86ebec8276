const thisYear = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const otherYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });
const time = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
/** The latest time that a date can be, in milliseconds. */
const MAX_DATE_MS = 8.64e15;
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'short' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

/** Numbers the reader's days, so that two moments of one day have one number. */
export function dayOf(at: number): number {
  const date = new Date(at);
  // As if the local date were in UTC: there every day has 24 hours.
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000;
}

/** Names a day for a separator: "Today", "Yesterday", else weekday and date in the reader's locale. */
export function dayName(at: number, now: number): string {
  const daysAgo = dayOf(now) - dayOf(at);
  if (daysAgo === 0) return 'Today';
  if (daysAgo === 1) return 'Yesterday';
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return (isThisYear ? thisYear : otherYear).format(at);
}

/** Day and time, for a sentence. */
export function momentOf(at: number): string {
  // Other numbers are no date, and a server may send any.
  return Math.abs(at) <= MAX_DATE_MS ? moment.format(at) : 'an unknown time';
}

/** The time of day in the locale's short form. */
export function timeOf(at: number): string {
  return time.format(at);
}

/** Day and time in full, for a tooltip. */
export function fullTimeOf(at: number): string {
  return full.format(at);
}

/** The reader's day of a moment, as a date field has it: "2026-11-29". */
export function isoDay(at: number): string {
  return new Date(dayOf(at) * 86_400_000).toISOString().slice(0, 10);
}

/** When a day of a date field begins for the reader; `undefined` where it is no day. */
export function startOfDay(day: string): number | undefined {
  const at = new Date(`${day}T00:00`).getTime();
  return at >= 0 ? at : undefined;
}
