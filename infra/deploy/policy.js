/**
 * The permissions that a deployment needs, by the types of resources in the template. CloudFormation acts with its
 * caller's permissions. Each type therefore needs the actions that create, change, read and delete it (permissions.js).
 * What reads it is in readPermissions.json: the read handlers' permissions in the providers' published schemas
 * (2026-08), without those for other services, which only unused properties need. CloudFormation reads a type after
 * each change and for GetAtt. Names that CloudFormation makes begin with the stack's name. Where they do not, or a
 * service has no narrower resource, the statement is limited to this account.
 *
 * There are several policies, because a managed policy holds 6,144 characters. `stack` is for the functions, what they
 * use and the buckets, `front` for what is before them and monitors them, `events` for what wakes the functions of events and push.
 */
const { own, secrets, STACK, verbs } = require('./policyTerms');
const { always, byType } = require('./permissions');
const readPermissions = require('./readPermissions.json');

/** The types of each policy; those of no other are in `stack`. */
const PARTS = {
  front: /^AWS::(ApiGateway|ApiGatewayV2|CloudFront|CloudWatch|Budgets|SNS|SQS|WAFv2)::/,
  events: /^AWS::Lambda::EventSourceMapping$/,
};
const partOf = (type) => Object.keys(PARTS).find((part) => PARTS[part].test(type)) ?? 'stack';

/** The policies for a deployment of these types of resources, by name. */
function policiesFor(types) {
  const unknown = types.filter((type) => !byType[type]);
  if (unknown.length > 0)
    throw new Error(
      `infra/deploy/permissions.js does not say what deploying ${unknown.join(', ')} takes: add it.`,
    );

  const needed = [...new Set(types)].sort();
  const needs = (part) => needed.filter((type) => partOf(type) === part).flatMap(needsOf);
  return {
    stack: policyOf([...always, ...needs('stack')]),
    front: policyOf(needs('front')),
    events: policyOf(needs('events')),
  };
}

/** What a type needs, and on the resources of its first unconditioned statement with names what reads it. */
function needsOf(type) {
  const needs = byType[type] ?? [];
  const given = new Set(needs.flatMap(({ actions }) => actions));
  const reads = (readPermissions[type] ?? []).filter((action) => !given.has(action));
  if (reads.length === 0) return needs;
  const named = needs.find(({ resources, condition }) => !condition && !resources.includes('*'));
  if (!named) throw new Error(`infra/deploy/permissions.js names no resource of the type ${type}.`);
  return [...needs, { actions: reads, resources: named.resources }];
}

function policyOf(needs) {
  const statements = new Map();
  for (const { actions, resources, condition } of needs) {
    const key = JSON.stringify([resources, condition]);
    const known = statements.get(key) ?? { actions: new Set(), resources, condition };
    for (const action of actions) known.actions.add(action);
    statements.set(key, known);
  }
  return {
    Version: '2012-10-17',
    Statement: [...statements.values()].map(({ actions, resources, condition }) => ({
      Effect: 'Allow',
      Action: [...actions].sort(),
      Resource: resources,
      ...(condition && { Condition: condition }),
    })),
  };
}

/** Where the functions of the stack, and the role of API Gateway's logs, may act at most. */
const boundaries = {
  dynamodb: [own('dynamodb', `table/${STACK}-*`)],
  events: [own('events', `event-bus/${STACK}-*`)],
  'execute-api': [own('execute-api', '*/ws/*/@connections/*')],
  lambda: [own('lambda', `function:${STACK}-*`)],
  logs: ['*'],
  s3: [`arn:aws:s3:::${STACK}-*`],
  secretsmanager: secrets,
  sqs: [own('sqs', `${STACK}-*`)],
  xray: ['*'],
};

/** API Gateway's log role serves every API of the account. It writes logs and reads none. */
const writesLogs = verbs(
  'logs',
  'CreateLogGroup',
  'CreateLogStream',
  'DescribeLogGroups',
  'DescribeLogStreams',
  'PutLogEvents',
);

/** The permissions boundary of every role: the actions that the roles use, on the stack's own resources. */
function boundaryFor(actions) {
  return policyOf(
    [...actions, ...writesLogs].map((action) => ({
      actions: [action],
      resources: boundaries[action.split(':')[0]],
    })),
  );
}

module.exports = { policiesFor, boundaryFor };
