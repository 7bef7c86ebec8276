const parameters = require('./parameters');
const { arnOf, logStream, output, queue, secret, source } = require('./sources');

const MINUTE = 60;
/** As in serverless.yml, in seconds. */
const RELAY_TIMEOUT = MINUTE;

/** What wakes the relay: the stream of the log, and a queue for rooms that it should look at again. */
const shared = (stream) => ({
  // What the relay could not take, and batches of the stream that it failed on for most of a day.
  RelayFailures: queue({}),
  RelayWakes: queue({
    // AWS asks for six times the function's timeout.
    VisibilityTimeout: 6 * RELAY_TIMEOUT,
    RedrivePolicy: { deadLetterTargetArn: arnOf('RelayFailures'), maxReceiveCount: 10 },
  }),
  RelayStream: logStream('Relay', stream, 'RelayFailures'),
  RelayQueue: source('Relay', arnOf('RelayWakes'), {
    BatchSize: 10,
    ScalingConfig: { MaximumConcurrency: 5 },
  }),
});

/** Consumers find it as an output. Its messages hold words: it keeps them as long as a queue can. */
const fifo = {
  Events: queue({
    FifoQueue: true,
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
  }),
};

/** Standard Webhooks reads it as base64. */
const key = (name) => ({ EventsKey: secret(name, 'EventsKey', 'signs events') });

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
        ...shared(eventsStream),
        ...sinks[events],
      },
      Outputs: {
        RelayFailuresUrl: output('Queue of what the relay could not take', { Ref: 'RelayFailures' }),
        ...outputs[events],
      },
    },
  };
};
