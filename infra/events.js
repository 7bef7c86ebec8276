const parameters = require('./parameters');

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
/** As in serverless.yml, in seconds. */
const RELAY_TIMEOUT = MINUTE;

const arnOf = (id) => ({ 'Fn::GetAtt': [id, 'Arn'] });

const queue = (properties) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { MessageRetentionPeriod: 14 * DAY, SqsManagedSseEnabled: true, ...properties },
});

/** A source of the relay, which tells Lambda the records that it should bring again. */
const source = (EventSourceArn, properties) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    FunctionName: { Ref: 'RelayLambdaFunction' },
    EventSourceArn,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ...properties,
  },
});

/** What wakes the relay: the stream of the log, and a queue for rooms that it should look at again. */
const shared = (stream) => ({
  // What the relay could not take, and batches of the stream that it failed on for most of a day.
  RelayFailures: queue({}),
  RelayWakes: queue({
    // AWS asks for six times the function's timeout.
    VisibilityTimeout: 6 * RELAY_TIMEOUT,
    RedrivePolicy: { deadLetterTargetArn: arnOf('RelayFailures'), maxReceiveCount: 10 },
  }),
  RelayStream: source(stream, {
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 100,
    // A changed row wakes nobody: every change of a message is an entry of its own.
    FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ eventName: ['INSERT'] }) }] },
    BisectBatchOnFunctionError: true,
    // Before the stream forgets it, after a day.
    MaximumRecordAgeInSeconds: DAY - 60 * MINUTE,
    DestinationConfig: { OnFailure: { Destination: arnOf('RelayFailures') } },
  }),
  RelayQueue: source(arnOf('RelayWakes'), { BatchSize: 10, ScalingConfig: { MaximumConcurrency: 5 } }),
});

/** Consumers find it as an output. Its messages hold words: it keeps them as long as a queue can. */
const fifo = {
  Events: queue({
    FifoQueue: true,
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
  }),
};

/** Only letters and digits: a text that Standard Webhooks reads as base64. */
const key = (name) => ({
  EventsKey: {
    Type: 'AWS::SecretsManager::Secret',
    Properties: {
      Name: {
        'Fn::Join': [
          '-',
          [`${name}-EventsKey`, { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] }],
        ],
      },
      Description: `${name}, signs events`,
      GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
    },
  },
});

const output = (Description, Value) => ({ Description, Value });

const outputs = {
  bus: {},
  fifo: { EventsQueueUrl: output('Queue of the events', { Ref: 'Events' }) },
  https: { EventsKeyArn: output('Secret that signs the events', { Ref: 'EventsKey' }) },
};

module.exports = async (context) => {
  const { events, eventsUrl, eventsBus, eventsStream } = await parameters(context);
  if (events === 'off') return { wakes: '', to: '', key: '', resources: {} };
  const name = String(await context.resolveVariable('self:custom.name'));
  const sinks = { bus: {}, fifo, https: key(name) };
  return {
    /** The URL of the queue of wakes. */
    wakes: { Ref: 'RelayWakes' },
    /** The bus, the queue or the URL. */
    to: { bus: eventsBus, fifo: { Ref: 'Events' }, https: eventsUrl }[events],
    key: events === 'https' ? { Ref: 'EventsKey' } : '',
    resources: {
      Resources: {
        ...shared(eventsStream || { 'Fn::GetAtt': ['Messages', 'StreamArn'] }),
        ...sinks[events],
      },
      Outputs: {
        RelayFailuresUrl: output('Queue of what the relay could not take', { Ref: 'RelayFailures' }),
        ...outputs[events],
      },
    },
  };
};
