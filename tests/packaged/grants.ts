import { many, ofType, type Template, text } from '../template/template';
import type { AwsCall } from './taps';

/** A function's permission: an action on a resource, as in the template. */
export interface Grant {
  by: string;
  action: string;
  resource: string;
  /** The attributes that a call may name, where the policy limits them; those that a call names. */
  attributes?: string[];
  /** A pattern of the partitions that a call may be about, where the policy limits them. */
  partitions?: string[];
  /** The partition that a call is about. */
  partition?: string;
}

const POST =
  'arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<WebsocketsApi>/ws/POST/@connections/*';

/** Every right of every function, by the function's name in serverless.yml. */
export function grantsOf(template: Template): Grant[] {
  return ofType(template, 'AWS::Lambda::Function').flatMap(({ id, properties }) => {
    const by = functionName(id);
    const role = ofType(template, 'AWS::IAM::Role').find(
      (each) => text(properties.Role) === `<${each.id}.Arn>`,
    );
    const statements = (role?.properties.Policies ?? []).flatMap(
      ({ PolicyDocument }) => PolicyDocument.Statement,
    );
    return statements.flatMap(({ Action, Resource, Condition }) => {
      const attributes = Condition?.['ForAllValues:StringEquals']?.['dynamodb:Attributes'] as
        | string[]
        | undefined;
      const partitions = Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] as
        | string[]
        | undefined;
      return many(Action).flatMap((action) =>
        many(Resource).map((resource) => ({
          ...{ by, action, resource: text(resource) },
          ...(attributes && { attributes }),
          ...(partitions && { partitions }),
        })),
      );
    });
  });
}

export const functionName = (logicalId: string) =>
  logicalId.charAt(0).toLowerCase() + logicalId.slice(1).replace(/LambdaFunction$/, '');

/** What stands for a resource's name in the words of the template: the table of that name, and so on. */
export type Naming = (resource: string) => string | undefined;

export const same = (a: Grant, b: Grant) =>
  a.by === b.by && a.action === b.action && a.resource === b.resource;

/** The right that a call needs, in the words of the template. */
export function needed({ by, action, resource, attributes, partition }: AwsCall, nameOf: Naming): Grant {
  if (action === 'execute-api:ManageConnections') {
    const [, method] = /^(POST|DELETE) \/ws\/@connections\/[^/]+$/.exec(resource) ?? [];
    return { by, action, resource: method ? POST.replace('/POST/', `/${method}/`) : resource };
  }
  return {
    ...{ by, action, resource: nameOf(resource) ?? resource },
    ...(attributes && { attributes }),
    ...(partition !== undefined && { partition }),
  };
}

/** Calls that no right allows. */
export function forbidden(grants: Grant[], calls: Grant[]): Grant[] {
  return calls.filter((call) => !grants.some((grant) => same(grant, call) && isWithin(grant, call)));
}

/** Whether a call names no other attributes than a right allows, and is about no other partition. */
function isWithin(
  { attributes: allowed, partitions }: Grant,
  { attributes = [], partition = '' }: Grant,
): boolean {
  if (partitions && !partitions.some((pattern) => isLike(pattern, partition))) return false;
  return !allowed || attributes.every((attribute) => allowed.includes(attribute));
}

/** Whether a text is as a pattern of a policy wants it: a star stands for any characters. */
function isLike(pattern: string, value: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.?+^$()|[\]{}\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(value);
}

/** Rights or calls in words, each once. */
export const distinct = (grants: Grant[]): string[] => [
  ...new Set(grants.map(({ by, action, resource }) => `${by} ${action} ${resource}`)),
];

/** Rights that no call used. */
export function unused(grants: Grant[], calls: Grant[]): Grant[] {
  return grants.filter((grant) => !calls.some((call) => same(grant, call)));
}
