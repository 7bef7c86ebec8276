/** Gives the placeholders of some attributes: `#name` stands for `name`, because DynamoDB reserves many plain names. */
export function namesOf(attributes: readonly string[]): Record<string, string> {
  return Object.fromEntries(attributes.map((attribute) => [`#${attribute}`, attribute]));
}

/** Lists the placeholders of some attributes, for a projection or after `REMOVE`. */
export function listOf(attributes: readonly string[]): string {
  return attributes.map((attribute) => `#${attribute}`).join(', ');
}
