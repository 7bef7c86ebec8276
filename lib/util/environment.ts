export type Environment = Record<string, string | undefined>;

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
