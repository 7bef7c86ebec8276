import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolders, runPackage } from './packaging';
import { named, type Template } from './template';

type Parameters = Record<string, string>;

const { problems } = require('../../infra/parameters/problems.js') as {
  problems(given: Parameters): string[];
};

const distribution = require('../../infra/distribution.js') as (context: {
  resolveVariable(address: string): Promise<string>;
}) => Promise<{ allowedOrigins: unknown; resources: unknown }>;

const Plugin = require('../../infra/plugin.js') as new (serverless: object) => { check(): void };

const id = '11111111-2222-3333-4444-555555555555';
const certificateArn = `arn:aws:acm:us-east-1:123456789012:certificate/${id}`;
const domainName = 'chat.example.com';
const oidc = {
  oidcIssuer: 'https://issuer.example.com',
  oidcAudience: 'edge-chat',
  oidcJwksUrl: 'https://issuer.example.com/jwks.json',
};
const required = { guests: 'on', historyHours: '0', logLevel: 'info', apiLogRole: 'create' };
const grants =
  'grants separated by spaces, such as *:rw news:r (the grammar is under Permissions in PROTOCOL.md)';

it.each<[string, Parameters, string]>([
  ['guests=maybe', { guests: 'maybe' }, 'guests must be on or off'],
  ['no guests', { guests: '' }, 'guests must be on or off'],
  [
    'guests=off alone',
    { guests: 'off' },
    'guests=off needs oidcIssuer, oidcAudience and oidcJwksUrl, or no user could sign in',
  ],
  [
    'an issuer alone',
    { oidcIssuer: oidc.oidcIssuer },
    'oidcIssuer, oidcAudience and oidcJwksUrl go together',
  ],
  ['no audience', { ...oidc, oidcAudience: '' }, 'oidcIssuer, oidcAudience and oidcJwksUrl go together'],
  [
    'an issuer by http',
    { ...oidc, oidcIssuer: 'http://issuer.example.com' },
    'oidcIssuer must be an https URL',
  ],
  [
    'an issuer with a space',
    { ...oidc, oidcIssuer: `${oidc.oidcIssuer} ` },
    'oidcIssuer must be an https URL',
  ],
  ['a JWKS that is no URL', { ...oidc, oidcJwksUrl: 'jwks' }, 'oidcJwksUrl must be an https URL'],
  [
    'a client without an issuer',
    { oidcClientId: 'page' },
    'oidcClientId needs oidcIssuer, oidcAudience and oidcJwksUrl',
  ],
  [
    'hosts without a client',
    { ...oidc, oidcOrigins: 'https://login.example.com' },
    'oidcOrigins needs oidcClientId: without it the page offers no sign-in',
  ],
  ...[
    'http://login.example.com',
    'https://login.example.com/',
    'https://*.example.com',
    "https://a.example 'unsafe-inline'",
    'https://a.example; script-src *',
    'https://user@a.example',
    Array.from({ length: 9 }, (_, i) => `https://a${i}.example`).join(),
    Array.from({ length: 8 }, () => `https://${'a'.repeat(120)}.example`).join(),
  ].map((oidcOrigins): [string, Parameters, string] => [
    `the provider's host ${oidcOrigins}`,
    { ...oidc, oidcClientId: 'page', oidcOrigins },
    'oidcOrigins must be a comma-separated list of at most 8 https origins; at most 1024 characters',
  ]),
  ...['profile', 'openid  profile', 'openid "x"', `openid ${'x'.repeat(250)}`].map(
    (oidcScope): [string, Parameters, string] => [
      `the scope ${oidcScope}`,
      { oidcScope },
      'oidcScope must be words with spaces between them, of which one is openid; at most 256 characters',
    ],
  ),
  ['a third token', { oidcToken: 'refresh' }, 'oidcToken must be access or id'],
  ['a domain alone', { domainName }, 'domainName and certificateArn go together'],
  ['a certificate alone', { certificateArn }, 'domainName and certificateArn go together'],
  [
    'a URL for a domain',
    { domainName: 'https://chat.example.com', certificateArn },
    'domainName must be a lower-case domain name',
  ],
  [
    'a certificate of another Region',
    { domainName, certificateArn: certificateArn.replace('us-east-1', 'eu-west-1') },
    'certificateArn must be the ARN of a certificate in us-east-1 (CloudFront reads no other Region)',
  ],
  [
    'a regional web ACL',
    { webAclArn: `arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/chat/${id}` },
    'webAclArn must be the ARN of a global web ACL (in us-east-1)',
  ],
  [
    'half an hour of history',
    { historyHours: '0.5' },
    'historyHours must be 0 (keep for ever) or a whole number of hours',
  ],
  [
    'a day of history in words',
    { historyHours: '24h' },
    'historyHours must be 0 (keep for ever) or a whole number of hours',
  ],
  ['an unknown log level', { logLevel: 'loud' }, 'logLevel must be debug, info, warn or error'],
  ...['*', 'null', 'https://example.com/', 'file://example', 'javascript://x', 'ws://a.example', 'app:x'].map(
    (allowedOrigins): [string, Parameters, string] => [
      `the origin ${allowedOrigins}`,
      { allowedOrigins },
      'allowedOrigins must be a comma-separated list of origins such as https://example.com or capacitor://localhost',
    ],
  ),
  [
    'a short secret version',
    { originSecretVersion: '2' },
    "originSecretVersion must be a secret's version id",
  ],
  ['a third answer on the log role', { apiLogRole: 'maybe' }, 'apiLogRole must be create or exists'],
  [
    'an ARN for a table',
    { messagesTable: 'arn:aws:dynamodb:us-east-1:123456789012:table/x' },
    'messagesTable must be the name of a DynamoDB table',
  ],
  [
    'half a frame a second',
    { framesPerSecond: '0.5' },
    'framesPerSecond must be a whole number from 1 to 1000000',
  ],
  ['no quota', { requestsPerSecond: '' }, 'requestsPerSecond must be a whole number from 1 to 1000000'],
  ['no tokens at all', { tokensPerSecond: '0' }, 'tokensPerSecond must be a whole number from 1 to 1000000'],
  [
    'presence to the second',
    { presenceSeconds: '5' },
    'presenceSeconds must be a whole number from 30 to 1800',
  ],
  [
    'minutes with a zero before them',
    { editMinutes: '015' },
    'editMinutes must be a whole number from 0 to 999999',
  ],
  ['a name for an address', { alarmEmail: 'ops' }, 'alarmEmail must be an e-mail address'],
  ['rights in words', { guestRooms: 'lobby:read' }, `guestRooms must be ${grants}`],
  ['rights without a room', { userRooms: 'rw' }, `userRooms must be ${grants}`],
  ['no rights at all', { guestRooms: '' }, `guestRooms must be ${grants}`],
  [
    'a budget of which nobody would be told',
    { monthlyBudget: '50' },
    'monthlyBudget needs alarmEmail, the address that AWS tells',
  ],
  [
    'a budget of nothing',
    { monthlyBudget: '0', alarmEmail: 'ops@example.com' },
    'monthlyBudget must be a whole number of US dollars',
  ],
  [
    'no concurrency',
    { reservedConcurrency: '0' },
    'reservedConcurrency must be a whole number from 1 to 9999',
  ],
  [
    'clients without an origin, perhaps',
    { clientsWithoutOrigin: 'maybe' },
    'clientsWithoutOrigin must be on or off',
  ],
  ['a third way to watch', { watch: 'some' }, 'watch must be logs, metrics or all'],
  [
    'alarms without metrics',
    { watch: 'logs', alarmEmail: 'ops@example.com' },
    'alarmEmail needs watch=metrics or watch=all, or the alarms had nothing to read',
  ],
  ['half a trace', { tracing: 'some' }, 'tracing must be on or off'],
  ['a misspelt name', { guest: 'off' }, 'there is no parameter guest'],
])('refuses %s', (_name, given, problem) => {
  expect(problems({ ...required, ...given })).toEqual([problem]);
});

it.each<[string, Parameters]>([
  ['nothing', {}],
  ['guests=off with an issuer', { guests: 'off', ...oidc }],
  ['guests beside an issuer', oidc],
  ['a domain with its certificate', { domainName, certificateArn }],
  ['two origins', { allowedOrigins: 'https://example.com,http://localhost:3000' }],
  ['origins of apps', { allowedOrigins: 'capacitor://localhost,ionic://localhost,tauri://localhost' }],
  ['an origin in punycode', { allowedOrigins: 'https://xn--e1afmkfd.xn--p1ai' }],
  ['a domain in punycode', { domainName: 'chat.xn--e1afmkfd.xn--p1ai', certificateArn }],
  ['an hour of history', { historyHours: '1' }],
  ['guests who only read, but for one room', { guestRooms: '*:r lobby:rw staff.*:-' }],
])('takes %s', (_name, given) => {
  expect(problems({ ...required, ...given })).toEqual([]);
});

it('allows the given origins beside its own', async () => {
  const given: Parameters = { 'param:allowedOrigins': 'https://example.com', 'param:domainName': domainName };

  const { allowedOrigins } = await distribution({ resolveVariable: async (address) => given[address] ?? '' });

  expect(allowedOrigins).toEqual({
    'Fn::Sub': `https://\${Distribution.DomainName},https://chat.example.com,https://example.com`,
  });
});

it.each<[string, Parameters, unknown]>([
  ['of its own', { webAcl: 'on' }, { 'Fn::GetAtt': ['WebAcl', 'Arn'] }],
  ['that is named, before its own', { hardened: 'on', webAclArn: 'arn:named' }, 'arn:named'],
  ['unless it is off', { hardened: 'on', webAcl: 'off' }, undefined],
])('has a web ACL %s', async (_name, given, id) => {
  const values: Parameters = { 'self:provider.region': 'us-east-1' };
  for (const [name, value] of Object.entries(given)) values[`param:${name}`] = value;

  const { resources } = await distribution({ resolveVariable: async (address) => values[address] ?? '' });

  const { DistributionConfig } = named(
    resources as Template,
    'AWS::CloudFront::Distribution',
    'Distribution',
  );
  expect(DistributionConfig.WebACLId).toEqual(id);
});

describe('the check before packaging', () => {
  const check = (stage: string, region: string, param: string[] = [], given: Parameters = {}) =>
    new Plugin({
      classes: { Error },
      configurationInput: {},
      processedInput: { options: { param } },
      getProvider: () => ({ getStage: () => stage, getRegion: () => region }),
      service: {
        custom: { parameters: { ...required, ...given } },
        functions: {},
        provider: { environment: {} },
      },
    }).check();

  it.each([
    [
      'a long stage',
      's'.repeat(13),
      'us-east-1',
      'Parameters: the stage must be 1 to 12 lower-case letters, digits and hyphens.',
    ],
    [
      'a stage in upper case, which no bucket has in its name',
      'Prod',
      'us-east-1',
      'Parameters: the stage must be 1 to 12 lower-case letters, digits and hyphens.',
    ],
    [
      'an odd stage',
      'my_stage',
      'us-east-1',
      'Parameters: the stage must be 1 to 12 lower-case letters, digits and hyphens.',
    ],
    [
      'another partition',
      'dev',
      'cn-north-1',
      'Parameters: cn-north-1 is outside the commercial partition, the only one this stack is written for.',
    ],
  ])('refuses %s', (_name, stage, region, message) => {
    expect(() => check(stage, region)).toThrow(message);
  });

  it.each<[Parameters, string, string]>([
    [{ webAcl: 'on' }, 'eu-west-1', 'webAcl=on needs webAclArn outside us-east-1'],
    [{ accessLogs: 'on' }, 'eu-south-1', 'accessLogs=on is not possible in eu-south-1'],
  ])('refuses %j in %s', (given, region, message) => {
    expect(() => check('dev', region, [], given)).toThrow(message);
    expect(() => check('dev', 'us-east-1', [], given)).not.toThrow();
  });

  it('refuses a misspelt name on the command line', () => {
    expect(() => check('dev', 'us-east-1', ['guest=off'])).toThrow(
      'Parameters: there is no parameter guest.',
    );
  });

  it('takes the longest stage', () => {
    expect(() => check('s'.repeat(12), 'ap-southeast-1')).not.toThrow();
  });
});

describe('sls package with wrong parameters', () => {
  afterAll(removeFolders);

  it('says so in one line and packages nothing', async () => {
    const { exitCode, output, folder } = await runPackage(
      's'.repeat(13),
      { guests: 'off', domainName },
      'empty',
    );

    expect(exitCode).not.toBe(0);
    expect(output.split('\n').filter((line) => line.includes('Parameters'))).toEqual([
      'Parameters: domainName and certificateArn go together; ' +
        'guests=off needs oidcIssuer, oidcAudience and oidcJwksUrl, or no user could sign in; ' +
        'the stage must be 1 to 12 lower-case letters, digits and hyphens.',
    ]);
    expect(output).not.toMatch(/^\s+at /m);
    expect(existsSync(join(folder, '.serverless'))).toBe(false);
  }, 60_000);

  it('counts the environment of each function, whose size Lambda limits', async () => {
    const rooms = Array.from({ length: 88 }, (_, i) => `room-of-people-${i}:rw`).join(' ');

    const [fits, tooLong] = await Promise.all([
      runPackage('dev', { guestRooms: rooms.slice(0, rooms.indexOf(' room-of-people-50')) }, 'empty'),
      runPackage('dev', { guestRooms: rooms, userRooms: rooms }, 'empty'),
    ]);

    expect(fits).toMatchObject({ exitCode: 0 });
    expect(tooLong.exitCode).not.toBe(0);
    expect(tooLong.output).toMatch(
      /Parameters: the environment of publishHttp would have 4\d{3} bytes and Lambda takes 4096: shorten userRooms, guestRooms\.$/m,
    );
    expect(existsSync(join(tooLong.folder, '.serverless'))).toBe(false);
  }, 60_000);
});
