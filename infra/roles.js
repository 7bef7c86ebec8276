const parameters = require('./parameters');
const role = require('./role');
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

/** A removal also writes a tombstone against a late join, and lists the ban. */
const evicts = { Members: ['Query', 'PutItem', 'UpdateItem', 'DeleteItem'] };

/** Function × resource × actions. Nothing else in the stack gives a function a right. */
const grants = {
  authorize: {
    OriginSecret: ['GetSecretValue'],
    GuestKey: ['GetSecretValue'],
  },
  connect: {
    Connections: ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
    Members: ['UpdateItem'],
  },
  disconnect: {
    Connections: ['GetItem', 'BatchGetItem', 'DeleteItem'],
    ClosedConnections: ['UpdateItem'],
    Members: ['Query', 'DeleteItem'],
    Sockets: ['ManageConnections'],
  },
  sendMessage: { ...publishes, Reactions: ['UpdateItem'], ...closes },
  roomActions: {
    Connections: ['GetItem', 'BatchGetItem', 'UpdateItem'],
    Members: ['Query', 'PutItem', 'DeleteItem'],
    // A page writes the entry for reactions that their writer left without one.
    Messages: ['Query', 'BatchGetItem', 'PutItem'],
    MessageWordsAndExpiry: ['UpdateItem'],
    Reactions: ['UpdateItem'],
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
    Members: ['Query', 'UpdateItem'],
    Sockets: ['ManageConnections'],
    ...closes,
  },
  publishHttp: {
    ...publishes,
    Reactions: ['UpdateItem'],
    OriginSecret: ['GetSecretValue'],
    GuestKey: ['GetSecretValue'],
  },
  // The upload itself is made with what this role may do, by a form that its function signed.
  files: {
    OriginSecret: ['GetSecretValue'],
    GuestKey: ['GetSecretValue'],
    Connections: ['GetItem', 'BatchGetItem'],
    UserBuckets: ['UpdateItem'],
    UploadBuckets: ['UpdateItem'],
    Messages: ['Query', 'BatchGetItem'],
    MessageWords: ['UpdateItem'],
  },
  operatorPublish: { ...publishes, Reactions: ['UpdateItem'] },
  operatorExport: {
    Messages: ['Query', 'BatchGetItem'],
    MessageWords: ['UpdateItem'],
  },
  operatorErase: {
    // A reader of a whole table: a user's messages are in no index, and an erasure is rare.
    Messages: ['Query', 'BatchGetItem', 'PutItem', 'Scan'],
    ErasedMessages: ['UpdateItem'],
    Follows: ['Query', 'DeleteItem'],
    Reactions: ['UpdateItem', 'DeleteItem'],
  },
  // The scan goes from room to room: no index lists rooms.
  operatorRooms: { MessageTimes: ['Query', 'Scan'] },
  // Neither an index of names nor one of bans is kept for the few searches of operators.
  operatorUsers: { Connections: ['GetItem', 'BatchGetItem', 'Scan'] },
};

/**
 * What a function does to files, where the deployment takes files: one that completes entries keeps and removes. Of an
 * object that is gone S3 tells only those that may list its bucket; it refuses all others with 403.
 */
const completes = { Files: ['DeleteObject', 'DeleteObjectTagging'], FilesBucket: ['ListBucket'] };
const attaches = { ...completes, Files: [...completes.Files, 'GetObject', 'GetObjectTagging'] };
const fileGrants = {
  sendMessage: attaches,
  publishHttp: attaches,
  operatorPublish: attaches,
  roomActions: completes,
  moderatorActions: completes,
  operatorBan: completes,
  fanOut: completes,
  operatorExport: completes,
  operatorErase: completes,
  files: { ...completes, Files: [...completes.Files, 'PutObject', 'PutObjectTagging', 'GetObject'] },
};

/** What publishes has words reviewed, where the deployment reviews. */
const reviews = { ReviewFunction: ['InvokeFunction'] };
const reviewGrants = { sendMessage: reviews, publishHttp: reviews, operatorPublish: reviews };

const arnOf = (logicalId) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

const connectionsBy = (method) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${WebsocketsApi}/ws/${method}/@connections/*`,
});

/**
 * The attributes of a message's row that change after it was written: its words, what tells of their change, its
 * reactions, and the mark of a change that is under way.
 */
const WORDS = [
  ...['text', 'data', 'mentions', 'kb', 'files'],
  ...['rev', 'editedAt', 'edits'],
  ...['deleted', 'moderated', 'todo'],
  ...['rk', 'rseq', 'reactions', 'rkb'],
];

/** What an erasure changes besides. The id, the time and the place of an entry remain. */
const TRACES = ['type', 'user', 'name', 'h', 'kind', 'replyTo', 'by', 'byName', 'ttl'];

/** Lets a call name these attributes of a row and its key, and nothing else. */
const onlyAttributes = (keys, attributes) => ({
  'ForAllValues:StringEquals': { 'dynamodb:Attributes': [...keys, ...attributes] },
});

/**
 * Lets a call touch the rows of reactions, which have a partition for each message, and no room's log: a room's name
 * has no `#`.
 */
const onlyReactions = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['*#*'] } };

/** Lets a call touch the rooms that users follow, and no room's members. */
const onlyFollows = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['follows#*'] } };

const MESSAGE = ['room', 'seq'];

/** What each word in the table above stands for: the actions' service and the one resource. */
const resources = (messages, reviewFunction) => ({
  OriginSecret: { service: 'secretsmanager', arn: { Ref: 'OriginSecret' } },
  GuestKey: { service: 'secretsmanager', arn: { Ref: 'GuestKey' } },
  Connections: { service: 'dynamodb', arn: arnOf('Connections') },
  // A connection that has gone: the end of its row, and its user's buckets of announcements and of units.
  ClosedConnections: {
    service: 'dynamodb',
    arn: arnOf('Connections'),
    condition: onlyAttributes(['connection'], ['expires', 'announcements', 'units', 'ttl']),
  },
  // A user's buckets of sends and of units.
  UserBuckets: {
    service: 'dynamodb',
    arn: arnOf('Connections'),
    condition: onlyAttributes(['connection'], ['sends', 'units', 'ttl']),
  },
  UploadBuckets: {
    service: 'dynamodb',
    arn: arnOf('Connections'),
    condition: onlyAttributes(['connection'], ['uploads', 'ttl']),
  },
  Members: { service: 'dynamodb', arn: arnOf('Members') },
  Follows: { service: 'dynamodb', arn: arnOf('Members'), condition: onlyFollows },
  Messages: { service: 'dynamodb', arn: messages.arn },
  MessageWords: { service: 'dynamodb', arn: messages.arn, condition: onlyAttributes(MESSAGE, WORDS) },
  MessageWordsAndExpiry: {
    service: 'dynamodb',
    arn: messages.arn,
    condition: onlyAttributes(MESSAGE, [...WORDS, 'ttl']),
  },
  // When entries were written, and neither their words nor their authors.
  MessageTimes: {
    service: 'dynamodb',
    arn: messages.arn,
    condition: {
      ...onlyAttributes(MESSAGE, ['at']),
      StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
    },
  },
  ErasedMessages: {
    service: 'dynamodb',
    arn: messages.arn,
    condition: onlyAttributes(MESSAGE, [...WORDS, ...TRACES]),
  },
  Reactions: { service: 'dynamodb', arn: messages.arn, condition: onlyReactions },
  FanOut: { service: 'lambda', arn: arnOf('FanOutLambdaFunction') },
  ReviewFunction: { service: 'lambda', arn: reviewFunction },
  Files: { service: 's3', arn: { 'Fn::Join': ['/', [arnOf('FilesBucket'), '*']] } },
  FilesBucket: { service: 's3', arn: arnOf('FilesBucket') },
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

const roleOfFunction = (statements, boundary) =>
  role('lambda', boundary, {
    Policies: [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  });

/** X-Ray knows no narrower resource. */
const trace = allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*');

const roles = async (context) => {
  const { messages } = await tables(context);
  const { tracing, permissionsBoundary, files, reviewFunction } = await parameters(context);
  const known = resources(messages, reviewFunction);
  const granted = (name) => ({
    ...grants[name],
    ...(files === 'on' && fileGrants[name]),
    ...(reviewFunction && reviewGrants[name]),
  });

  const made = Object.keys(grants).map((name) => [
    `${capitalized(name)}Role`,
    roleOfFunction(
      [
        // There is no logs:CreateLogGroup. A last line during a removal would create the group again, and the next
        // deployment would fail on its name.
        allow(['logs:CreateLogStream', 'logs:PutLogEvents'], arnOf(`${capitalized(name)}LogGroup`)),
        ...(tracing === 'on' ? [trace] : []),
        ...Object.entries(granted(name)).map(([resource, actions]) => {
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
