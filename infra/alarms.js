const { ownMetric, refusals } = require('./metrics');
const parameters = require('./parameters');
const { capitalized, functionsOf } = require('./grants');

const MINUTE = 60;

/** Raised by more than `Threshold`. A period without data is good. */
const alarm = (AlarmDescription, counted, { above = 0, of = 1, out = of } = {}) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmDescription,
    ...counted,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: above,
    EvaluationPeriods: of,
    DatapointsToAlarm: out,
    TreatMissingData: 'notBreaching',
  },
});

const sum = (metric) => ({ ...metric, Statistic: 'Sum', Period: MINUTE });

/** What an expression makes of the sums of several metrics, each by a name of its own. */
const math = (Expression, Label, metrics, Period = MINUTE) => ({
  Metrics: [
    { Id: 'result', Expression, Label, ReturnData: true },
    ...Object.entries(metrics).map(([Id, Metric]) => ({
      Id,
      ReturnData: false,
      MetricStat: { Metric, Period, Stat: 'Sum' },
    })),
  ],
});

/** How many of a hundred, where there are enough to say so. */
const percentage = (part, rest, least) => {
  const all = `(FILL(${part}, 0) + FILL(${rest}, 0))`;
  return `IF(${all} >= ${least}, 100 * FILL(${part}, 0) / ${all}, 0)`;
};

/** CloudWatch refuses an alarm over more than ten metrics, so each group of functions has alarms of its own. Notifications are with HTTP. */
const isOperators = (name) => name.startsWith('operator');
const isHttp = (name) =>
  [
    ...['issueGuestToken', 'signOutGuest', 'publishHttp', 'files'],
    ...['push', 'noticeMessages', 'notifyUsers'],
  ].includes(name);
/** An alarm costs by the metrics that it reads: it reads none of a function that has nothing to do. */
const groupsOf = (takesFiles, events, push) => {
  const functions = functionsOf({ events, push });
  return {
    operators: functions.filter(isOperators),
    overHttp: functions.filter((name) => isHttp(name) && (takesFiles || name !== 'files')),
    overSockets: functions.filter((name) => !isOperators(name) && !isHttp(name)),
  };
};

/** A metric of Lambda itself, summed over several functions. */
const acrossFunctions = (MetricName, names) => {
  const each = names.map((name, i) => [
    `f${i}`,
    {
      Namespace: 'AWS/Lambda',
      MetricName,
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: `${capitalized(name)}LambdaFunction` } }],
    },
  ]);
  return math('SUM(METRICS())', MetricName, Object.fromEntries(each));
};

const queuedIn = (queue) => ({
  Namespace: 'AWS/SQS',
  MetricName: 'ApproximateNumberOfMessagesVisible',
  Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } }],
  Statistic: 'Maximum',
  Period: MINUTE,
});

/** Of a quota, in percent: what is left is other requests, and a burst. */
const NEAR = 0.8;

/** Each by its logical id. docs/monitoring.md says what to do about it. */
const alarms = (
  stack,
  requestsPerSecond,
  { takesFiles = false, reviews = true, events = 'https', push = 'on' } = {},
) => {
  const own = (name) => ownMetric(stack, name);
  const { operators, overHttp, overSockets } = groupsOf(takesFiles, events, push);
  const posts = { reached: own('Recipients'), throttled: own('Throttled') };
  return {
    FunctionsFail: alarm('a function failed; its log says why', acrossFunctions('Errors', overSockets)),
    HttpFunctionsFail: alarm(
      'a function of the HTTP API or of notifications failed; its log says why',
      acrossFunctions('Errors', overHttp),
    ),
    OperatorFunctionsFail: alarm(
      "an operator's function failed; its log says why",
      acrossFunctions('Errors', operators),
    ),
    FunctionsThrottled: alarm(
      "the account's Lambda concurrency is used up",
      acrossFunctions('Throttles', overSockets),
    ),
    HttpFunctionsThrottled: alarm(
      'a function of the HTTP API or of notifications was throttled',
      acrossFunctions('Throttles', overHttp),
    ),
    OperatorFunctionsThrottled: alarm(
      "an operator's function was throttled",
      acrossFunctions('Throttles', operators),
    ),
    FanOutsGivenUp: alarm(
      'a fan-out failed on every try; no message is lost, but an operator should look',
      queuedIn('FanOutFailures'),
    ),
    FanOutSlow: alarm(
      'one fan-out in a hundred takes longer than a reply waits for it',
      { ...own('FanOutMs'), ExtendedStatistic: 'p99', Period: MINUTE },
      { above: 1500, of: 5, out: 3 },
    ),
    ConnectionsRefused: alarm(
      'more than half of the handshakes are refused',
      math(
        percentage('refused', 'opened', 20),
        'refused, %',
        { refused: own('ConnectionsRefused'), opened: own('ConnectionsOpened') },
        5 * MINUTE,
      ),
      { above: 50 },
    ),
    PostsThrottled: alarm(
      'more than one post in twenty is answered 429',
      math(percentage('throttled', 'reached', 600), '429, %', posts),
      { above: 5, of: 5, out: 3 },
    ),
    QuotaNear: alarm(
      "posts come near the account's quota of API Gateway requests",
      math(`(FILL(reached, 0) + FILL(throttled, 0)) / ${MINUTE}`, 'posts a second', posts),
      { above: NEAR * requestsPerSecond, of: 5, out: 3 },
    ),
    PostsFailed: alarm(
      'API Gateway refuses posts (403 or 413): a right or an address is wrong',
      sum(own('PostsFailed')),
    ),
    FramesUnanswered: alarm(
      'clients are told to send again, because the database did not answer',
      sum(refusals(stack, 'unavailable')),
      { above: 10, of: 5, out: 3 },
    ),
    ...(events !== 'off' && {
      EventsFail: alarm(
        'the sink of the events does not confirm them; they wait until it does',
        // The longest wait of a room between two tries is a quarter of an hour.
        { ...sum(own('EventsFailed')), Period: 15 * MINUTE },
        { of: 4, out: 3 },
      ),
      RelayGaveUp: alarm(
        'the relay could not take what woke it; events may wait until the next entry of their room',
        queuedIn('RelayFailures'),
      ),
    }),
    ...(push === 'on' && {
      NotificationsFail: alarm(
        'push services do not take notifications, or notices cannot be decided',
        sum(own('NotificationsFailed')),
        { above: 10, of: 5, out: 3 },
      ),
      NoticesGivenUp: alarm(
        'notices failed on every try: users were not told of messages',
        queuedIn('PushFailures'),
      ),
    }),
    ...(reviews && {
      ReviewsFail: alarm(
        'the review function gives no verdict; messages wait until it does',
        sum(own('ReviewsFailed')),
        { above: 10, of: 5, out: 3 },
      ),
    }),
  };
};

/**
 * The parts of a stack that have alarms of their own.
 * @param {Pick<import('./types').Parameters, 'files' | 'reviewFunction' | 'events' | 'push'>} given
 */
const partsOf = ({ files, reviewFunction, events, push }) => ({
  events,
  push,
  takesFiles: files === 'on',
  reviews: reviewFunction !== '',
});

const topic = (stack, Endpoint) => ({
  Type: 'AWS::SNS::Topic',
  Properties: { DisplayName: stack, Subscription: [{ Protocol: 'email', Endpoint }] },
});

/**
 * The alarms of a stack, each with the stack's name in its description, and the topic for its e-mails.
 * @param {string} stack
 * @param {import('./types').Parameters} given
 */
const resources = (stack, given) => {
  const { alarmEmail, requestsPerSecond } = given;
  const made = alarms(stack, Number(requestsPerSecond), partsOf(given));
  for (const { Properties } of Object.values(made)) {
    Properties.AlarmDescription = `${stack}: ${Properties.AlarmDescription}`;
    if (alarmEmail) Properties.AlarmActions = [{ Ref: 'AlarmTopic' }];
  }
  return { ...made, ...(alarmEmail && { AlarmTopic: topic(stack, alarmEmail) }) };
};

/**
 * @param {import('./types').Context} context
 * @returns {Promise<import('./types').Template>}
 */
const template = async (context) => {
  const given = await parameters(context);
  if (given.watch !== 'all' && !given.alarmEmail) return {};
  return { Resources: resources(String(await context.resolveVariable('self:custom.name')), given) };
};

module.exports = Object.assign(template, {
  names: Object.keys(alarms('', 1)),
  namesFor: (given) => Object.keys(alarms('', 1, partsOf(given))),
});
