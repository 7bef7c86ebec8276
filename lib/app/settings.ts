import { SENDS_PER_SECOND } from '../rateLimiting/tokenBucket';
import { type Environment, optional, required } from '../util/environment';

/** Reads the origins of pages that may use the chat: ALLOWED_ORIGINS, with commas between them. */
export function allowedOrigins(env: Environment = process.env): ReadonlySet<string> {
  return new Set(required(env, 'ALLOWED_ORIGINS').split(','));
}

/** Reads how long history is kept, in milliseconds: HISTORY_HOURS, where 0 means for ever. */
export function retentionMs(env: Environment): number | undefined {
  const hours = Number(required(env, 'HISTORY_HOURS'));
  if (!(hours === 0 || (hours >= 1 && Number.isFinite(hours))))
    throw new Error('HISTORY_HOURS must be 0 (for ever), or at least 1.');
  return hours === 0 ? undefined : hours * 3_600_000;
}

/** Reads how long an author may edit a message, in milliseconds: EDIT_MINUTES, a day unless it is given, 0 for never. */
export function editMs(env: Environment): number {
  const minutes = Number(optional(env, 'EDIT_MINUTES') ?? 1440);
  if (!(minutes >= 0 && Number.isFinite(minutes)))
    throw new Error('EDIT_MINUTES must be 0 (never), or more.');
  return minutes * 60_000;
}

/** Reads how many days after the first sign-in a guest's user id ends: GUEST_DAYS. */
export function guestDays(env: Environment): number {
  const days = Number(required(env, 'GUEST_DAYS'));
  if (!(days >= 1)) throw new Error('GUEST_DAYS must be at least 1.');
  return days;
}

/** Reads how many messages a second one connection may send: SENDS_PER_SECOND, 5 unless it is given. */
export function sendsPerSecond(env: Environment): number {
  const rate = Number(optional(env, 'SENDS_PER_SECOND') ?? SENDS_PER_SECOND);
  if (!(rate >= 1)) throw new Error('SENDS_PER_SECOND must be at least 1.');
  return rate;
}

/** Reads how many messages a second a user may send in all: USER_SENDS_PER_SECOND, twice a connection's unless it is given. */
export function userSendsPerSecond(env: Environment): number {
  const rate = Number(optional(env, 'USER_SENDS_PER_SECOND') ?? 2 * sendsPerSecond(env));
  if (!(rate >= 1)) throw new Error('USER_SENDS_PER_SECOND must be at least 1.');
  return rate;
}

/** Reads how long a connection counts as present without a frame, in milliseconds: PRESENCE_SECONDS, 90 unless given. */
export function leaseMs(env: Environment): number {
  const seconds = Number(optional(env, 'PRESENCE_SECONDS') ?? 90);
  if (!(seconds >= 1)) throw new Error('PRESENCE_SECONDS must be at least 1.');
  return seconds * 1000;
}

/** Reads the account's quota of requests to API Gateway: REQUESTS_PER_SECOND, 10,000 unless it is given. */
export function requestsPerSecond(env: Environment): number {
  const quota = Number(optional(env, 'REQUESTS_PER_SECOND') ?? 10_000);
  if (!(quota >= 1)) throw new Error('REQUESTS_PER_SECOND must be at least 1.');
  return quota;
}

/** Reads how many connections a user may have at a time: CONNECTIONS_PER_USER, 5 unless it is given. */
export function connectionsPerUser(env: Environment): number {
  const most = Number(optional(env, 'CONNECTIONS_PER_USER') ?? 5);
  if (!Number.isInteger(most) || most < 1) throw new Error('CONNECTIONS_PER_USER must be at least 1.');
  return most;
}
