const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

const arnOf = (id) => ({ 'Fn::GetAtt': [id, 'Arn'] });

const queue = (properties) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { MessageRetentionPeriod: 14 * DAY, SqsManagedSseEnabled: true, ...properties },
});

/** A source of a function, which tells Lambda the records that it should bring again. */
const source = (functionName, EventSourceArn, properties) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    FunctionName: { Ref: `${functionName}LambdaFunction` },
    EventSourceArn,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ...properties,
  },
});

/** The new rows of the log, by the stream of its table: that of an adopted table has to be given. */
const logStream = (functionName, given, failures, properties = {}) =>
  source(functionName, given || { 'Fn::GetAtt': ['Messages', 'StreamArn'] }, {
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 100,
    // A changed row wakes nobody: every change of a message is an entry of its own.
    FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ eventName: ['INSERT'] }) }] },
    BisectBatchOnFunctionError: true,
    // Before the stream forgets it, after a day.
    MaximumRecordAgeInSeconds: DAY - 60 * MINUTE,
    DestinationConfig: { OnFailure: { Destination: arnOf(failures) } },
    ...properties,
  });

/** Only letters and digits: a text that is base64, too. */
const secret = (stack, id, purpose) => ({
  Type: 'AWS::SecretsManager::Secret',
  Properties: {
    Name: {
      'Fn::Join': [
        '-',
        [`${stack}-${id}`, { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] }],
      ],
    },
    Description: `${stack}, ${purpose}`,
    GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
  },
});

const output = (Description, Value) => ({ Description, Value });

module.exports = { arnOf, logStream, output, queue, secret, source };
