const parameters = require('./parameters');
const { functions } = require('./roles');

const PERIOD_SECONDS = 60;

/** Raised when anything was counted within a minute. A minute in which nobody counted is a good one. */
const alarm = (AlarmDescription, counted) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmDescription,
    ...counted,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 0,
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
    AlarmActions: [{ Ref: 'AlarmTopic' }],
  },
});

/** One of Lambda's own counts, summed over all functions. */
const acrossFunctions = (MetricName) => ({
  Metrics: [
    { Id: 'total', Expression: 'SUM(METRICS())', Label: MetricName, ReturnData: true },
    ...functions.map((name, i) => ({
      Id: `f${i}`,
      ReturnData: false,
      MetricStat: {
        Metric: {
          Namespace: 'AWS/Lambda',
          MetricName,
          Dimensions: [
            {
              Name: 'FunctionName',
              Value: { Ref: `${name[0].toUpperCase()}${name.slice(1)}LambdaFunction` },
            },
          ],
        },
        Period: PERIOD_SECONDS,
        Stat: 'Sum',
      },
    })),
  ],
});

const queued = {
  Namespace: 'AWS/SQS',
  MetricName: 'ApproximateNumberOfMessagesVisible',
  Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['FanOutFailures', 'QueueName'] } }],
  Statistic: 'Maximum',
  Period: PERIOD_SECONDS,
};

const alarms = (name, email) => ({
  Resources: {
    AlarmTopic: {
      Type: 'AWS::SNS::Topic',
      Properties: {
        DisplayName: name,
        Subscription: [{ Protocol: 'email', Endpoint: email }],
      },
    },
    FunctionsFail: alarm(`${name}: a function failed; its log says why`, acrossFunctions('Errors')),
    FunctionsThrottled: alarm(
      `${name}: the account's Lambda concurrency is used up`,
      acrossFunctions('Throttles'),
    ),
    FanOutsGivenUp: alarm(
      `${name}: a fan-out failed on every try; nobody lost a message, but somebody should look`,
      queued,
    ),
  },
});

module.exports = async (context) => {
  const { alarmEmail } = await parameters(context);
  return alarmEmail ? alarms(await context.resolveVariable('self:custom.name'), alarmEmail) : {};
};
