/** What it takes to write an entry and deliver it. */
const publishes = {
  Connections: ['GetItem', 'BatchGetItem', 'UpdateItem', 'DeleteItem'],
  Members: ['Query', 'DeleteItem'],
  Messages: ['Query', 'BatchGetItem', 'PutItem'],
  MessageWordsAndExpiry: ['UpdateItem'],
  Gone: ['UpdateItem'],
  Mentions: ['UpdateItem'],
  Sockets: ['ManageConnections'],
  FanOut: ['InvokeFunction'],
};

/** A message takes its author's turn in a room in slow mode. */
const takesTurns = { Restrictions: ['UpdateItem'] };

/** What ends a flood, or a banned user's sockets. */
const closes = { SocketsToClose: ['ManageConnections'] };

/** A removal also writes a tombstone against a late join, and lists the ban. */
const evicts = { Members: ['Query', 'PutItem', 'UpdateItem', 'DeleteItem'] };

/** Mutes are read each in the partition of its user, as is who is a member of a private room. */
const readsMembers = { Members: [...evicts.Members, 'BatchGetItem'] };

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
  sendMessage: { ...publishes, ...takesTurns, ...closes },
  roomActions: {
    ...publishes,
    Members: ['Query', 'BatchGetItem', 'PutItem', 'DeleteItem'],
    Follows: ['UpdateItem'],
    Reactions: ['UpdateItem'],
    ...closes,
  },
  moderatorActions: { ...publishes, ...readsMembers, ...closes },
  operatorBan: { ...publishes, ...readsMembers, ...closes },
  fanOut: {
    Connections: ['GetItem', 'BatchGetItem', 'DeleteItem'],
    ClosedConnections: ['UpdateItem'],
    Members: ['Query', 'DeleteItem'],
    Messages: ['Query', 'BatchGetItem'],
    MessageWords: ['UpdateItem'],
    Gone: ['UpdateItem'],
    Mentions: ['UpdateItem'],
    Sockets: ['ManageConnections'],
    FanOutFailures: ['SendMessage'],
  },
  relay: {
    MessageStream: ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'],
    RelayWakes: ['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'],
    RelayFailures: ['SendMessage'],
    EventCursors: ['GetItem', 'Query', 'UpdateItem', 'DeleteItem'],
    Messages: ['Query', 'BatchGetItem'],
    MessageWords: ['UpdateItem'],
    Gone: ['UpdateItem'],
    Mentions: ['UpdateItem'],
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
    ...takesTurns,
    Members: [...publishes.Members, 'BatchGetItem'],
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
    Members: ['Query', 'BatchGetItem'],
    Messages: ['Query', 'BatchGetItem'],
    MessageWords: ['UpdateItem'],
    Gone: ['UpdateItem'],
    Mentions: ['UpdateItem'],
  },
  operatorPublish: { ...publishes, Reactions: ['UpdateItem'] },
  operatorExport: {
    Messages: ['Query', 'BatchGetItem'],
    MessageWords: ['UpdateItem'],
    Gone: ['UpdateItem'],
    Mentions: ['UpdateItem'],
  },
  operatorErase: {
    // A reader of a whole table: a user's messages are in no index, and an erasure is rare.
    Messages: ['Query', 'BatchGetItem', 'PutItem', 'Scan'],
    ErasedMessages: ['UpdateItem'],
    Gone: ['UpdateItem'],
    Mentions: ['UpdateItem'],
    Follows: ['Query', 'DeleteItem'],
    Memberships: ['Query', 'DeleteItem'],
    Restrictions: ['Query', 'DeleteItem'],
    Queues: ['Query', 'DeleteItem'],
    Reactions: ['UpdateItem', 'DeleteItem'],
  },
  push: {
    OriginSecret: ['GetSecretValue'],
    GuestKey: ['GetSecretValue'],
    PushKey: ['GetSecretValue'],
    Connections: ['GetItem', 'BatchGetItem'],
    UserBuckets: ['UpdateItem'],
    Memberships: ['BatchGetItem'],
    Settings: ['Query'],
    Follows: ['GetItem', 'UpdateItem'],
    Notifications: ['GetItem', 'Query', 'PutItem', 'DeleteItem'],
  },
  noticeMessages: {
    MessageStream: ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'],
    PushNotices: ['SendMessage'],
    PushFailures: ['SendMessage'],
    Follows: ['GetItem'],
    Notifications: ['Query'],
    Messages: ['BatchGetItem'],
    MessageWords: ['UpdateItem'],
    Gone: ['UpdateItem'],
    Mentions: ['UpdateItem'],
  },
  notifyUsers: {
    PushNotices: ['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'],
    PushKey: ['GetSecretValue'],
    Connections: ['BatchGetItem'],
    Memberships: ['BatchGetItem'],
    Settings: ['Query'],
    Follows: ['GetItem', 'UpdateItem'],
    Notifications: ['Query', 'DeleteItem'],
    Messages: ['Query', 'BatchGetItem'],
    MessageWords: ['UpdateItem'],
    Gone: ['UpdateItem'],
    Mentions: ['UpdateItem'],
  },
  operatorReplay: { EventCursors: ['GetItem', 'UpdateItem'], RelayWakes: ['SendMessage'] },
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
  relay: completes,
  noticeMessages: completes,
  notifyUsers: completes,
  operatorExport: completes,
  operatorErase: completes,
  files: { ...completes, Files: [...completes.Files, 'PutObject', 'PutObjectTagging', 'GetObject'] },
};

/** What publishes has words reviewed, where the deployment reviews. */
const reviews = { ReviewFunction: ['InvokeFunction'] };
const holds = { ...reviews, Held: ['Query', 'PutItem', 'UpdateItem', 'DeleteItem'] };
const reviewGrants = {
  sendMessage: holds,
  publishHttp: holds,
  operatorPublish: holds,
  moderatorActions: reviews,
};

/** What moderators allow is published with its files. */
const fileGrantsOf = (name, reviewFunction) =>
  name === 'moderatorActions' && reviewFunction ? attaches : fileGrants[name];

/** What sending events adds: the sink of the relay, and notes of what was erased. */
const sinkGrants = {
  bus: { EventBus: ['PutEvents'] },
  fifo: { Events: ['SendMessage'] },
  https: { EventsKey: ['GetSecretValue'] },
};
const eventGrants = (events) => ({
  relay: sinkGrants[events],
  operatorErase: { EventCursors: ['PutItem'], RelayWakes: ['SendMessage'] },
});

/** What notifications add: an erasure forgets a user's subscriptions. */
const pushGrants = { operatorErase: { Notifications: ['Query', 'DeleteItem'] } };

/** Functions that a deployment has only with a parameter. */
const optional = {
  events: ['relay', 'operatorReplay'],
  push: ['push', 'noticeMessages', 'notifyUsers'],
};

/**
 * The functions that a deployment does not have.
 * @param {{events: string, push: string}} given
 */
const withoutFunctions = (given) =>
  Object.entries(optional).flatMap(([parameter, names]) => (given[parameter] === 'off' ? names : []));

/**
 * The functions of a deployment.
 * @param {{events: string, push: string}} given
 */
const functionsOf = (given) => {
  const without = withoutFunctions(given);
  return Object.keys(grants).filter((name) => !without.includes(name));
};

/**
 * What a function may do in a deployment: actions by resource.
 * @param {string} name
 * @param {{files: string, reviewFunction: string, events: string, push: string}} given
 * @returns {Record<string, string[]>}
 */
const grantsOf = (name, { files, reviewFunction, events, push }) => ({
  ...grants[name],
  ...(files === 'on' && fileGrantsOf(name, reviewFunction)),
  ...(reviewFunction && reviewGrants[name]),
  ...(events !== 'off' && eventGrants(events)[name]),
  ...(push === 'on' && pushGrants[name]),
});

/** The beginning of a function's logical ids. */
const capitalized = (name) => name.charAt(0).toUpperCase() + name.slice(1);

module.exports = { withoutFunctions, functionsOf, grantsOf, capitalized };
