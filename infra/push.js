const parameters = require('./parameters');
const { arnOf, logStream, output, queue, secret, source } = require('./sources');

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
/** As in serverless.yml, in seconds. */
const NOTIFY_TIMEOUT = MINUTE;

const resources = (name, stream) => ({
  // Push services know the stack by a key that is derived from it.
  PushKey: secret(name, 'PushKey', 'signs notifications'),
  // Notices that failed again and again, and batches of the stream that failed for most of a day.
  PushFailures: queue({}),
  PushNotices: queue({
    // AWS asks for six times the function's timeout.
    VisibilityTimeout: 6 * NOTIFY_TIMEOUT,
    // A notice of last week rings for nothing.
    MessageRetentionPeriod: DAY,
    RedrivePolicy: { deadLetterTargetArn: arnOf('PushFailures'), maxReceiveCount: 10 },
  }),
  PushStream: logStream('NoticeMessages', stream, 'PushFailures', {
    // Messages that come within it are one notice for each user who is told of all.
    MaximumBatchingWindowInSeconds: 5,
  }),
  PushQueue: source('NotifyUsers', arnOf('PushNotices'), {
    BatchSize: 5,
    ScalingConfig: { MaximumConcurrency: 10 },
  }),
});

module.exports = async (context) => {
  const { push, eventsStream } = await parameters(context);
  if (push === 'off') return { notices: '', key: '', resources: {} };
  const name = String(await context.resolveVariable('self:custom.name'));
  return {
    /** The URL of the queue of notices. */
    notices: { Ref: 'PushNotices' },
    key: { Ref: 'PushKey' },
    resources: {
      Resources: resources(name, eventsStream),
      Outputs: {
        PushFailuresUrl: output('Queue of the notices that could not be served', { Ref: 'PushFailures' }),
      },
    },
  };
};
