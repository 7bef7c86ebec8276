import { many } from '../template/template';

/** A policy for an identity, as far as the deployer's use the language. */
export interface PolicyStatement {
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** What is asked of IAM: an action on a resource, with the condition keys that the service gives. */
export interface AccessRequest {
  action: string;
  resource: string;
  context: Record<string, string>;
}

/** Whether a statement allows it. There are no denials. */
export function isAllowed(
  statements: PolicyStatement[],
  { action, resource, context }: AccessRequest,
): boolean {
  return statements.some(
    ({ Action, Resource, Condition = {} }) =>
      Action.includes(action) &&
      Resource.some((pattern) => matches(pattern, resource)) &&
      Object.entries(Condition).every(([operator, keys]) => holds(operator, keys, context)),
  );
}

function holds(
  operator: string,
  keys: Record<string, string | string[]>,
  context: AccessRequest['context'],
): boolean {
  if (!/^(StringEquals|StringEqualsIfExists|ArnEquals)$/.test(operator))
    throw new Error(`Nobody taught this test the operator ${operator}.`);
  return Object.entries(keys).every(([key, values]) => {
    const given = context[key];
    if (given === undefined) return operator.endsWith('IfExists');
    return many(values).includes(given);
  });
}

function matches(pattern: string, resource: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(resource);
}
