import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { figure } from '../support/figures';
import { accessRules } from './access.rules';
import { logRoleComesFirstAndStays } from './apis';
import { apiRules } from './apis.rules';
import { filesAreClosedAndForgotten, messagesAreKept } from './data';
import { dataRules } from './data.rules';
import { cspOf, filesAreReadBySignature } from './distribution';
import { distributionRules } from './distribution.rules';
import { limitRules } from './limits.rules';
import {
  allFunctions,
  compiledTemplate,
  functions,
  offline,
  type Packaged,
  removeFolders,
  runPackage,
  templateFile,
  unzip,
} from './packaging';
import { referenceRules } from './references.rules';
import { named, ofType, type Rule, type Template, text } from './template';
import { cfnLint, validate, validateSchemas } from './validators';

const rules = [
  ...distributionRules,
  ...apiRules,
  ...accessRules,
  ...dataRules,
  ...limitRules,
  ...referenceRules,
];

const version = '11111111-2222-3333-4444-555555555555';

/** Every optional part at once, in another stage. */
const options = {
  domainName: 'chat.example.com',
  certificateArn: `arn:aws:acm:us-east-1:123456789012:certificate/${version}`,
  hardened: 'on',
  oidcIssuer: 'https://issuer.example.com/',
  oidcAudience: 'edge-chat',
  oidcJwksUrl: 'https://issuer.example.com/jwks.json',
  oidcClientId: 'page',
  oidcScope: 'openid profile offline_access',
  oidcToken: 'id',
  oidcOrigins: 'https://login.example.com,https://api.example.com:8443',
  guests: 'off',
  historyHours: '72',
  files: 'on',
  reviewFunction: 'arn:aws:lambda:us-east-1:123456789012:function:edge-chat-prod-review:live',
  events: 'https',
  eventsUrl: 'https://example.com/events',
  push: 'on',
  notifyAfter: '60',
  pushText: 'on',
  eventsStream:
    'arn:aws:dynamodb:us-east-1:123456789012:table/edge-chat-prod-Messages-1ABC/stream/2026-11-30T12:00:00.000',
  logLevel: 'debug',
  requestsPerSecond: '2500',
  framesPerSecond: '5000',
  sendsPerSecond: '20',
  userSendsPerSecond: '30',
  presenceSeconds: '900',
  tokensPerSecond: '10',
  handshakesPerSecond: '100',
  alarmEmail: 'ops@example.com',
  monthlyBudget: '50',
  reservedConcurrency: '25',
  clientsWithoutOrigin: 'off',
  originSecretVersion: version,
  apiLogRole: 'exists',
  messagesTable: 'edge-chat-prod-Messages-1ABC',
};

let runs: [bare: Packaged, full: Packaged];
let bare: Template;
let full: Template;
let linted: Promise<string[]>;

beforeAll(async () => {
  runs = await Promise.all([runPackage('dev', {}, 'real'), runPackage('prod', options, 'empty')]);
  [bare, full] = [compiledTemplate(runs[0]), compiledTemplate(runs[1])];
  linted = cfnLint(runs.map(templateFile));
}, 120_000);

afterAll(removeFolders);

/** Rules whose faults need a stack that takes files. */
const FOR_FILES: Rule[1][] = [filesAreClosedAndForgotten, filesAreReadBySignature];

describe.each(rules)('%s', (_name, check, faults) => {
  it('with no parameter', () => {
    expect(check(bare)).toEqual([]);
  });

  /** What the options leave out: the stack then has neither a log role nor a message table of its own. */
  const leftOut = check === logRoleComesFirstAndStays || check === messagesAreKept;

  (leftOut ? it.skip : it)('with every option', () => {
    expect(check(full)).toEqual([]);
  });

  it.each(faults)('or it sees %s', (_fault, plant) => {
    const faulty = structuredClone(FOR_FILES.includes(check) ? full : bare);
    plant(faulty);

    expect(check(faulty)).not.toEqual([]);
  });
});

const environmentOf = (template: Template, name: string) =>
  named(template, 'AWS::Lambda::Function', `${name}LambdaFunction`).Environment.Variables;

const outputsOf = (template: Template) =>
  Object.fromEntries(Object.entries(template.Outputs).map(([name, { Value }]) => [name, text(Value)]));

describe('with no parameter', () => {
  it('names what a deployment is asked for afterwards', () => {
    expect(outputsOf(bare)).toMatchObject({
      PageUrl: 'https://<Distribution.DomainName>/',
      SocketUrl: 'wss://<Distribution.DomainName>/ws',
      ServiceEndpointWebsocket: 'wss://<WebsocketsApi>.execute-api.<AWS::Region>.<AWS::URLSuffix>/ws',
      WebsocketApiId: '<WebsocketsApi>',
      PageBucketName: '<PageBucket>',
      ConnectionsTable: '<Connections>',
      MembersTable: '<Members>',
      MessagesTable: '<Messages>',
      DistributionId: '<Distribution>',
    });
  });

  it('reserves no concurrency, which a new account does not have, and watches no bill', () => {
    const reserved = ofType(bare, 'AWS::Lambda::Function').map(
      ({ properties }) => properties.ReservedConcurrentExecutions,
    );

    expect(reserved).toEqual(Array(functions.length).fill(undefined));
    expect(ofType(bare, 'AWS::Budgets::Budget')).toEqual([]);
  });

  it('is not hardened', () => {
    const { DistributionConfig } = named(bare, 'AWS::CloudFront::Distribution', 'Distribution');

    expect([DistributionConfig.WebACLId, DistributionConfig.Logging]).toEqual([undefined, undefined]);
    for (const id of ['WebAcl', 'AccessLogs', 'Dashboard']) expect(bare.Resources).not.toHaveProperty(id);
    for (const { properties } of ofType(bare, 'AWS::DynamoDB::Table'))
      expect(properties.DeletionProtectionEnabled).toBeUndefined();
    expect(environmentOf(bare, 'SendMessage')).toMatchObject({ HISTORY_HOURS: '0' });
  });

  it('takes guests, and sockets from its own page only', () => {
    const { ALLOWED_ORIGINS, GUESTS, OIDC_ISSUER } = environmentOf(bare, 'Authorize');

    for (const name of ['IssueGuestToken', 'PublishHttp'])
      expect(environmentOf(bare, name).ALLOWED_ORIGINS).toEqual(ALLOWED_ORIGINS);
    expect([text(ALLOWED_ORIGINS), GUESTS, OIDC_ISSUER]).toEqual([
      'https://<Distribution.DomainName>',
      'on',
      '',
    ]);
  });

  describe.each(functions)('%s', (name) => {
    const code = () => unzip(runs[0], name).get(`handlers/${name}.js`) ?? '';

    const bareText = (value: unknown) => text(value).replace(/<[^>]+>/g, 'x');

    const start = (environment: Record<string, unknown>) => {
      // A host has no brackets in its name, and the poster reads its endpoint as an address.
      const variables = Object.entries(environment).map(([key, value]) => [key, bareText(value)]);
      return spawnSync(process.execPath, ['-'], {
        input: code(),
        env: {
          PATH: process.env.PATH,
          AWS_REGION: 'us-east-1',
          // A function opens its first connection while it loads: here the port has no listener.
          AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
          ...Object.fromEntries(variables),
        },
        encoding: 'utf8',
      });
    };

    it('is packed alone', () => {
      expect([...unzip(runs[0], name).keys()]).toEqual([`handlers/${name}.js`]);
    });

    it('starts with the environment it is given', () => {
      const { status, stderr } = start(environmentOf(bare, `${name[0]?.toUpperCase()}${name.slice(1)}`));

      expect({ status, stderr }).toMatchObject({ status: 0 });
    });

    it('does not start without it, and names what is missing', () => {
      const { status, stderr } = start({});

      expect(status).not.toBe(0);
      expect(stderr).toMatch(/[A-Z_]+ is not set; serverless\.yml must pass it/);
    });
  });
});

it('was packaged where reaching the network ends the process', () => {
  const { status, stderr } = spawnSync(process.execPath, ['-e', "fetch('http://127.0.0.1:4999')"], {
    env: offline({}),
    encoding: 'utf8',
  });

  expect({ status, stderr }).toMatchObject({ status: 70 });
});

describe('with every option', () => {
  it('is hardened by one switch, but for what is given', () => {
    const { DistributionConfig } = named(full, 'AWS::CloudFront::Distribution', 'Distribution');
    const { Scope, Rules } = named(full, 'AWS::WAFv2::WebACL', 'WebAcl');
    const tables = ofType(full, 'AWS::DynamoDB::Table');

    expect(Scope).toBe('CLOUDFRONT');
    expect(Rules.map(({ Statement }) => Statement.RateBasedStatement?.AggregateKeyType)).toEqual([
      'IP',
      'IP',
    ]);
    const files = named(full, 'AWS::CloudFront::Distribution', 'FilesDistribution').DistributionConfig;
    for (const [{ WebACLId, Logging }, Prefix] of [
      [DistributionConfig, 'cloudfront/'],
      [files, 'files/'],
    ] as const) {
      expect([text(WebACLId), text(Logging?.Bucket)]).toEqual(['<WebAcl.Arn>', '<AccessLogs.DomainName>']);
      expect(Logging).toMatchObject({ Prefix });
    }
    expect(
      text(named(full, 'AWS::S3::Bucket', 'PageBucket').LoggingConfiguration?.DestinationBucketName),
    ).toBe('<AccessLogs>');
    expect(named(full, 'AWS::S3::Bucket', 'AccessLogs').LifecycleConfiguration?.Rules).toMatchObject([
      { Status: 'Enabled', ExpirationInDays: 30 },
    ]);
    expect(full.Resources.AccessLogs?.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(tables.map(({ properties }) => properties.DeletionProtectionEnabled)).toEqual([true, true]);
    expect(full.Resources).toHaveProperty('Dashboard');
    expect(environmentOf(full, 'SendMessage')).toMatchObject({ HISTORY_HOURS: options.historyHours });
  });

  it('answers on the domain, with its certificate', () => {
    const { DistributionConfig } = named(full, 'AWS::CloudFront::Distribution', 'Distribution');

    expect(DistributionConfig).toMatchObject({
      Aliases: [options.domainName],
      ViewerCertificate: {
        AcmCertificateArn: options.certificateArn,
        MinimumProtocolVersion: 'TLSv1.2_2021',
        SslSupportMethod: 'sni-only',
      },
    });
    expect(outputsOf(full)).toMatchObject({
      PageUrl: 'https://chat.example.com/',
      SocketUrl: 'wss://chat.example.com/ws',
    });
  });

  it('takes sockets from both of its names, and people from the issuer only', () => {
    const { ALLOWED_ORIGINS, ...told } = environmentOf(full, 'Authorize');

    expect(text(ALLOWED_ORIGINS)).toBe('https://<Distribution.DomainName>,https://chat.example.com');
    expect(told).toMatchObject({
      GUESTS: 'off',
      OIDC_ISSUER: options.oidcIssuer,
      OIDC_AUDIENCE: options.oidcAudience,
      OIDC_JWKS_URL: options.oidcJwksUrl,
      LOG_LEVEL: 'debug',
    });
    expect(environmentOf(full, 'IssueGuestToken')).toMatchObject({ GUESTS: 'off' });
  });

  it('tells the page of the provider, lets it call exactly these hosts, and takes tokens of its client', () => {
    const { PageSettings = '' } = outputsOf(full);
    const { SecurityHeadersConfig } = named(
      full,
      'AWS::CloudFront::ResponseHeadersPolicy',
      'PageHeaders',
    ).ResponseHeadersPolicyConfig;

    expect(JSON.parse(PageSettings)).toEqual({
      guests: false,
      push: true,
      signIn: {
        issuer: options.oidcIssuer,
        clientId: 'page',
        scope: options.oidcScope,
        token: 'id',
        audience: options.oidcAudience,
      },
    });
    expect(cspOf(SecurityHeadersConfig)).toContain(
      "; img-src 'self' data: blob:; connect-src 'self' https://issuer.example.com https://login.example.com " +
        'https://api.example.com:8443 https://files.s3.amazonaws.com https://files.cloudfront.net; ',
    );
    for (const name of ['Authorize', 'PublishHttp'])
      expect(environmentOf(full, name)).toMatchObject({ OIDC_CLIENTS: 'edge-chat,page' });
    expect(JSON.parse(outputsOf(bare).PageSettings ?? '')).toEqual({ guests: true });
  });

  it('goes on with the message table of an earlier stack', () => {
    expect(full.Resources).not.toHaveProperty('Messages');
    expect(outputsOf(full)).toMatchObject({ MessagesTable: options.messagesTable });
    for (const name of [
      'SendMessage',
      'RoomActions',
      'FanOut',
      'OperatorPublish',
      'PublishHttp',
      'OperatorExport',
      'OperatorErase',
    ])
      expect(environmentOf(full, name)).toMatchObject({ MESSAGES_TABLE: options.messagesTable });
  });

  it('sends the rotated origin secret', () => {
    const { Origins } = named(full, 'AWS::CloudFront::Distribution', 'Distribution').DistributionConfig;
    const sent = Origins.flatMap(({ OriginCustomHeaders = [] }) => OriginCustomHeaders);

    expect(sent.map(({ HeaderValue }) => text(HeaderValue))).toEqual(
      Array(2).fill(`{{resolve:secretsmanager:<OriginSecret>:SecretString:::${version}}}`),
    );
  });

  it("leaves the account's log role alone", () => {
    expect(full.Resources).not.toHaveProperty('ApiGatewayAccount');
    expect(ofType(full, 'AWS::IAM::Role')).toHaveLength(ofType(full, 'AWS::Lambda::Function').length);
  });

  it('keeps below the quotas that were given', () => {
    const limits = (id: string) => named(full, 'AWS::ApiGatewayV2::Stage', id).DefaultRouteSettings;

    expect(limits('WebsocketsDeploymentStage')).toMatchObject({
      ThrottlingRateLimit: 5000,
      ThrottlingBurstLimit: 10000,
    });
    expect(named(full, 'AWS::ApiGatewayV2::Stage', 'WebsocketsDeploymentStage').RouteSettings).toMatchObject({
      $connect: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
      $default: { ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 },
    });
    expect(named(full, 'AWS::DynamoDB::Table', 'Members').OnDemandThroughput).toEqual({
      MaxReadRequestUnits: 40_000,
      MaxWriteRequestUnits: 20_000,
    });
    expect(limits('HttpApiStage')).toMatchObject({ ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 });
    for (const name of [
      'Disconnect',
      'SendMessage',
      'RoomActions',
      'FanOut',
      'OperatorPublish',
      'PublishHttp',
    ])
      expect(environmentOf(full, name)).toMatchObject({ REQUESTS_PER_SECOND: '2500' });
  });

  it('writes to whom it was told when every function or a fan-out fails', () => {
    expect(named(full, 'AWS::SNS::Topic', 'AlarmTopic')).toMatchObject({
      Subscription: [{ Protocol: 'email', Endpoint: options.alarmEmail }],
    });
    for (const ids of [
      ['FunctionsFail', 'HttpFunctionsFail', 'OperatorFunctionsFail'],
      ['FunctionsThrottled', 'HttpFunctionsThrottled', 'OperatorFunctionsThrottled'],
    ]) {
      const metrics = ids.flatMap((id) => named(full, 'AWS::CloudWatch::Alarm', id).Metrics ?? []);
      expect(metrics.filter(({ MetricStat }) => MetricStat)).toHaveLength(allFunctions.length);
    }
    for (const { properties } of ofType(full, 'AWS::CloudWatch::Alarm'))
      expect(properties.AlarmActions.map(text)).toEqual(['<AlarmTopic>']);
  });

  it('tells of the bill, and runs no function more often at a time than was asked', () => {
    expect(named(full, 'AWS::Budgets::Budget', 'MonthlyBudget')).toMatchObject({
      Budget: {
        // Budgets belong to the account: the name tells the Regions of a stage apart.
        BudgetName: { 'Fn::Sub': `edge-chat-prod-\${AWS::Region}` },
        BudgetType: 'COST',
        TimeUnit: 'MONTHLY',
        BudgetLimit: { Amount: 50, Unit: 'USD' },
      },
      NotificationsWithSubscribers: Array(2).fill({
        Notification: expect.objectContaining({ ComparisonOperator: 'GREATER_THAN' }),
        Subscribers: [{ SubscriptionType: 'EMAIL', Address: options.alarmEmail }],
      }),
    });
    for (const { properties } of ofType(full, 'AWS::Lambda::Function'))
      expect(properties.ReservedConcurrentExecutions).toBe(25);
    expect(environmentOf(full, 'Authorize')).toMatchObject({ CLIENTS_WITHOUT_ORIGIN: 'off' });
  });

  it('keeps history as long as was asked', () => {
    expect(environmentOf(full, 'SendMessage')).toMatchObject({
      HISTORY_HOURS: '72',
      SENDS_PER_SECOND: '20',
      USER_SENDS_PER_SECOND: '30',
      PRESENCE_SECONDS: '900',
    });
  });
});

it('packs the clients of the AWS SDK when awsClients=sdk asks for them, and no AWS client of its own', async () => {
  const packaged = await runPackage('dev', { awsClients: 'sdk' }, 'real');
  const [own, sdk] = [runs[0], packaged].map((run) =>
    unzip(run, 'sendMessage').get('handlers/sendMessage.js'),
  );

  expect([own, sdk].map((code) => code?.includes('AWS_SDK_UA_APP_ID'))).toEqual([false, true]);
  expect([own, sdk].map((code) => code?.includes('DynamoDB_20120810'))).toEqual([true, true]);
}, 120_000);

describe('both templates', () => {
  it('have no error for cloudformation-validate', () => {
    expect(validate(runs.map(templateFile))).toEqual([]);
    const sizes = [bare, full].map(({ Resources }) => Object.keys(Resources).length);
    figure(
      'templates',
      `${sizes.join(' and ')} resources; ${rules.length} rules hold, two validators find no error`,
    );
  }, 60_000);

  it("have no error for the resources' own schemas, and a planted one has", () => {
    const files = runs.map(templateFile);
    expect(validateSchemas(files)).toEqual([]);

    const broken = structuredClone(bare);
    Object.assign(named(broken, 'AWS::DynamoDB::Table', 'Messages'), { BillingModes: 'PAY_PER_REQUEST' });
    const file = `${templateFile(runs[0])}-broken.json`;
    writeFileSync(file, JSON.stringify(broken));
    expect(validateSchemas([file])).toEqual([expect.stringContaining('BillingModes')]);
  }, 60_000);

  it('have no error for cfn-lint', async () => {
    expect(await linted).toEqual([]);
  }, 60_000);
});
