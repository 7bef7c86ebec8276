import { isRecord } from '../util/json';
import { matching, type Rule, time } from './fields';
import { readFields } from './readFields';

/** Which messages of a room a user is notified of: all, those that mention the user, or none. */
export const LEVELS = ['all', 'mentions', 'none'] as const;

export type Level = (typeof LEVELS)[number];

const MAX_ENDPOINT_CHARACTERS = 1024;

const endpoint: Rule<string> = {
  must: `the address of a push service, of at most ${MAX_ENDPOINT_CHARACTERS} characters`,
  read: (value) =>
    typeof value === 'string' && value.length <= MAX_ENDPOINT_CHARACTERS && URL.canParse(value)
      ? value
      : undefined,
};

/** An uncompressed point of P-256, and 16 bytes. */
const keyRules = {
  p256dh: matching(/^B[A-Za-z0-9_-]{86}$/, ''),
  auth: matching(/^[A-Za-z0-9_-]{22}$/, ''),
};

const keys: Rule<{ p256dh: string; auth: string }> = {
  must: 'an object with p256dh and auth, as PushSubscription.toJSON() gives them',
  read(value) {
    if (!isRecord(value)) return undefined;
    const read = readFields(value, keyRules, {});
    return read.ok ? read.fields : undefined;
  },
};

/** What browsers may say besides: no push service ends a subscription at a time that it tells before. */
const expirationTime: Rule<unknown> = {
  must: 'a time or null',
  read: (value) => (value === null || typeof value === 'number' ? { value } : undefined),
};

const level: Rule<Level> = {
  must: '"all", "mentions" or "none"',
  read: (value) => LEVELS.find((each) => each === value),
};

/** Reads a subscription, as a browser's `PushSubscription.toJSON()` gives it. Never throws. */
export function parseSubscription(value: Record<string, unknown>) {
  return readFields(value, { endpoint, keys }, { expirationTime });
}

/** Reads what a user sets for the notifications of a room. Never throws. */
export function parseNotificationSettings(value: Record<string, unknown>) {
  return readFields(value, {}, { level, mutedUntil: time });
}
