import { isRecord, type Json } from '../template/template';
import { wildcard } from '../util/wildcard';

/** Whether an authorizer's policy lets a caller invoke a resource: some statement allows it and none denies it. */
export function allows(policy: unknown, arn: string): boolean {
  const statements = isRecord(policy) ? listOf(policy.Statement).filter(isRecord) : [];
  const effects = statements
    .filter(({ Action }) => matches(Action, 'execute-api:Invoke'))
    .filter(({ Resource }) => matches(Resource, arn))
    .map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}

/** `*` stands for any text and `?` for one character, as in IAM. */
function matches(patterns: Json | undefined, value: string): boolean {
  return listOf(patterns).some((pattern) => wildcard(String(pattern)).test(value));
}

function listOf(value: Json | undefined): Json[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
