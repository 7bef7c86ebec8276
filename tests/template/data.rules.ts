import * as checks from './data';
import { named, type Rule, type Template } from './template';

const { assign } = Object;

const table = (template: Template, id: string) => named(template, 'AWS::DynamoDB::Table', id);

const secret = (template: Template) => named(template, 'AWS::SecretsManager::Secret', 'OriginSecret');

const filesBucket = (template: Template) => named(template, 'AWS::S3::Bucket', 'FilesBucket');

export const dataRules: Rule[] = [
  [
    'tables have their keys and forget expired rows',
    checks.tablesHaveTheirKeys,
    [
      ['another key', (t) => table(t, 'Members').KeySchema.pop()],
      ['no expiry', (t) => delete table(t, 'Connections').TimeToLiveSpecification],
      [
        'an expiry no row has',
        (t) => assign(table(t, 'Members').TimeToLiveSpecification ?? {}, { AttributeName: 'ttl' }),
      ],
    ],
  ],
  [
    'what a table may cost has a bound',
    checks.tablesHaveABound,
    [
      ['no maximum', (t) => delete table(t, 'Messages').OnDemandThroughput],
      ['no maximum of writes', (t) => delete table(t, 'Members').OnDemandThroughput?.MaxWriteRequestUnits],
      [
        'more than there is',
        (t) => assign(table(t, 'Connections').OnDemandThroughput ?? {}, { MaxReadRequestUnits: 1_000_000 }),
      ],
    ],
  ],
  [
    'messages are kept',
    checks.messagesAreKept,
    [
      ['deleted with the stack', (t) => delete t.Resources.Messages?.DeletionPolicy],
      ['deleted on replacement', (t) => delete t.Resources.Messages?.UpdateReplacePolicy],
      ['not restorable', (t) => delete table(t, 'Messages').PointInTimeRecoverySpecification],
    ],
  ],
  [
    'files are closed and forgotten',
    checks.filesAreClosedAndForgotten,
    [
      ['a public bucket', (t) => assign(filesBucket(t), { PublicAccessBlockConfiguration: {} })],
      ['uploads that stay', (t) => filesBucket(t).LifecycleConfiguration?.Rules.shift()],
      ['deleted with the stack', (t) => delete t.Resources.FilesBucket?.DeletionPolicy],
      ['no policy', (t) => delete t.Resources.FilesBucketPolicy],
      ['rights without a bucket', (t) => delete t.Resources.FilesBucket],
    ],
  ],
  [
    'secrets are generated',
    checks.secretsAreGenerated,
    [
      ['a literal', (t) => assign(secret(t), { SecretString: 'hunter2' })],
      ['a short one', (t) => assign(secret(t).GenerateSecretString ?? {}, { PasswordLength: 12 })],
      ['punctuation', (t) => delete secret(t).GenerateSecretString?.ExcludePunctuation],
    ],
  ],
  [
    'nothing that stays blocks the next deploy',
    checks.nothingBlocksTheNextDeploy,
    [
      ['a named table', (t) => assign(table(t, 'Members'), { TableName: 'members' })],
      ['a named bucket', (t) => assign(named(t, 'AWS::S3::Bucket', 'PageBucket'), { BucketName: 'page' })],
      ['a named secret', (t) => assign(secret(t), { Name: 'origin' })],
      ['a secret without the name of its stage', (t) => delete secret(t).Name],
    ],
  ],
];
