import { SENDS_PER_SECOND } from '../rateLimiting/tokenBucket';

type Environment = Record<string, string | undefined>;

/** Reads a setting that must be there. Blank is missing. @throws Error that names it, which stops the cold start. */
export function required(env: Environment, name: string): string {
  const value = env[name]?.trim();
  if (!value) throw new Error(`${name} is not set; serverless.yml must pass it to this function.`);
  return value;
}

/** Reads a setting that may be left out. Blank is missing. */
export function optional(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/** Reads a switch. @throws Error when it is neither `on` nor `off`. */
export function isOn(env: Environment, name: string): boolean {
  const value = required(env, name);
  if (value !== 'on' && value !== 'off') throw new Error(`${name} must be "on" or "off".`);
  return value === 'on';
}

/** Reads a setting that is one of a few words. @throws Error when it is another. */
export function oneOf<T extends string>(env: Environment, name: string, words: readonly T[]): T {
  const value = required(env, name);
  const found = words.find((word) => word === value);
  if (!found) throw new Error(`${name} must be one of ${words.join(', ')}.`);
  return found;
}

/** Reads how long history is kept, in milliseconds: HISTORY_HOURS, where 0 means for ever. */
export function retentionMs(env: Environment): number | undefined {
  const hours = Number(required(env, 'HISTORY_HOURS'));
  if (!(hours === 0 || (hours >= 1 && Number.isFinite(hours))))
    throw new Error('HISTORY_HOURS must be 0 (for ever), or at least 1.');
  return hours === 0 ? undefined : hours * 3_600_000;
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
