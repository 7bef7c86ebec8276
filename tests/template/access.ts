import { many, ofType, type Policy, problems, type Statement, type Template, text } from './template';

/** What functions may do and what they are told, each as the problems found. */

const POST =
  'arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<WebsocketsApi>/ws/POST/@connections/*';
const DELETE = POST.replace('/POST/', '/DELETE/');
const ENDPOINT = 'https://<WebsocketsApi>.execute-api.<AWS::Region>.<AWS::URLSuffix>/ws';

/** The table of messages: the stack's own, or one that it adopts. */
const MESSAGES = /^(<Messages\.Arn>|arn:.*:table\/.*)$/;

/** What writes into the log, and so may have more to post than one function can. */
const PUBLISHERS = new Set([
  'SendMessageLambdaFunction',
  'RoomActionsLambdaFunction',
  'PublishHttpLambdaFunction',
  'OperatorPublishLambdaFunction',
  'ModeratorActionsLambdaFunction',
  'OperatorBanLambdaFunction',
]);

const functions = (template: Template) => ofType(template, 'AWS::Lambda::Function');

const roles = (template: Template) => ofType(template, 'AWS::IAM::Role');

const statementsOf = (policies: Policy[] = []): Statement[] =>
  policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);

/** Every statement of every policy, with the resource it stands in. */
const statements = (template: Template): { id: string; statement: Statement }[] => [
  ...roles(template).flatMap(({ id, properties }) =>
    statementsOf(properties.Policies).map((statement) => ({ id, statement })),
  ),
  ...ofType(template, 'AWS::S3::BucketPolicy').flatMap(({ id, properties }) =>
    statementsOf([properties]).map((statement) => ({ id, statement })),
  ),
];

const roleOf = (template: Template, role: unknown) =>
  roles(template).find(({ id }) => text(role) === `<${id}.Arn>`);

const grantsOf = (template: Template, role: unknown): Statement[] =>
  statementsOf(roleOf(template, role)?.properties.Policies);

const resourcesOf = ({ Resource }: Statement): string[] => many(Resource).map(text);

const actionsOf = ({ Action }: Statement): string[] => many(Action);

export function everyFunctionHasItsOwnRole(template: Template): string[] {
  const used = functions(template).map(({ properties }) => text(properties.Role));
  return functions(template).flatMap(({ id, properties }) => {
    const role = roleOf(template, properties.Role);
    const trusted = role?.properties.AssumeRolePolicyDocument.Statement.map(
      ({ Principal }) => Principal.Service,
    );
    return problems({
      [`${id} has no role of this stack`]: !role,
      [`${id} shares its role`]: used.filter((name) => name === text(properties.Role)).length > 1,
      [`${id} has a role that others may take`]: trusted?.join() !== 'lambda.amazonaws.com',
      [`${id} has rights from a managed policy`]: Boolean(role?.properties.ManagedPolicyArns),
    });
  });
}

/** An erasure finds a user's messages; the operator's console finds rooms, without their words, and users. */
function mayScan(id: string, { Condition, Resource }: Statement): boolean {
  if (id === 'OperatorUsersRole') return text(Resource) === '<Connections.Arn>';
  if (!MESSAGES.test(text(Resource))) return false;
  const named = Condition?.['ForAllValues:StringEquals']?.['dynamodb:Attributes'] as string[] | undefined;
  const isOfTimes =
    named?.join() === 'room,seq,at' && Condition?.StringEquals?.['dynamodb:Select'] === 'SPECIFIC_ATTRIBUTES';
  return id === 'OperatorEraseRole' || (id === 'OperatorRoomsRole' && isOfTimes);
}

export function nothingIsAllowedBroadly(template: Template): string[] {
  return statements(template)
    .filter(({ statement }) => statement.Effect === 'Allow')
    .flatMap(({ id, statement }) => {
      const actions = actionsOf(statement);
      const wide = resourcesOf(statement).filter(
        (resource) =>
          resource.includes('*') &&
          ![POST, DELETE, '<PageBucket.Arn>/*', '<FilesBucket.Arn>/*', '<AccessLogs.Arn>/page/*'].includes(
            resource,
          ),
      );
      return problems({
        [`${id} allows ${actions} on ${wide}`]: wide.length > 0,
        [`${id} allows a family of actions: ${actions}`]: actions.some((action) => action.includes('*')),
        [`${id} allows anyone`]: /"\*"/.test(JSON.stringify(statement.Principal ?? '')),
        [`${id} reads whole tables`]: actions.includes('dynamodb:Scan') && !mayScan(id, statement),
        [`${id} may bring a removed log group back`]: actions.includes('logs:CreateLogGroup'),
        [`${id} reaches roles`]: resourcesOf(statement).some((resource) => resource.includes(':role/')),
        [`${id} mixes resources in one statement`]: resourcesOf(statement).length > 1,
      });
    });
}

/** Of a message's row only these attributes change, but for an erasure. */
const CHANGING = [
  'room',
  'seq',
  'text',
  'data',
  'mentions',
  'kb',
  'files',
  'rev',
  'editedAt',
  'edits',
  'deleted',
  'moderated',
  'todo',
  'rk',
  'rseq',
  'reactions',
  'rkb',
];

/** Whether a statement is about the rows of reactions alone: their partitions have a `#`, which no room's name has. */
const isAboutReactions = ({ Condition }: Statement): boolean =>
  many(Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] as string[] | undefined).join() ===
  '*#*';

export function messagesKeepWhatIdentifiesThem(template: Template): string[] {
  return statements(template)
    .filter(
      ({ id, statement }) =>
        id !== 'OperatorEraseRole' &&
        !isAboutReactions(statement) &&
        actionsOf(statement).includes('dynamodb:UpdateItem') &&
        resourcesOf(statement).includes('<Messages.Arn>'),
    )
    .flatMap(({ id, statement }) => {
      const named = statement.Condition?.['ForAllValues:StringEquals']?.['dynamodb:Attributes'];
      const others = many(named as string[] | undefined).filter(
        (name) => !CHANGING.includes(name) && name !== 'ttl',
      );
      return problems({
        [`${id} updates any attribute of a message`]: named === undefined,
        [`${id} updates ${others} of a message`]: others.length > 0,
      });
    });
}

/** Posting goes with the endpoint, and both with this API alone. */
export function onlyPostersPost(template: Template): string[] {
  return functions(template).flatMap(({ id, properties }) => {
    const posting = grantsOf(template, properties.Role).filter((statement) =>
      actionsOf(statement).some((action) => action.startsWith('execute-api:')),
    );
    const endpoint = properties.Environment.Variables.MANAGEMENT_ENDPOINT;
    return problems({
      [`${id} may post and does not know where`]: posting.length > 0 && endpoint === undefined,
      [`${id} knows where to post and may not`]: posting.length === 0 && endpoint !== undefined,
      [`${id} posts to ${endpoint}`]: endpoint !== undefined && text(endpoint) !== ENDPOINT,
      [`${id} may manage other connections than this API's`]: posting.some(
        (statement) =>
          actionsOf(statement).join() !== 'execute-api:ManageConnections' ||
          ![POST, DELETE].includes(resourcesOf(statement).join()),
      ),
    });
  });
}

/** What a function is told of and what it may use are the same tables and secrets. */
export function environmentMatchesRights(template: Template): string[] {
  return functions(template).flatMap(({ id, properties }) => {
    const told = Object.entries(properties.Environment.Variables)
      .filter(([name]) => /_(TABLE|ARN)$/.test(name))
      .map(([, value]) => text(value));
    const granted = grantsOf(template, properties.Role)
      .filter((statement) => /^(dynamodb|secretsmanager):/.test(actionsOf(statement)[0] ?? ''))
      .flatMap(resourcesOf)
      .map((arn) =>
        arn
          .replace(/\.(Stream)?Arn>$/, '>')
          .replace(/^arn:.*:table\//, '')
          .replace(/\/stream\/.*$/, ''),
      );
    return [
      ...told
        .filter((name) => !granted.includes(name))
        .map((name) => `${id} is told of ${name} and may not use it`),
      ...granted
        .filter((name) => !told.includes(name))
        .map((name) => `${id} may use ${name} and is not told of it`),
    ];
  });
}

/** These update rows of connections only to take away what has gone, or must go, or rows of users. */
const RENEW_NO_LEASE = [
  'DisconnectLambdaFunction',
  'FanOutLambdaFunction',
  'SignOutGuestLambdaFunction',
  'FilesLambdaFunction',
  'PushLambdaFunction',
];

/** A frame renews its connection's lease: a function that took another length would cut it short. */
export function leasesAreOfOneLength(template: Template): string[] {
  const renewing = functions(template).filter(
    ({ id, properties }) =>
      !RENEW_NO_LEASE.includes(id) &&
      grantsOf(template, properties.Role).some(
        (statement) =>
          actionsOf(statement).includes('dynamodb:UpdateItem') &&
          resourcesOf(statement).includes('<Connections.Arn>'),
      ),
  );
  const told = renewing.map(({ id, properties }) => ({
    id,
    seconds: properties.Environment.Variables.PRESENCE_SECONDS,
  }));
  return told
    .filter(({ seconds }) => seconds === undefined || seconds !== told[0]?.seconds)
    .map(({ id, seconds }) => `${id} renews leases for ${seconds} seconds`);
}

/** What shows drafts has to know of the reviewer, which has not seen them, and asks it nothing. */
const DRAFTS = 'RoomActionsLambdaFunction';

/** What publishes held messages. Without the review it would show words that no verdict let pass. */
const DECISIONS = 'ModeratorActionsLambdaFunction';

export function fanOutIsInvokedByPublishersAlone(template: Template): string[] {
  const reviewing = functions(template).find(({ id }) => id === 'SendMessageLambdaFunction');
  return functions(template).flatMap(({ id, properties }) => {
    const invoked = grantsOf(template, properties.Role)
      .filter((statement) => actionsOf(statement).some((action) => action.startsWith('lambda:')))
      .flatMap(resourcesOf);
    const worker = functions(template).find((candidate) => candidate.id === 'FanOutLambdaFunction');
    const reviewer = properties.Environment.Variables.REVIEW_FUNCTION;
    const asked = id === DRAFTS ? undefined : reviewer;
    const expected = PUBLISHERS.has(id) ? ['<FanOutLambdaFunction.Arn>', ...many(asked || undefined)] : [];
    const told = properties.Environment.Variables.FAN_OUT_FUNCTION;
    return problems({
      [`${id} invokes ${invoked}`]: invoked.join() !== expected.join(),
      [`${id} knows a reviewer and publishes nothing`]: Boolean(reviewer) && !PUBLISHERS.has(id),
      [`${id} publishes past the reviewer`]:
        (id === DRAFTS || id === DECISIONS) &&
        reviewer !== reviewing?.properties.Environment.Variables.REVIEW_FUNCTION,
      [`${id} hands over to ${told}`]:
        told !== (PUBLISHERS.has(id) ? worker?.properties.FunctionName : undefined),
    });
  });
}

/** These are invoked by other functions, a stream and a queue. */
const NO_API_WAITS = [
  'FanOutLambdaFunction',
  'RelayLambdaFunction',
  'NoticeMessagesLambdaFunction',
  'NotifyUsersLambdaFunction',
];

export function functionsRunAlike(template: Template): string[] {
  const groups = ofType(template, 'AWS::Logs::LogGroup');
  return functions(template).flatMap(({ id, properties }) => {
    const { FunctionName, Runtime, Architectures, Timeout } = properties;
    const group = groups.find(
      (candidate) => candidate.properties.LogGroupName === `/aws/lambda/${FunctionName}`,
    );
    const logs = grantsOf(template, properties.Role).filter((statement) =>
      actionsOf(statement).some((action) => action.startsWith('logs:')),
    );
    return problems({
      [`${id} runs on ${Runtime}`]: Runtime !== 'nodejs24.x',
      [`${id} runs on ${Architectures}`]: Architectures.join() !== 'arm64',
      [`${id} keeps its log for ever`]: !group?.properties.RetentionInDays,
      [`${id} may not write its own log`]: logs.flatMap(resourcesOf).join() !== `<${group?.id}.Arn>`,
      [`${id} outlives the API that waits for it`]: Timeout > 29 && !NO_API_WAITS.includes(id),
    });
  });
}

/** Rows of these are updated attribute by attribute: people's messages, and what only takes away what has gone. */
const mustNameAttributes = (id: string, resource: string) =>
  MESSAGES.test(resource) || /^(Disconnect|FanOut)Role$/.test(id);

export function updatesNameTheirAttributes(template: Template): string[] {
  return statements(template)
    .filter(({ statement }) => actionsOf(statement).includes('dynamodb:UpdateItem'))
    .filter(({ statement }) => !isAboutReactions(statement))
    .filter(({ id, statement }) => resourcesOf(statement).some((each) => mustNameAttributes(id, each)))
    .filter(({ statement: { Condition } }) => {
      const names = Condition?.['ForAllValues:StringEquals']?.['dynamodb:Attributes'];
      return !Array.isArray(names) || names.length === 0;
    })
    .map(({ id, statement }) => `${id} may change every attribute of ${resourcesOf(statement)}`);
}

export function failedFanOutsAreKept(template: Template): string[] {
  const worker = functions(template).find(({ id }) => id === 'FanOutLambdaFunction');
  const [settings] = ofType(template, 'AWS::Lambda::EventInvokeConfig').filter(
    ({ properties }) => text(properties.FunctionName) === '<FanOutLambdaFunction>',
  );
  const destination = text(settings?.properties.DestinationConfig?.OnFailure?.Destination ?? '');
  const queue = ofType(template, 'AWS::SQS::Queue').find(({ id }) => destination === `<${id}.Arn>`);
  const sends = grantsOf(template, worker?.properties.Role).filter((statement) =>
    actionsOf(statement).includes('sqs:SendMessage'),
  );
  return problems({
    'the worker is not tried three times': settings?.properties.MaximumRetryAttempts !== 2,
    'the worker is tried after a minute': settings?.properties.MaximumEventAgeInSeconds !== 60,
    'a failed fan-out is dropped': !queue,
    'the worker may not report a failed fan-out': sends.flatMap(resourcesOf).join() !== destination,
    'failed fan-outs lie unencrypted': !queue?.properties.SqsManagedSseEnabled,
    'failed fan-outs vanish early': queue?.properties.MessageRetentionPeriod !== 14 * 24 * 3600,
  });
}
