import type { Account } from './account';
import { json, Refusal, type Service, xml, xmlAnswer } from './answer';
import { ACCOUNT } from './signature';

export const sts: Service = (_asked, say) => {
  const Arn = `arn:aws:iam::${ACCOUNT}:user/deployer`;
  say('GetCallerIdentity', Arn);
  const result = xml('GetCallerIdentityResult', { Arn, UserId: 'AIDACLOUDSTANDIN', Account: ACCOUNT });
  return xmlAnswer(`<GetCallerIdentityResponse>${result}</GetCallerIdentityResponse>`);
};

export function lambda(account: Account): Service {
  return ({ path }, say) => {
    const name = decodeURIComponent(/\/functions\/([^/]+)/.exec(path)?.[1] ?? '');
    say('GetFunction', name);
    const changed = account.functions.get(name);
    if (!changed) throw new Refusal('ResourceNotFoundException', `Function not found: ${name}`, 404);
    return json({ Configuration: { FunctionName: name, LastModified: changed.toISOString() } });
  };
}

export function dynamoDb(account: Account): Service {
  return ({ headers, body }, say) => {
    const { TableName, DeletionProtectionEnabled } = JSON.parse(body.toString()) as {
      TableName: string;
      DeletionProtectionEnabled?: boolean;
    };
    const action = String(headers['x-amz-target']).split('.')[1] ?? '';
    say(action, TableName);
    const isProtected = account.tables.get(TableName);
    if (isProtected === undefined)
      throw new Refusal('ResourceNotFoundException', `Table: ${TableName} not found`);
    const table = { TableName, DeletionProtectionEnabled: isProtected };
    if (action === 'DescribeTable') return json({ Table: { ...table, TableStatus: 'ACTIVE' } });
    if (action === 'UpdateTable') {
      account.tables.set(TableName, DeletionProtectionEnabled ?? isProtected);
      return json({ TableDescription: { ...table, TableStatus: 'UPDATING' } });
    }
    if (isProtected) throw new Refusal('ValidationException', 'Deletion protection is enabled.');
    account.tables.delete(TableName);
    return json({ TableDescription: { ...table, TableStatus: 'DELETING' } });
  };
}

/** The framework asks whether the service has a repository of images. It has none. */
export const ecr: Service = ({ body }, say) => {
  const { repositoryNames = [] } = JSON.parse(body.toString()) as { repositoryNames?: string[] };
  say('DescribeRepositories', repositoryNames.join());
  throw new Refusal('RepositoryNotFoundException', 'The repository does not exist');
};
