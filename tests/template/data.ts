import { ofType, problems, type Template } from './template';

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
