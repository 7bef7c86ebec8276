import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compileTemplate } from '../../local/template/compile';
import type { Template } from '../template/template';
import { named, ofType } from '../template/template';
import { HANDLERS, NOT_NEEDED, reasonAgainst } from './handlers';
import { pages, permissionsPage } from './pages';
import { isAllowed, type PolicyStatement } from './policyEvaluation';

jest.setTimeout(120_000);

const root = path.resolve(__dirname, '../..');
const { policiesFor } = require('../../infra/deploy/policy.js') as { policiesFor(types: string[]): object };

const readPermissions = require('../../infra/deploy/readPermissions.json') as Record<string, string[]>;

const POLICIES = ['stack', 'front', 'events'].map((part) => `docs/deploy-policy-${part}.json`);
const BOUNDARY = 'docs/deploy-policy-boundary.json';

const statementsOf = (file: string) =>
  (JSON.parse(made.get(file) ?? '') as { Statement: PolicyStatement[] }).Statement;

const committed = (file: string) => readFileSync(path.join(root, file), 'utf8');

let made: Map<string, string>;
beforeAll(async () => {
  made = await pages();
});

it.each([
  ...['docs/parameters.md', 'docs/permissions.md', 'docs/deployer-permissions.md'],
  ...[...POLICIES, BOUNDARY],
])('%s is as the code has it; else: npm run docs', (file) => {
  expect(made.get(file)).toBe(committed(file));
});

it('a policy that grows would change the page', async () => {
  const template = (await compileTemplate({ root, stage: 'dev', params: {} })) as unknown as Template;
  named(template, 'AWS::IAM::Role', 'IssueGuestTokenRole').Policies?.[0]?.PolicyDocument.Statement.push({
    Effect: 'Allow',
    Action: 'dynamodb:GetItem',
    Resource: { 'Fn::GetAtt': ['Members', 'Arn'] },
  });

  expect(permissionsPage(template)).not.toBe(committed('docs/permissions.md'));
});

it('every parameter has its default in serverless.yml', () => {
  expect(made.get('docs/parameters.md')).not.toMatch(/undefined/);
});

it.each([...POLICIES, BOUNDARY])('%s fits a managed policy with the longest names', (file) => {
  const text = (made.get(file) ?? '')
    .replaceAll('ACCOUNT', '123456789012')
    .replaceAll('REGION', 'ap-southeast-1')
    .replaceAll('STAGE', 's'.repeat(12));

  expect(text.replaceAll(/\s/g, '').length).toBeLessThanOrEqual(6144);
});

it('the policies of who deploys are kept to this stack where IAM can say so', () => {
  const statements = POLICIES.flatMap(statementsOf);

  const wide = statements.filter(({ Resource }) => Resource.includes('*')).flatMap(({ Action }) => Action);
  expect(
    wide.filter((action) => !/^logs:|GetRandomPassword|GetCallerIdentity|ValidateTemplate/.test(action)),
  ).toEqual(['lambda:CreateEventSourceMapping']);
  expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
});

it('CloudFormation may read every type of the template, as the providers’ schemas say', async () => {
  const template = await compileTemplate({ root, stage: 'dev', params: {} });
  const types = [...new Set(Object.values(template.Resources).map(({ Type }) => Type))];
  const given = new Set(POLICIES.flatMap(statementsOf).flatMap(({ Action }) => Action));

  const reads = types.flatMap((type) => readPermissions[type] ?? []);

  expect(reads).toContain('cloudfront:GetDistributionConfig');
  expect(reads.filter((action) => !given.has(action))).toEqual([]);
});

it('a deployer may do what the handlers of each type do, but for what has a reason', () => {
  const given = new Set(POLICIES.flatMap(statementsOf).flatMap(({ Action }) => Action));
  const left = Object.values(HANDLERS)
    .flatMap((handlers) => Object.values(handlers).flat())
    .filter((action) => !given.has(action));

  expect(left.filter((action) => reasonAgainst(action) === undefined)).toEqual([]);
  const idle = NOT_NEEDED.filter(([pattern]) => !left.some((action) => pattern.test(action)));
  expect(idle).toEqual([]);
});

describe('a deployer cannot become administrator', () => {
  const statements = (action: string) =>
    POLICIES.flatMap(statementsOf).filter(({ Action }) => Action.includes(action));

  it.each(['CreateRole', 'PutRolePolicy', 'AttachRolePolicy', 'PutRolePermissionsBoundary'])(
    'iam:%s is for roles within the boundary',
    (action) => {
      expect(statements(`iam:${action}`)).toMatchObject([
        {
          Resource: ['arn:aws:iam::ACCOUNT:role/edge-chat-STAGE-*'],
          Condition: {
            StringEquals: {
              'iam:PermissionsBoundary': 'arn:aws:iam::ACCOUNT:policy/edge-chat-STAGE-boundary',
            },
          },
        },
      ]);
    },
  );

  it('attaches no managed policy but that of API Gateway’s logs', () => {
    expect(statements('iam:AttachRolePolicy')[0]?.Condition?.ArnEquals).toEqual({
      'iam:PolicyARN': 'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs',
    });
  });

  it('passes roles to Lambda and API Gateway only', () => {
    expect(statements('iam:PassRole').map(({ Condition }) => Condition)).toEqual([
      { StringEquals: { 'iam:PassedToService': ['lambda.amazonaws.com', 'apigateway.amazonaws.com'] } },
    ]);
  });

  it('changes no policy and removes no boundary', () => {
    const actions = POLICIES.flatMap(statementsOf).flatMap(({ Action }) => Action);

    expect(
      actions.filter((action) =>
        /^iam:.*(PolicyVersion|CreatePolicy|DeleteRolePermissionsBoundary)/.test(action),
      ),
    ).toEqual([]);
  });

  it('reads the secrets of its stage only', () => {
    const resources = [...POLICIES, BOUNDARY]
      .flatMap(statementsOf)
      .filter(({ Action }) => Action.includes('secretsmanager:GetSecretValue'))
      .map(({ Resource }) => Resource);

    const own = ['OriginSecret', 'GuestKey', 'EventsKey', 'PushKey'].map(
      (id) => `arn:aws:secretsmanager:REGION:ACCOUNT:secret:edge-chat-STAGE-${id}-*`,
    );
    expect(resources).toEqual([own, own]);
  });
});

describe('a deployer of another stage', () => {
  const statements = () => POLICIES.flatMap(statementsOf);
  const ask = (action: string, resource: string, tag: string) =>
    isAllowed(statements(), { action, resource, context: { 'aws:ResourceTag/Stack': tag } });
  const api = 'arn:aws:apigateway:REGION::/apis/abcdefghij';
  const distribution = 'arn:aws:cloudfront::ACCOUNT:distribution/E1';

  it.each([
    ['apigateway:DELETE', api],
    ['apigateway:PATCH', api],
    ['apigateway:PATCH', `${api}/stages/ws`],
    ['apigateway:DELETE', `${api}/stages/ws`],
    ['apigateway:TagResource', api],
    ['cloudfront:UpdateDistribution', distribution],
    ['cloudfront:DeleteDistribution', distribution],
    ['cloudfront:CreateInvalidation', distribution],
    ['cloudfront:GetDistributionConfig', distribution],
    ['cloudfront:TagResource', distribution],
  ])('has no %s on %s', (action, resource) => {
    expect(ask(action, resource, 'edge-chat-STAGE')).toBe(true);
    expect(ask(action, resource, 'edge-chat-other')).toBe(false);
  });

  it.each(['Create', 'Get', 'Update', 'Delete'])(
    'has no lambda:%sEventSourceMapping of its function',
    (verb) => {
      const action = `lambda:${verb}EventSourceMapping`;
      const mayFor = (stage: string) =>
        isAllowed(statements(), {
          ...{ action, resource: 'arn:aws:lambda:REGION:ACCOUNT:event-source-mapping:id' },
          context: {
            'lambda:FunctionArn': `arn:aws:lambda:REGION:ACCOUNT:function:edge-chat-${stage}-relay`,
          },
        });

      expect(mayFor('STAGE')).toBe(true);
      expect(mayFor('other')).toBe(false);
    },
  );

  it('makes nothing its own by a tag', () => {
    const context = { 'aws:ResourceTag/Stack': 'edge-chat-other', 'aws:RequestTag/Stack': 'edge-chat-STAGE' };

    for (const [action, resource] of [
      ['cloudfront:TagResource', distribution],
      ['apigateway:TagResource', api],
      ['lambda:TagResource', 'arn:aws:lambda:REGION:ACCOUNT:event-source-mapping:id'],
    ] as const)
      expect(isAllowed(statements(), { action, resource, context })).toBe(false);
  });
});

describe('the boundary', () => {
  it('holds for every role, once its parameter is given', async () => {
    const boundary = 'arn:aws:iam::123456789012:policy/edge-chat-dev-boundary';
    const template = (await compileTemplate({
      root,
      stage: 'dev',
      params: { permissionsBoundary: boundary },
    })) as unknown as Template;

    const roles = ofType(template, 'AWS::IAM::Role').map(({ properties }) => properties.PermissionsBoundary);

    expect(roles.length).toBeGreaterThan(10);
    expect([...new Set(roles)]).toEqual([boundary]);
  });

  it('gives no right over IAM, and of logs only to write them', () => {
    const actions = statementsOf(BOUNDARY).flatMap(({ Action }) => Action);

    expect(
      actions.filter((action) => /^(iam|sts|cloudformation):|logs:(Get|Filter|Start)|\*/.test(action)),
    ).toEqual([]);
  });
});

it('a type of resource that nobody thought of is refused', () => {
  expect(() => policiesFor(['AWS::EC2::Instance'])).toThrow(
    'infra/deploy/permissions.js does not say what deploying AWS::EC2::Instance takes: add it.',
  );
});
