import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compileTemplate } from '../../local/compile';
import type { Template } from '../template/template';
import { named } from '../template/template';
import { pages, permissionsPage } from './pages';

jest.setTimeout(120_000);

const root = path.resolve(__dirname, '../..');
const { policyFor } = require('../../infra/deploy/policy.js') as { policyFor(types: string[]): object };

const committed = (file: string) => readFileSync(path.join(root, file), 'utf8');

let made: Map<string, string>;
beforeAll(async () => {
  made = await pages();
});

it.each(['docs/parameters.md', 'docs/permissions.md', 'docs/deploy-policy.json'])(
  '%s is as the code has it; else: npm run docs',
  (file) => {
    expect(made.get(file)).toBe(committed(file));
  },
);

it('a policy that grows would change the page', async () => {
  const template = (await compileTemplate({ root, stage: 'dev', params: {} })) as unknown as Template;
  named(template, 'AWS::IAM::Role', 'ApiRole').Policies?.[0]?.PolicyDocument.Statement.push({
    Effect: 'Allow',
    Action: 'dynamodb:GetItem',
    Resource: { 'Fn::GetAtt': ['Members', 'Arn'] },
  });

  expect(permissionsPage(template)).not.toBe(committed('docs/permissions.md'));
});

it('every parameter has its default in serverless.yml', () => {
  expect(made.get('docs/parameters.md')).not.toMatch(/undefined/);
});

it('the policy of who deploys fits a managed policy, and is kept to this stack where IAM can say so', () => {
  const text = made.get('docs/deploy-policy.json') ?? '';
  const { Statement } = JSON.parse(text) as { Statement: { Action: string[]; Resource: string[] }[] };

  expect(text.replaceAll(/\s/g, '').length).toBeLessThanOrEqual(6144);
  const wide = Statement.filter(({ Resource }) => Resource.includes('*')).flatMap(({ Action }) => Action);
  expect(
    wide.filter((action) => !/^logs:|GetRandomPassword|GetCallerIdentity|ValidateTemplate/.test(action)),
  ).toEqual([]);
  expect(Statement.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
});

it('a type of resource that nobody thought of is refused', () => {
  expect(() => policyFor(['AWS::EC2::Instance'])).toThrow(
    'Nobody said what deploying AWS::EC2::Instance takes: add it to infra/deploy/policy.js.',
  );
});
