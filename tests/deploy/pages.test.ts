import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compileTemplate } from '../../local/template/compile';
import type { Template } from '../template/template';
import { named } from '../template/template';
import { pages, permissionsPage } from './pages';

jest.setTimeout(120_000);

const root = path.resolve(__dirname, '../..');
const { policiesFor } = require('../../infra/deploy/policy.js') as { policiesFor(types: string[]): object };

const POLICIES = ['docs/deploy-policy-stack.json', 'docs/deploy-policy-front.json'];

const committed = (file: string) => readFileSync(path.join(root, file), 'utf8');

let made: Map<string, string>;
beforeAll(async () => {
  made = await pages();
});

it.each(['docs/parameters.md', 'docs/permissions.md', ...POLICIES])(
  '%s is as the code has it; else: npm run docs',
  (file) => {
    expect(made.get(file)).toBe(committed(file));
  },
);

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

it.each(POLICIES)('%s fits a managed policy with the longest names', (file) => {
  const text = (made.get(file) ?? '')
    .replaceAll('ACCOUNT', '123456789012')
    .replaceAll('REGION', 'ap-southeast-1')
    .replaceAll('STAGE', 's'.repeat(30));

  expect(text.replaceAll(/\s/g, '').length).toBeLessThanOrEqual(6144);
});

it('the policies of who deploys are kept to this stack where IAM can say so', () => {
  const statements = POLICIES.flatMap(
    (file) =>
      (JSON.parse(made.get(file) ?? '') as { Statement: { Action: string[]; Resource: string[] }[] })
        .Statement,
  );

  const wide = statements.filter(({ Resource }) => Resource.includes('*')).flatMap(({ Action }) => Action);
  expect(
    wide.filter((action) => !/^logs:|GetRandomPassword|GetCallerIdentity|ValidateTemplate/.test(action)),
  ).toEqual([]);
  expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
});

it('a type of resource that nobody thought of is refused', () => {
  expect(() => policiesFor(['AWS::EC2::Instance'])).toThrow(
    'Nobody said what deploying AWS::EC2::Instance takes: add it to infra/deploy/policy.js.',
  );
});
