const { namesFor } = require('./alarms');
const { byReason, namespace, ownMetric } = require('./metrics');
const parameters = require('./parameters');
const { functionsOf } = require('./grants');

const COLUMNS = 24;
const WIDTH = 8;
const HEIGHT = 6;

/** What `Fn::Sub` puts in. */
const region = `\${AWS::Region}`;
const api = `\${WebsocketsApi}`;

/** A graph over time; its lines are metrics as a dashboard writes them. */
const graph = (title, metrics, more = {}) => ({
  type: 'metric',
  properties: { title, metrics, region, view: 'timeSeries', period: 60, stat: 'Sum', ...more },
});

const own =
  (stack) =>
  (name, label, options = {}) => {
    const { Namespace, MetricName, Dimensions } = ownMetric(stack, name);
    return [
      Namespace,
      MetricName,
      ...Dimensions.flatMap(({ Name, Value }) => [Name, Value]),
      { label, ...options },
    ];
  };

const ofApi = (name, label) => ['AWS/ApiGateway', name, 'ApiId', api, 'Stage', 'ws', { label }];

const ofFunction = (stack, given) => (metric, options) =>
  functionsOf(given).map((name) => [
    'AWS/Lambda',
    metric,
    'FunctionName',
    `${stack}-${name}`,
    { label: name, ...options },
  ]);

/** Refusals of every reason there has been; the reasons need not be known beforehand. */
const refusals = (stack) => [
  [
    {
      id: 'refused',
      label: '',
      expression: `SEARCH('{${namespace},${byReason.dimensions.join(',')}} MetricName="Refused" Stack="${stack}"', 'Sum', 60)`,
    },
  ],
];

const trouble = (stack, given) => ({
  type: 'log',
  properties: {
    title: 'Warnings and errors',
    region,
    view: 'table',
    query: [
      ...functionsOf(given).map((name) => `SOURCE '/aws/lambda/${stack}-${name}'`),
      'filter level in ["warn", "error"]',
      'fields @timestamp, message, Reason, error, connectionId, room, requestId',
      'sort @timestamp desc',
      'limit 50',
    ].join(' | '),
  },
});

const states = (alarms) => ({
  type: 'alarm',
  properties: { title: 'Alarms', alarms: alarms.map((id) => `\${${id}.Arn}`) },
});

const reviews = (line) =>
  graph(
    'Reviews, ms, those without a verdict, and held messages',
    [
      ...['p50', 'p99', 'Maximum'].map((stat) => line('ReviewMs', stat, { stat })),
      line('ReviewsFailed', 'no verdict', { yAxis: 'right' }),
      line('HeldMessages', 'held', { yAxis: 'right' }),
    ],
    { yAxis: { left: { min: 0 } } },
  );

const events = (line) =>
  graph('Events', [line('EventsSent', 'sent'), line('EventsFailed', 'runs of rooms that failed')]);

const notifications = (line) =>
  graph('Notifications', [
    line('Notifications', 'taken by push services'),
    line('NotificationsFailed', 'failed'),
  ]);

function widgets(stack, given) {
  const line = own(stack);
  const each = ofFunction(stack, given);
  return [
    graph('Connections', [
      line('ConnectionsOpened', 'opened'),
      line('ConnectionsClosed', 'closed'),
      line('ConnectionsRefused', 'refused'),
      line('TokensIssued', "guests' tokens"),
    ]),
    graph('Messages', [
      line('Messages', 'messages'),
      line('Edits', 'edits'),
      line('Deletions', 'deletions'),
      line('Reactions', 'reactions'),
      line('Duplicates', 'repeats acknowledged'),
      line('Syncs', 'syncs'),
      line('Conflicts', 'slots lost'),
    ]),
    graph(
      'Fan-out, ms',
      ['p50', 'p99', 'Maximum'].map((stat) => line('FanOutMs', stat, { stat })),
      { yAxis: { left: { min: 0 } } },
    ),
    graph('Posts', [
      line('Recipients', 'arrived'),
      line('Gone', 'gone'),
      line('Throttled', '429'),
      line('Retried', 'tried again'),
      line('PostsFailed', 'refused (403, 413)'),
    ]),
    graph('Refused, by reason', refusals(stack), { stacked: true }),
    graph('Left to the worker, and lost on the way', [
      line('HandedOver', 'handed over'),
      line('FanOutsFailed', 'fan-outs that failed'),
      line('ExpiryFailures', 'expiries that failed'),
      [
        'AWS/SQS',
        'ApproximateNumberOfMessagesVisible',
        'QueueName',
        `\${FanOutFailures.QueueName}`,
        { label: 'given up', stat: 'Maximum' },
      ],
    ]),
    graph('Errors', each('Errors', {})),
    graph('Throttles and duration', [
      ...each('Throttles', {}),
      ...each('Duration', { stat: 'p99', yAxis: 'right' }),
    ]),
    graph('API Gateway', [
      ofApi('ConnectCount', 'connects'),
      ofApi('MessageCount', 'messages, both ways'),
      ofApi('ClientError', 'refused'),
      ofApi('IntegrationError', 'failed in a function'),
      ofApi('ExecutionError', 'failed on the way to one'),
    ]),
    ...(given.reviewFunction ? [reviews(line)] : []),
    ...(given.events === 'off' ? [] : [events(line)]),
    ...(given.push === 'on' ? [notifications(line)] : []),
  ];
}

/** Widgets side by side, row by row. */
const laidOut = (list) =>
  list.map((widget, i) => ({
    x: (i * WIDTH) % COLUMNS,
    y: Math.floor((i * WIDTH) / COLUMNS) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    ...widget,
  }));

function body(stack, given) {
  const graphs = laidOut(widgets(stack, given));
  const below = Math.ceil(graphs.length / (COLUMNS / WIDTH)) * HEIGHT;
  return {
    widgets: [
      ...graphs,
      { x: 0, y: below, width: WIDTH, height: HEIGHT, ...states(namesFor(given)) },
      { x: WIDTH, y: below, width: COLUMNS - WIDTH, height: HEIGHT, ...trouble(stack, given) },
    ],
  };
}

const dashboard = (stack, given) => ({
  Resources: {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        DashboardName: { 'Fn::Sub': `${stack}-${region}` },
        DashboardBody: { 'Fn::Sub': JSON.stringify(body(stack, given)) },
      },
    },
  },
  Outputs: {
    DashboardUrl: {
      Description: 'The dashboard',
      Value: {
        'Fn::Sub': `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards:name=\${Dashboard}`,
      },
    },
  },
});

module.exports = async (context) => {
  const given = await parameters(context);
  return given.watch === 'all' ? dashboard(await context.resolveVariable('self:custom.name'), given) : {};
};
