import { listOf } from './attributeNames';
import type { Row } from './attributeValues';
import type { Input } from './database';

/** Sets some attributes, adds to others, and removes those of `optional` that are not set. */
export function assign(set: Row, optional: readonly string[], added: Row = {}): Input {
  const entries = Object.entries(set);
  const removed = optional.filter((attribute) => !Object.hasOwn(set, attribute));
  const additions = Object.keys(added).map((attribute) => `#${attribute} :${attribute}`);
  return {
    UpdateExpression:
      `SET ${entries.map(([attribute]) => `#${attribute} = :${attribute}`).join(', ')}` +
      (removed.length > 0 ? ` REMOVE ${listOf(removed)}` : '') +
      (additions.length > 0 ? ` ADD ${additions.join(', ')}` : ''),
    ExpressionAttributeValues: Object.fromEntries(
      [...entries, ...Object.entries(added)].map(([attribute, value]) => [`:${attribute}`, value]),
    ),
  };
}
