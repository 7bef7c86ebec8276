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
const TRACES = ['type', 'user', 'name', 'role', 'h', 'kind', 'replyTo', 'by', 'byName', 'ttl'];

/** Lets a call name these attributes of a row and its key, and nothing else. */
const onlyAttributes = (keys, attributes) => ({
  'ForAllValues:StringEquals': { 'dynamodb:Attributes': [...keys, ...attributes] },
});

/** Lets a call touch partitions of such names, and no others. */
const onlyPartitions = (...names) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': names } });

/** A message's reactions have a partition of their own, and no room's log: a room's name has no `#`. */
const onlyReactions = onlyPartitions('*#*');

/** Lets a call note how far up a room has lost messages, and change nothing else of the room's settings. */
const onlyGone = {
  ...onlyAttributes(['r', 'c'], ['gone']),
  ...onlyPartitions('settings#*'),
};

/** Lets a call note a mention in the row of a followed room, and change nothing else there. */
const onlyMentions = {
  ...onlyAttributes(['r', 'c'], ['e', 'm', 'd']),
  ...onlyPartitions('follows#*'),
};

const MESSAGE = ['room', 'seq'];

/** What each resource of the grants stands for: the actions' service, the one resource and a condition. */
const grantedResources = (messages, { reviewFunction, eventsBus, eventsStream }) => ({
  OriginSecret: { service: 'secretsmanager', arn: { Ref: 'OriginSecret' } },
  GuestKey: { service: 'secretsmanager', arn: { Ref: 'GuestKey' } },
  Connections: { service: 'dynamodb', arn: arnOf('Connections') },
  // A connection that has gone: the end of its row and of its rooms' names, and its user's buckets.
  ClosedConnections: {
    service: 'dynamodb',
    arn: arnOf('Connections'),
    condition: onlyAttributes(['connection'], ['expires', 'announcements', 'units', 'ended', 'ttl']),
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
  Gone: { service: 'dynamodb', arn: arnOf('Members'), condition: onlyGone },
  Mentions: { service: 'dynamodb', arn: arnOf('Members'), condition: onlyMentions },
  // Rows of users, and no room's members.
  Follows: { service: 'dynamodb', arn: arnOf('Members'), condition: onlyPartitions('follows#*') },
  Memberships: { service: 'dynamodb', arn: arnOf('Members'), condition: onlyPartitions('memberships#*') },
  // What waits for moderators.
  Queues: {
    service: 'dynamodb',
    arn: arnOf('Members'),
    condition: onlyPartitions('reports#*', 'reported#*', 'held#*', 'heldin#*'),
  },
  Held: { service: 'dynamodb', arn: arnOf('Members'), condition: onlyPartitions('held#*', 'heldin#*') },
  Restrictions: { service: 'dynamodb', arn: arnOf('Members'), condition: onlyPartitions('restricted#*') },
  // The cursors of rooms, and notes of what was erased in them.
  EventCursors: { service: 'dynamodb', arn: arnOf('Members'), condition: onlyPartitions('events#*') },
  MessageStream: {
    service: 'dynamodb',
    arn: eventsStream || { 'Fn::GetAtt': ['Messages', 'StreamArn'] },
  },
  RelayWakes: { service: 'sqs', arn: arnOf('RelayWakes') },
  RelayFailures: { service: 'sqs', arn: arnOf('RelayFailures') },
  // The subscriptions of users, which of them watch a room, and whose an endpoint is.
  Notifications: {
    service: 'dynamodb',
    arn: arnOf('Members'),
    condition: onlyPartitions('push#*', 'pushed#*', 'watchers#*'),
  },
  Settings: { service: 'dynamodb', arn: arnOf('Members'), condition: onlyPartitions('settings#*') },
  PushNotices: { service: 'sqs', arn: arnOf('PushNotices') },
  PushFailures: { service: 'sqs', arn: arnOf('PushFailures') },
  PushKey: { service: 'secretsmanager', arn: { Ref: 'PushKey' } },
  Events: { service: 'sqs', arn: arnOf('Events') },
  EventsKey: { service: 'secretsmanager', arn: { Ref: 'EventsKey' } },
  EventBus: {
    service: 'events',
    arn: {
      'Fn::Sub': `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:event-bus/${eventsBus}`,
    },
  },
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

module.exports = grantedResources;
