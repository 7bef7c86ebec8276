import type { Rule } from './fields';

/** The rules of some fields, by name. */
export type Rules = Record<string, Rule<unknown>>;

type Values<R extends Rules> = { [K in keyof R]: R[K] extends Rule<infer T> ? T : never };

type Fields<R extends Rules, O extends Rules> =
  | { ok: true; fields: Values<R> & Partial<Values<O>> }
  | { ok: false; reason: string };

/** Builds a new object from the fields the rules name; refuses missing, wrong and unknown ones. */
export function readFields<R extends Rules, O extends Rules>(
  value: Record<string, unknown>,
  required: R,
  optional: O,
): Fields<R, O> {
  const fields: Record<string, unknown> = {};
  for (const [key, rule] of Object.entries({ ...required, ...optional })) {
    const given = Object.hasOwn(value, key);
    if (!given && Object.hasOwn(optional, key)) continue;
    const read = given ? rule.read(value[key]) : undefined;
    if (read === undefined) return { ok: false, reason: `"${key}" must be ${rule.must}.` };
    fields[key] = read;
  }
  for (const key of Object.keys(value))
    if (key !== 'action' && !Object.hasOwn(fields, key))
      return { ok: false, reason: `${JSON.stringify(key.slice(0, 32))} is not a field of this action.` };
  return { ok: true, fields: fields as Values<R> & Partial<Values<O>> };
}

/** Adds the action to what was read of a frame of it. */
export function tagged<A extends string, T>(
  action: A,
  read: { ok: true; fields: T } | { ok: false; reason: string },
) {
  return read.ok ? { ok: true as const, fields: { action, ...read.fields } } : read;
}
