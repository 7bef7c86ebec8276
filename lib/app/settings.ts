import { SENDS_PER_SECOND } from '../rateLimiting/tokenBucket';
import { DAILY_FILE_MEGABYTES } from '../rateLimiting/uploadQuota';
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

/** Reads how long an author may edit a message, in milliseconds: EDIT_MINUTES, a day unless given, 0 for never. */
export function editMs(env: Environment): number {
  return readNumber(env, 'EDIT_MINUTES', 0, 1440) * 60_000;
}

/** Reads how many megabytes of files a user may upload in a day: DAILY_FILE_MEGABYTES, 500 unless given. */
export function dailyFileMegabytes(env: Environment): number {
  return readNumber(env, 'DAILY_FILE_MEGABYTES', 25, DAILY_FILE_MEGABYTES);
}

/** Reads how long a user has to read a message before a notification comes, in milliseconds: NOTIFY_AFTER. */
export function notifyAfterMs(env: Environment): number {
  return readNumber(env, 'NOTIFY_AFTER', 0) * 1000;
}

/** Reads the hosts of push services: PUSH_HOSTS, with spaces between them. */
export function pushHosts(env: Environment): readonly string[] {
  return required(env, 'PUSH_HOSTS').split(' ');
}

/** Reads how many days after the first sign-in a guest's user id ends: GUEST_DAYS. */
export function guestDays(env: Environment): number {
  return readNumber(env, 'GUEST_DAYS', 1);
}

/** Reads how many messages a second one connection may send: SENDS_PER_SECOND, 5 unless given. */
export function sendsPerSecond(env: Environment): number {
  return readNumber(env, 'SENDS_PER_SECOND', 1, SENDS_PER_SECOND);
}

/** Reads how many messages a second a user may send: USER_SENDS_PER_SECOND, twice a connection's unless given. */
export function userSendsPerSecond(env: Environment): number {
  return readNumber(env, 'USER_SENDS_PER_SECOND', 1, 2 * sendsPerSecond(env));
}

/** Reads how long a silent connection counts as present, in milliseconds: PRESENCE_SECONDS, 90 unless given. */
export function leaseMs(env: Environment): number {
  return readNumber(env, 'PRESENCE_SECONDS', 1, 90) * 1000;
}

/** Reads the account's quota of requests to API Gateway: REQUESTS_PER_SECOND, 10,000 unless given. */
export function requestsPerSecond(env: Environment): number {
  return readNumber(env, 'REQUESTS_PER_SECOND', 1, 10_000);
}

/** Reads how many connections a user may have at a time: CONNECTIONS_PER_USER, 5 unless given. */
export function connectionsPerUser(env: Environment): number {
  const most = readNumber(env, 'CONNECTIONS_PER_USER', 1, 5);
  if (!Number.isInteger(most)) throw new Error('CONNECTIONS_PER_USER must be a whole number.');
  return most;
}

/** Reads a number. Without a fallback it must be given. @throws Error that names the setting and its minimum. */
function readNumber(env: Environment, name: string, min: number, fallback?: number): number {
  const given = fallback === undefined ? required(env, name) : optional(env, name);
  const value = given === undefined ? fallback : Number(given);
  if (value === undefined || !(value >= min && Number.isFinite(value)))
    throw new Error(`${name} must be at least ${min}.`);
  return value;
}
