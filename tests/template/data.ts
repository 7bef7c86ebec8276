import { ofType, problems, type Template, text } from './template';

/** What tables, secrets and names must be, each as the problems found. */

/** Keys, and the attribute by which rows expire. */
const TABLES: Record<string, { keys: string[]; expiry: string }> = {
  Connections: { keys: ['connection S'], expiry: 'ttl' },
  Members: { keys: ['r S', 'c S'], expiry: 'e' },
  Messages: { keys: ['room S', 'seq N'], expiry: 'ttl' },
};

export function tablesHaveTheirKeys(template: Template): string[] {
  const tables = ofType(template, 'AWS::DynamoDB::Table');
  return tables.flatMap(({ id, properties }) => {
    const types = new Map(properties.AttributeDefinitions.map((a) => [a.AttributeName, a.AttributeType]));
    const keys = properties.KeySchema.map(
      ({ AttributeName }) => `${AttributeName} ${types.get(AttributeName)}`,
    );
    const { BillingMode, TimeToLiveSpecification: expiry } = properties;
    return problems({
      [`${id} has the keys ${keys}`]: keys.join() !== TABLES[id]?.keys.join(),
      [`${id} is paid for while idle`]: BillingMode !== 'PAY_PER_REQUEST',
      [`${id} keeps expired rows`]: !expiry?.Enabled || expiry.AttributeName !== TABLES[id]?.expiry,
    });
  });
}

/** More than this an account does not have without asking for it. */
const QUOTA_UNITS = 40_000;

export function tablesHaveABound(template: Template): string[] {
  return ofType(template, 'AWS::DynamoDB::Table').flatMap(({ id, properties }) => {
    const { MaxReadRequestUnits: reads = 0, MaxWriteRequestUnits: writes = 0 } =
      properties.OnDemandThroughput ?? {};
    return problems({
      [`${id} serves any number of reads`]: !(reads > 0 && reads <= QUOTA_UNITS),
      [`${id} serves any number of writes`]: !(writes > 0 && writes <= QUOTA_UNITS),
    });
  });
}

export function messagesAreKept(template: Template): string[] {
  const table = ofType(template, 'AWS::DynamoDB::Table').find(({ id }) => id === 'Messages');
  return problems({
    'there is no message table': !table,
    'removing the stack deletes the messages': table?.resource.DeletionPolicy !== 'RetainExceptOnCreate',
    'replacing the table deletes the messages': table?.resource.UpdateReplacePolicy !== 'Retain',
    'messages cannot be restored':
      table?.properties.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled !== true,
  });
}

/** Without the parameter `files` a stack has no such bucket, and no function a right in S3. */
export function filesAreClosedAndForgotten(template: Template): string[] {
  const bucket = ofType(template, 'AWS::S3::Bucket').find(({ id }) => id === 'FilesBucket');
  const s3 = JSON.stringify(ofType(template, 'AWS::IAM::Role')).match(
    /"s3:[A-Za-z]*(?:Object|Bucket)[A-Za-z]*"/g,
  );
  if (!bucket) return problems({ 'functions reach S3 without files': s3 !== null });
  const { PublicAccessBlockConfiguration: block = {}, LifecycleConfiguration } = bucket.properties;
  const rules = JSON.stringify(LifecycleConfiguration?.Rules ?? []);
  const policy = ofType(template, 'AWS::S3::BucketPolicy').find(
    ({ properties }) => text(properties.Bucket) === '<FilesBucket>',
  );
  return problems({
    'the public may read files': Object.values(block).filter(Boolean).length !== 4,
    'uploads that no message names stay': !/"ExpirationInDays":1,.*"Key":"pending"/.test(rules),
    'removing the stack deletes the files': bucket.resource.DeletionPolicy !== 'RetainExceptOnCreate',
    'files are told in the clear':
      policy?.properties.PolicyDocument.Statement.some(
        ({ Effect, Condition }) => Effect === 'Deny' && Condition?.Bool?.['aws:SecureTransport'] === 'false',
      ) !== true,
    'another may read files':
      policy?.properties.PolicyDocument.Statement.some(({ Effect }) => Effect === 'Allow') === true,
  });
}

export function secretsAreGenerated(template: Template): string[] {
  return ofType(template, 'AWS::SecretsManager::Secret').flatMap(({ id, properties }) =>
    problems({
      [`${id} is in the template`]: properties.SecretString !== undefined,
      [`${id} is short`]: (properties.GenerateSecretString?.PasswordLength ?? 0) < 40,
      [`${id} has characters that a header cannot carry`]:
        properties.GenerateSecretString?.ExcludePunctuation !== true,
    }),
  );
}

/** What outlives a stack, or is slow to go, must not hold a name that the next deploy wants. */
export function nothingBlocksTheNextDeploy(template: Template): string[] {
  const naming: Record<string, string> = {
    'AWS::DynamoDB::Table': 'TableName',
    'AWS::IAM::Role': 'RoleName',
    'AWS::S3::Bucket': 'BucketName',
    'AWS::SQS::Queue': 'QueueName',
  };
  const literal = Object.entries(template.Resources)
    .filter(([, { Type, Properties }]) => (naming[Type] ?? '') in (Properties ?? {}))
    .map(([id]) => `${id} has a name of its own`);
  // The stack's id differs with each first deployment. The stack's name in front lets a policy tell stages apart.
  const secrets = ofType(template, 'AWS::SecretsManager::Secret')
    .filter(({ id, properties }) => {
      const name = JSON.stringify(properties.Name ?? '');
      return !name.includes('AWS::StackId') || !new RegExp(`"edge-chat-[\\w-]+-${id}"`).test(name);
    })
    .map(({ id }) => `${id} is not named after the stack and its id`);
  return [...literal, ...secrets];
}
