const parameters = require('./parameters');
const tables = require('./tables');

/** What publishing takes, over a socket or not. */
const publishes = {
  Connections: ['GetItem', 'BatchGetItem', 'UpdateItem', 'DeleteItem'],
  Members: ['Query', 'DeleteItem'],
  Messages: ['Query', 'BatchGetItem', 'PutItem'],
  MessageWordsAndExpiry: ['UpdateItem'],
  Sockets: ['ManageConnections'],
  FanOut: ['InvokeFunction'],
};

/** What ends a flood, or a banned user's sockets. */
const closes = { SocketsToClose: ['ManageConnections'] };

/** A removal also writes a tombstone against a late join. */
const evicts = { Members: ['Query', 'PutItem', 'DeleteItem'] };

/** Function × resource × actions. Nothing else in the stack gives a function a right. */
const grants = {
  authorize: {
    OriginSecret: ['GetSecretValue'],
    GuestKey: ['GetSecretValue'],
  },
  connect: {
    Connections: ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
    Members: ['PutItem'],
  },
  disconnect: {
    Connections: ['GetItem', 'BatchGetItem', 'DeleteItem'],
    ClosedConnections: ['UpdateItem'],
    Members: ['Query', 'DeleteItem'],
    Sockets: ['ManageConnections'],
  },
  sendMessage: { ...publishes, ...closes },
  roomActions: {
    Connections: ['GetItem', 'BatchGetItem', 'UpdateItem'],
    Members: ['Query', 'PutItem', 'DeleteItem'],
    Messages: ['Query', 'BatchGetItem'],
    MessageWords: ['UpdateItem'],
    Sockets: ['ManageConnections'],
    ...closes,
  },
  moderatorActions: { ...publishes, ...evicts, ...closes },
  operatorBan: { ...publishes, ...evicts, ...closes },
  fanOut: {
    Connections: ['GetItem', 'BatchGetItem', 'DeleteItem'],
    ClosedConnections: ['UpdateItem'],
    Members: ['Query', 'DeleteItem'],
    Messages: ['Query', 'BatchGetItem'],
    MessageWords: ['UpdateItem'],
    Sockets: ['ManageConnections'],
    FanOutFailures: ['SendMessage'],
  },
  issueGuestToken: {
    OriginSecret: ['GetSecretValue'],
    GuestKey: ['GetSecretValue'],
    // Only tokens of guests that signed out, or are banned, are not renewed.
    Connections: ['BatchGetItem'],
  },
  signOutGuest: {
    OriginSecret: ['GetSecretValue'],
    GuestKey: ['GetSecretValue'],
    Connections: ['GetItem', 'BatchGetItem', 'UpdateItem'],
    Members: ['Query', 'PutItem'],
    Sockets: ['ManageConnections'],
    ...closes,
  },
  publishHttp: {
    ...publishes,
    OriginSecret: ['GetSecretValue'],
    GuestKey: ['GetSecretValue'],
  },
  operatorPublish: publishes,
  operatorExport: {
    Messages: ['Query', 'BatchGetItem'],
    MessageWords: ['UpdateItem'],
  },
  operatorErase: {
    // The only reader of a whole table: a user's messages are in no index, and an erasure is rare.
    Messages: ['Query', 'BatchGetItem', 'Scan'],
    ErasedMessages: ['UpdateItem'],
  },
};

const arnOf = (logicalId) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

const connectionsBy = (method) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${WebsocketsApi}/ws/${method}/@connections/*`,
});

/**
 * The attributes of a message's row that change after it was written: its words, what tells of their change, and the
 * mark of a change that is under way.
 */
const WORDS = [
  ...['text', 'data', 'mentions', 'kb'],
  ...['rev', 'editedAt', 'edits'],
  ...['deleted', 'moderated', 'todo'],
];

/** What an erasure changes besides. The id, the time and the place of an entry remain. */
const TRACES = ['type', 'user', 'name', 'h', 'kind', 'replyTo', 'by', 'byName', 'ttl'];

/** Lets a call name these attributes of a row and its key, and nothing else. */
const onlyAttributes = (keys, attributes) => ({
  'ForAllValues:StringEquals': { 'dynamodb:Attributes': [...keys, ...attributes] },
});

const MESSAGE = ['room', 'seq'];

/** What each word in the table above stands for: the actions' service and the one resource. */
const resources = (messages) => ({
  OriginSecret: { service: 'secretsmanager', arn: { Ref: 'OriginSecret' } },
  GuestKey: { service: 'secretsmanager', arn: { Ref: 'GuestKey' } },
  Connections: { service: 'dynamodb', arn: arnOf('Connections') },
  // A connection that has gone: the end of its row, and the bucket of its user's announcements.
  ClosedConnections: {
    service: 'dynamodb',
    arn: arnOf('Connections'),
    condition: onlyAttributes(['connection'], ['expires', 'announcements', 'ttl']),
  },
  Members: { service: 'dynamodb', arn: arnOf('Members') },
  Messages: { service: 'dynamodb', arn: messages.arn },
  MessageWords: { service: 'dynamodb', arn: messages.arn, condition: onlyAttributes(MESSAGE, WORDS) },
  MessageWordsAndExpiry: {
    service: 'dynamodb',
    arn: messages.arn,
    condition: onlyAttributes(MESSAGE, [...WORDS, 'ttl']),
  },
  ErasedMessages: {
    service: 'dynamodb',
    arn: messages.arn,
    condition: onlyAttributes(MESSAGE, [...WORDS, ...TRACES]),
  },
  FanOut: { service: 'lambda', arn: arnOf('FanOutLambdaFunction') },
  FanOutFailures: { service: 'sqs', arn: arnOf('FanOutFailures') },
  Sockets: { service: 'execute-api', arn: connectionsBy('POST') },
  SocketsToClose: { service: 'execute-api', arn: connectionsBy('DELETE') },
});

const allow = (Action, Resource, Condition) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});

/** The beginning of a function's logical ids. */
const capitalized = (name) => name.charAt(0).toUpperCase() + name.slice(1);

const role = (statements, boundary) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    ...(boundary && { PermissionsBoundary: boundary }),
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    },
    Policies: [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  },
});

/** X-Ray knows no narrower resource. */
const trace = allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*');

const roles = async (context) => {
  const { messages } = await tables(context);
  const { tracing, permissionsBoundary } = await parameters(context);
  const known = resources(messages);

  const made = Object.entries(grants).map(([name, granted]) => [
    `${capitalized(name)}Role`,
    role(
      [
        // There is no logs:CreateLogGroup. A last line during a removal would create the group again, and the next
        // deployment would fail on its name.
        allow(['logs:CreateLogStream', 'logs:PutLogEvents'], arnOf(`${capitalized(name)}LogGroup`)),
        ...(tracing === 'on' ? [trace] : []),
        ...Object.entries(granted).map(([resource, actions]) => {
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

module.exports = Object.assign(roles, { functions: Object.keys(grants), capitalized });
