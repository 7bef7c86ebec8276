import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { figure } from '../support/figures';
import { type Cloud, startCloud } from './cloud/cloud';
import { openProject, PAGE, type Project } from './project';

/** Each way a deployment can fail that people can do something about: one line, before or instead of a change. */

jest.setTimeout(120_000);

let cloud: Cloud;
let project: Project;

beforeEach(async () => {
  cloud = await startCloud();
  project = openProject();
});
afterAll(() => figure('ways to fail', '16, each one line that says what to do'));
afterEach(async () => {
  project.remove();
  await cloud.stop();
});

const withoutKeys = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };

it.each<[name: string, command: string, line: string, arrange: () => Record<string, string> | undefined]>([
  [
    'no credentials',
    'deploy',
    'No AWS credentials were found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    () => withoutKeys,
  ],
  [
    'an unknown key',
    'deploy --region eu-south-2',
    'AWS does not know these credentials in eu-south-2: are they current, and is the Region enabled for the account?',
    () => ({ AWS_ACCESS_KEY_ID: 'AKIAOTHER' }),
  ],
  [
    'a wrong secret key',
    'deploy',
    "The secret access key does not fit the access key id, or this machine's clock is wrong.",
    () => ({ AWS_SECRET_ACCESS_KEY: 'wrong' }),
  ],
  [
    'no network',
    'deploy --region eu-west-1',
    'AWS cannot be reached in eu-west-1: is there such a Region, and is there a network?',
    () => ({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }),
  ],
  [
    'another partition',
    'deploy --region cn-north-1',
    'Parameters: cn-north-1 is outside the commercial partition, the only one this stack is written for.',
    () => undefined,
  ],
  [
    'a wrong parameter',
    'deploy --param=guests=maybe',
    'Parameters: guests must be on or off.',
    () => undefined,
  ],
  [
    'a secret version on a first deploy',
    `deploy --param=originSecretVersion=${'a'.repeat(32)}`,
    'originSecretVersion is for a stack that is there already: leave it out of the first deploy.',
    () => undefined,
  ],
  [
    'a page that does not build',
    'deploy',
    'setup.exe has no content type: add it to infra/deploy/contentTypes.json, then deploy again.',
    () => {
      project.page({ ...PAGE, 'setup.exe': '' });
      return undefined;
    },
  ],
  [
    'no stack to rotate',
    'rotate',
    'There is no stack edge-chat-dev in us-east-1: deploy first.',
    () => undefined,
  ],
])('%s', async (_name, command, line, arrange) => {
  const environment = { ...cloud.environment, ...arrange() };
  const { exitCode, output } = await project.sls(command.split(' '), environment);

  expect(exitCode).toBe(1);
  expect(output.split('\n')).toContain(line);
  expect(output).not.toMatch(/^\s+at /m);
  expect(cloud.account.stacks.size).toBe(0);
});

it('a Region that is not there', async () => {
  const { exitCode, output } = await project.sls(['deploy', '--region', 'us-nowhere-1'], cloud.environment);

  expect(exitCode).toBe(1);
  expect(output).toMatch(
    /^Configuration error at 'provider.region': must be equal to one of the allowed values/m,
  );
  expect(cloud.calls).toEqual([]);
});

it.each([
  [
    'a name that is taken',
    "Resource of type 'AWS::Logs::LogGroup' with identifier '/aws/lambda/edge-chat-dev-issueGuestToken' already exists.",
    "The name is taken: Resource of type 'AWS::Logs::LogGroup' with identifier '/aws/lambda/edge-chat-dev-issueGuestToken' already exists. Something outside this stack has it: remove that, or deploy to another stage.",
  ],
  [
    'a domain that is taken',
    'Resource handler returned message: "Invalid request provided: One or more of the CNAMEs you provided are already associated with a different resource." (CNAMEAlreadyExists)',
    'The name is taken: another CloudFront distribution answers for this domain. Take the domain off that one, then deploy again.',
  ],
  [
    'a new account',
    'Resource handler returned message: "Access denied for operation \'AWS::CloudFront::Distribution: Your account must be verified before you can add new CloudFront resources. To verify your account, please contact AWS Support\'."',
    'AWS has not verified this account for CloudFront yet: open a case with AWS Support, then deploy again.',
  ],
  [
    'a right that is missing',
    'User: arn:aws:iam::123456789012:user/deployer is not authorized to perform: iam:CreateRole',
    'These credentials may not do that: User: arn:aws:iam::123456789012:user/deployer is not authorized to perform: iam:CreateRole. docs/deploy.md has the policy that deploying needs.',
  ],
])('%s, which CloudFormation alone knows', async (_name, reason, line) => {
  cloud.account.taken.set('IssueGuestTokenLogGroup', reason);

  const { exitCode, output } = await project.sls(['deploy'], cloud.environment);

  expect(exitCode).toBe(1);
  expect(output.split('\n').map((each) => each.trim())).toContain(line);
  expect(output).not.toMatch(/^\s+at /m);
});

it('the runbook names the state of a first deployment that failed', async () => {
  cloud.account.taken.set('IssueGuestTokenLogGroup', 'Something failed.');

  await project.sls(['deploy'], cloud.environment);

  const runbooks = readFileSync(join(__dirname, '../../docs/runbooks.md'), 'utf8');
  const { status } = cloud.account.stacks.get('us-east-1/edge-chat-dev') ?? {};
  expect(runbooks).toContain(`\`${status}\` after a first deployment`);
});

it.each([
  ['ROLLBACK_COMPLETE', 'Its first deploy failed: remove it, then deploy again.'],
  ['UPDATE_IN_PROGRESS', 'is being changed (UPDATE_IN_PROGRESS). Wait until that has ended.'],
])('a stack in %s', async (status, part) => {
  const stack = {
    name: 'edge-chat-dev',
    region: 'us-east-1',
    id: 'arn',
    text: '{}',
    template: { Resources: {} },
    mark: 'm',
    events: [],
  };
  cloud.account.stacks.set('us-east-1/edge-chat-dev', { ...stack, status });

  const { exitCode, output } = await project.sls(['deploy'], cloud.environment);

  expect(exitCode).toBe(1);
  expect(output).toContain(part);
  expect(cloud.calls.map(({ action }) => action)).not.toContain('UpdateStack');
});
