const grantedResources = require('./grantedResources');
const { capitalized, functionsOf, grantsOf } = require('./grants');
const parameters = require('./parameters');
const role = require('./role');
const tables = require('./tables');

const allow = (Action, Resource, Condition) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});

const roleOfFunction = (statements, boundary) =>
  role('lambda', boundary, {
    Policies: [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  });

/** X-Ray knows no narrower resource. */
const trace = allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*');

module.exports = async (context) => {
  const { messages } = await tables(context);
  const given = await parameters(context);
  const { tracing, permissionsBoundary } = given;
  const known = grantedResources(messages, given);
  const made = functionsOf(given).map((name) => [
    `${capitalized(name)}Role`,
    roleOfFunction(
      [
        // There is no logs:CreateLogGroup. A last line during a removal would create the group again, and the next
        // deployment would fail on its name.
        allow(['logs:CreateLogStream', 'logs:PutLogEvents'], {
          'Fn::GetAtt': [`${capitalized(name)}LogGroup`, 'Arn'],
        }),
        ...(tracing === 'on' ? [trace] : []),
        ...Object.entries(grantsOf(name, given)).map(([resource, actions]) => {
          const { service, arn, condition } = known[resource];
          return allow(
            actions.map((action) => `${service}:${action}`),
            arn,
            condition,
          );
        }),
      ],
      permissionsBoundary,
    ),
  ]);

  return { Resources: Object.fromEntries(made) };
};
