const parameters = require('./parameters');

/**
 * No table has a name of its own: a table that outlived its stack would block the next deploy.
 * @param {[string, 'S' | 'N'][]} keys partition key, then sort key
 * @param {string} expiry attribute with the second from which the database may remove a row
 */
const table = (keys, expiry = 'ttl') => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: keys.map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    KeySchema: keys.map(([AttributeName], i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
    TimeToLiveSpecification: { AttributeName: expiry, Enabled: true },
  },
});

const Connections = table([['connection', 'S']]);

/** Room, connection and expiry: a row is read for every message to its room, and names are billed like values. */
const Members = table(
  [
    ['r', 'S'],
    ['c', 'S'],
  ],
  'e',
);

const log = table([
  ['room', 'S'],
  ['seq', 'N'],
]);

/** People's messages: restorable to any second of the last 35 days, and kept when the stack goes. */
const Messages = {
  ...log,
  DeletionPolicy: 'RetainExceptOnCreate',
  UpdateReplacePolicy: 'Retain',
  Properties: { ...log.Properties, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
};

/** Its readers need to know which row was written, and read the row itself: no words stay in the stream. */
const streamed = (made) => ({
  ...made,
  Properties: { ...made.Properties, StreamSpecification: { StreamViewType: 'KEYS_ONLY' } },
});

/** A stack that adopts the table an earlier one left creates none, and names the old one everywhere. */
const adopted = (tableName) => ({
  name: tableName,
  arn: {
    'Fn::Sub': `arn:\${AWS::Partition}:dynamodb:\${AWS::Region}:\${AWS::AccountId}:table/${tableName}`,
  },
});

const created = { name: { Ref: 'Messages' }, arn: { 'Fn::GetAtt': ['Messages', 'Arn'] } };

/** An account is asked for more than this a second by special request only. */
const MAX_UNITS = 40_000;

/**
 * What a second's frames may ask of one table. A send writes a row of its connection, of its user and of the log, and
 * may set the expiry of another. Most reads list a room's members. Bursts go above; a flood does not.
 */
const UNITS_PER_FRAME = { write: 4, read: 20 };

/** The most a table serves a second: what a stranger can make it cost has a bound. */
const maximums = (framesPerSecond) => ({
  MaxReadRequestUnits: Math.min(MAX_UNITS, UNITS_PER_FRAME.read * Number(framesPerSecond)),
  MaxWriteRequestUnits: Math.min(MAX_UNITS, UNITS_PER_FRAME.write * Number(framesPerSecond)),
});

module.exports = async (context) => {
  const { deletionProtection, messagesTable, framesPerSecond, events, push } = await parameters(context);
  const isStreamed = events !== 'off' || push === 'on';
  const messages = messagesTable ? adopted(messagesTable) : created;
  const bounded = (made) => ({
    ...made,
    Properties: {
      ...made.Properties,
      OnDemandThroughput: maximums(framesPerSecond),
      ...(deletionProtection === 'on' && { DeletionProtectionEnabled: true }),
    },
  });

  return {
    messages,
    resources: {
      Resources: {
        Connections: bounded(Connections),
        Members: bounded(Members),
        ...(!messagesTable && { Messages: bounded(isStreamed ? streamed(Messages) : Messages) }),
      },
      Outputs: {
        ConnectionsTable: { Description: 'Table of open connections', Value: { Ref: 'Connections' } },
        MembersTable: { Description: 'Table of room members', Value: { Ref: 'Members' } },
        MessagesTable: { Description: 'Table of messages, kept on removal', Value: messages.name },
      },
    },
  };
};
