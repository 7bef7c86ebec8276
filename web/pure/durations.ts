import { MAX_BAN_MS } from '../../lib/protocol';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long a moderator can keep a user out of a room. */
export const DURATIONS = [
  { label: '10 minutes', ms: 10 * MINUTE_MS },
  { label: '1 hour', ms: HOUR_MS },
  { label: '1 day', ms: DAY_MS },
  { label: '7 days', ms: 7 * DAY_MS },
  { label: '30 days', ms: 30 * DAY_MS },
  { label: '1 year', ms: MAX_BAN_MS },
] as const;
