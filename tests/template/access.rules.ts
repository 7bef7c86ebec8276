import * as checks from './access';
import { named, type Rule, sub, type Template } from './template';

const { assign } = Object;

const POST_ARN = 'arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<WebsocketsApi>/ws/POST';

const lambda = (template: Template, name: string) =>
  named(template, 'AWS::Lambda::Function', `${name}LambdaFunction`);

const tell = (template: Template, name: string, variables: Record<string, unknown>) =>
  assign(lambda(template, name).Environment.Variables, variables);

const role = (template: Template, name: string) => named(template, 'AWS::IAM::Role', `${name}Role`);

const statements = (template: Template, name: string) =>
  (role(template, name).Policies ?? []).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);

const allow = (template: Template, name: string, Action: string, Resource: unknown) =>
  role(template, name).Policies?.[0]?.PolicyDocument.Statement.push({ Effect: 'Allow', Action, Resource });

const change = (template: Template, name: string, action: string, changed: object) =>
  statements(template, name)
    .filter(({ Action }) => Action.includes(action))
    .map((statement) => assign(statement, changed));

const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

export const accessRules: Rule[] = [
  [
    'every function has a role of its own',
    checks.everyFunctionHasItsOwnRole,
    [
      ['a shared role', (t) => assign(lambda(t, 'Connect'), { Role: arn('RoomActionsRole') })],
      [
        'a role from elsewhere',
        (t) => assign(lambda(t, 'IssueGuestToken'), { Role: 'arn:aws:iam::123456789012:role/x' }),
      ],
      [
        'a managed policy',
        (t) =>
          assign(role(t, 'IssueGuestToken'), {
            ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
          }),
      ],
    ],
  ],
  [
    'nothing is allowed broadly',
    checks.nothingIsAllowedBroadly,
    [
      ['any resource', (t) => allow(t, 'Connect', 'dynamodb:PutItem', '*')],
      [
        'every connection of every API',
        (t) =>
          allow(
            t,
            'RoomActions',
            'execute-api:ManageConnections',
            'arn:aws:execute-api:*:*:*/@connections/*',
          ),
      ],
      ['a scan', (t) => allow(t, 'RoomActions', 'dynamodb:Scan', arn('Members'))],
      [
        'words to the list of rooms',
        (t) => change(t, 'OperatorRooms', 'dynamodb:Scan', { Condition: undefined }),
      ],
      ['a family of actions', (t) => allow(t, 'RoomActions', 'dynamodb:*', arn('Members'))],
      [
        'creating log groups',
        (t) => allow(t, 'IssueGuestToken', 'logs:CreateLogGroup', arn('IssueGuestTokenLogGroup')),
      ],
      [
        'a role',
        (t) => allow(t, 'IssueGuestToken', 'iam:PassRole', 'arn:aws:iam::123456789012:role/edge-chat'),
      ],
      [
        'anyone reading the page',
        (t) =>
          named(t, 'AWS::S3::BucketPolicy', 'PageBucketPolicy').PolicyDocument.Statement.push({
            Effect: 'Allow',
            Principal: '*',
            Action: 's3:GetObject',
            Resource: arn('PageBucket'),
          }),
      ],
    ],
  ],
  [
    'an update of a message, or of what has gone, is limited to attributes',
    checks.updatesNameTheirAttributes,
    [
      [
        'any attribute of a message',
        (t) => change(t, 'SendMessage', 'dynamodb:UpdateItem', { Condition: undefined }),
      ],
      [
        'any attribute of a connection',
        (t) => change(t, 'Disconnect', 'dynamodb:UpdateItem', { Condition: undefined }),
      ],
      ['another update', (t) => allow(t, 'FanOut', 'dynamodb:UpdateItem', arn('Connections'))],
    ],
  ],
  [
    'only posters post, and to this API only',
    checks.onlyPostersPost,
    [
      [
        'a right too many',
        (t) => allow(t, 'Connect', 'execute-api:ManageConnections', sub(`${POST_ARN}/@connections/*`)),
      ],
      [
        'closing connections too',
        (t) =>
          change(t, 'FanOut', 'execute-api:ManageConnections', {
            Resource: sub(`${POST_ARN.replace('POST', '*')}/@connections/*`),
          }),
      ],
      [
        'posting through CloudFront',
        (t) => tell(t, 'FanOut', { MANAGEMENT_ENDPOINT: sub('https://<Distribution.DomainName>/ws') }),
      ],
      [
        'posting without the stage',
        (t) =>
          tell(t, 'RoomActions', {
            MANAGEMENT_ENDPOINT: sub('https://<WebsocketsApi>.execute-api.<AWS::Region>.<AWS::URLSuffix>'),
          }),
      ],
    ],
  ],
  [
    'what identifies a message stays as it was written',
    checks.messagesKeepWhatIdentifiesThem,
    [
      ['any attribute', (t) => change(t, 'RoomActions', 'dynamodb:UpdateItem', { Condition: undefined })],
      [
        'the author',
        (t) =>
          change(t, 'SendMessage', 'dynamodb:UpdateItem', {
            Condition: { 'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['room', 'seq', 'user'] } },
          }),
      ],
    ],
  ],
  [
    'functions are told of what they may use, and of no more',
    checks.environmentMatchesRights,
    [
      ['told of a table too many', (t) => tell(t, 'Connect', { MESSAGES_TABLE: { Ref: 'Messages' } })],
      ['a right to a table too many', (t) => allow(t, 'Connect', 'dynamodb:PutItem', arn('Messages'))],
      [
        'a right to a secret',
        (t) => allow(t, 'Connect', 'secretsmanager:GetSecretValue', { Ref: 'GuestKey' }),
      ],
    ],
  ],
  [
    'whatever renews leases knows how long they last',
    checks.leasesAreOfOneLength,
    [
      ['not told', (t) => delete lambda(t, 'ModeratorActions').Environment.Variables.PRESENCE_SECONDS],
      ['told another time', (t) => tell(t, 'SendMessage', { PRESENCE_SECONDS: '15' })],
    ],
  ],
  [
    'what publishes hands over to the worker, and nothing else does',
    checks.fanOutIsInvokedByPublishersAlone,
    [
      ['another caller', (t) => allow(t, 'Connect', 'lambda:InvokeFunction', arn('FanOutLambdaFunction'))],
      ['another worker', (t) => tell(t, 'SendMessage', { FAN_OUT_FUNCTION: 'edge-chat-other-fanOut' })],
      ['drafts that nobody reviews', (t) => tell(t, 'RoomActions', { REVIEW_FUNCTION: 'arn:other' })],
      [
        'decisions without the review',
        (t) => delete lambda(t, 'ModeratorActions').Environment.Variables.REVIEW_FUNCTION,
      ],
      [
        'drafts that the reviewer sees',
        (t) => allow(t, 'RoomActions', 'lambda:InvokeFunction', 'arn:review'),
      ],
      ['a reviewer without a right', (t) => tell(t, 'SendMessage', { REVIEW_FUNCTION: 'arn:review' })],
    ],
  ],
  [
    'functions run alike, each with a log that ends',
    checks.functionsRunAlike,
    [
      ['an old runtime', (t) => assign(lambda(t, 'IssueGuestToken'), { Runtime: 'nodejs20.x' })],
      ['x86', (t) => assign(lambda(t, 'IssueGuestToken'), { Architectures: ['x86_64'] })],
      ['an endless log', (t) => delete named(t, 'AWS::Logs::LogGroup', 'ConnectLogGroup').RetentionInDays],
      [
        "another function's log",
        (t) => change(t, 'Connect', 'logs:PutLogEvents', { Resource: arn('RoomActionsLogGroup') }),
      ],
      ['a function that outlives its route', (t) => assign(lambda(t, 'SendMessage'), { Timeout: 30 })],
    ],
  ],
  [
    'failed fan-outs are kept',
    checks.failedFanOutsAreKept,
    [
      [
        'no destination',
        (t) => delete named(t, 'AWS::Lambda::EventInvokeConfig', 'FanOutLambdaEvConf').DestinationConfig,
      ],
      ['no right to send', (t) => change(t, 'FanOut', 'sqs:SendMessage', { Action: [] })],
      ['no encryption', (t) => delete named(t, 'AWS::SQS::Queue', 'FanOutFailures').SqsManagedSseEnabled],
    ],
  ],
];
