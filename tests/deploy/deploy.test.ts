import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { figure } from '../support/figures';
import type { Call } from './cloud/answer';
import { type Cloud, startCloud } from './cloud/cloud';
import { objectIn } from './cloud/s3';
import { ACCOUNT } from './cloud/signature';
import { type AccessRequest, isAllowed, type PolicyStatement } from './policyEvaluation';
import { openProject, PAGE, type Project, type Ran } from './project';

/** The real framework with the real plugin, against a cloud that writes every call down. */

jest.setTimeout(180_000);

let cloud: Cloud;
let project: Project;

beforeAll(async () => {
  cloud = await startCloud();
  project = openProject();
});

afterAll(async () => {
  project.remove();
  await cloud.stop();
});

interface Recorded extends Ran {
  /** The calls it made, a line each, those that only read left out unless asked for. */
  calls: string[];
}

const READS = /^(?:\w+) (GET|Get|Head|List|Describe|Validate)/;

interface Asked extends AccessRequest {
  region: string;
}

/** Every call, as IAM judges it, with the policies of the deployer of its stage. */
const requests: { asked: Asked; stage: string; statements: PolicyStatement[] }[] = [];

async function sls(command: string, all = false): Promise<Recorded> {
  const before = cloud.calls.length;
  const ran = await project.sls(command.split(' '), cloud.environment);
  const [, stage = ''] = /--stage (\w+)/.exec(command) ?? [];
  const asked = cloud.calls.slice(before).flatMap(requestsOf);
  requests.push(...asked.map((each) => ({ asked: each, stage, statements: policiesOf(stage, each) })));
  const made = cloud.calls
    .slice(before)
    .map(({ service, action, resource }) => `${service} ${action} ${short(resource)}`);
  expect(cloud.refused).toEqual([]);
  return { ...ran, calls: made.filter((call) => all || !READS.test(call)) };
}

/** A resource without what is random in its name. */
const short = (resource: string) =>
  resource
    .replace(/\d{13}-\d{4}-[^/]*Z/, 'TIME')
    .replace(/-[0-9a-f]{12}(?=\/|$)/, '')
    .replace(/^E[0-9A-F]{12}/, 'DISTRIBUTION');

/** Every handler is a function, in a zip of its name. */
/** Without the parameters `events` and `push`, a stack lacks these. */
const OPTIONAL = ['operatorReplay', 'relay', 'push', 'noticeMessages', 'notifyUsers'];
const ZIPS = readdirSync(path.resolve(__dirname, '../../handlers'))
  .map((file) => path.parse(file).name)
  .filter((name) => !OPTIONAL.includes(name));
const BUCKET = 'edge-chat-x-serverlessdeploymentbucket/serverless/edge-chat/x';
const PAGE_CALLS = [
  's3 PutObject edge-chat-x-pagebucket/assets/app-AAAAAAAA.js',
  's3 PutObject edge-chat-x-pagebucket/assets/app-BBBBBBBB.css',
  's3 PutObject edge-chat-x-pagebucket/assets/icon-0123abcd.svg',
  's3 PutObject edge-chat-x-pagebucket/index.html',
];
const INVALIDATION = 'cloudfront CreateInvalidation DISTRIBUTION /index.html';
const UPDATE = [
  `s3 PutObject ${BUCKET}/TIME/compiled-cloudformation-template.json`,
  `s3 PutObject ${BUCKET}/TIME/serverless-state.json`,
  ...ZIPS.map((name) => `s3 PutObject ${BUCKET}/TIME/${name}.zip`),
  'cloudformation UpdateStack edge-chat-x',
];

const stateful = () => ({
  secrets: [...cloud.account.secrets],
  tables: [...cloud.account.tables.keys()],
  distributions: [...cloud.account.distributions.keys()],
});

const sent = () => {
  const [distribution] = cloud.account.distributions.values();
  return [...new Set(distribution?.headers.map(({ value }) => value))];
};

const secret = () => {
  const [entry] = [...cloud.account.secrets].filter(([arn]) => arn.includes('OriginSecret'));
  if (!entry) throw new Error('There is no origin secret.');
  return { arn: entry[0], versions: entry[1] };
};

describe('a stack', () => {
  it('is deployed: everything is checked first, and the page goes up when the stack is there', async () => {
    const { exitCode, output, calls } = await sls('deploy --stage x --region eu-west-1', true);

    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(calls.slice(0, 2)).toEqual([
      'sts GetCallerIdentity arn:aws:iam::123456789012:user/deployer',
      'cloudformation DescribeStacks edge-chat-x',
    ]);
    const changes = calls.filter((call) => !READS.test(call));
    expect(changes.sort()).toEqual(
      ['cloudformation CreateStack edge-chat-x', ...UPDATE, ...PAGE_CALLS, INVALIDATION].sort(),
    );
    expect(calls.indexOf('cloudformation UpdateStack edge-chat-x')).toBeLessThan(
      calls.indexOf(PAGE_CALLS[0] ?? ''),
    );
    expect(calls.indexOf(PAGE_CALLS[3] ?? '')).toBeLessThan(calls.indexOf(INVALIDATION));
    expect(new Set(cloud.calls.map(({ region }) => region))).toEqual(new Set(['eu-west-1']));
    expect(output).toMatch(/^page: +https:\/\/\w+\.cloudfront\.net\/$/m);
    expect(output).toMatch(/^socket: +wss:\/\/\w+\.cloudfront\.net\/ws$/m);
    const api = String.raw`\S+\.execute-api\.eu-west-1\.amazonaws\.com`;
    expect(output).toMatch(
      new RegExp(
        String.raw`^check: +npx edge-chat doctor wss://\w+\.cloudfront\.net/ws --api wss://${api}/ws --api https://${api}$`,
        'm',
      ),
    );
  });

  it('is deployed again with nothing changed: only the page goes up', async () => {
    const { exitCode, output, calls } = await sls('deploy --stage x --region eu-west-1');

    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(calls).toEqual([...PAGE_CALLS, INVALIDATION]);
    expect(output).toMatch(/No changes to deploy/);
    expect(output).toMatch(/^page: +https/m);
  });

  it('is changed, and keeps its secrets, its tables and its address', async () => {
    const before = stateful();
    project.page({ ...PAGE, 'index.html': 'newer' });

    const { exitCode, output, calls } = await sls(
      'deploy --stage x --region eu-west-1 --param=logLevel=debug',
    );

    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect([...calls].sort()).toEqual([...UPDATE, ...PAGE_CALLS, INVALIDATION].sort());
    expect(stateful()).toEqual(before);
    const page = [...cloud.account.buckets].find(([name]) => name.includes('pagebucket'))?.[1];
    expect(objectIn(page, 'index.html')?.body.toString()).toBe('newer');
  });

  it('is not rotated while CloudFront rolls out', async () => {
    cloud.account.rollingOut = true;
    const { exitCode, output, calls } = await sls('rotate --stage x --region eu-west-1');
    cloud.account.rollingOut = false;

    expect({ exitCode, calls }).toEqual({ exitCode: 1, calls: [] });
    expect(output).toMatch(
      'CloudFront is still rolling out the last change: wait until the distribution is deployed.',
    );
  });

  it('is rotated: the APIs accept the new value before CloudFront sends it, and nothing else changes', async () => {
    const { versions } = secret();
    const [first] = versions;
    const [stack] = cloud.account.stacks.values();
    const before = stack?.text ?? '';

    const { exitCode, output, calls } = await sls('rotate --stage x --region eu-west-1');

    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(calls).toEqual([
      expect.stringMatching(/^secretsmanager PutSecretValue .*OriginSecret/),
      `s3 PutObject ${BUCKET}/rotation/template.json`,
      'cloudformation UpdateStack edge-chat-x',
    ]);
    const [newest, previous] = secret().versions;
    expect(previous).toEqual(first);
    expect(sent()).toEqual([newest?.value]);
    expect(stack?.text.replaceAll(`:SecretString:::${newest?.id}`, ':SecretString')).toBe(before);
    expect(output).not.toContain(newest?.value);
  });

  it('is deployed after a rotation with no parameter, and goes on sending the new value', async () => {
    const { exitCode, output } = await sls('deploy --stage x --region eu-west-1');

    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(sent()).toEqual([secret().versions[0]?.value]);
  });

  it('is not rotated twice before CloudFront learns the first value, and the first can be finished', async () => {
    const { arn, versions } = secret();
    const half = { id: 'b'.repeat(32), value: 'halfway' };
    cloud.account.secrets.set(arn, [half, ...versions]);

    const refused = await sls('rotate --stage x --region eu-west-1');
    const finished = await sls('rotate --stage x --region eu-west-1 --finish');

    expect(refused).toMatchObject({ exitCode: 1, calls: [] });
    expect(refused.output).toMatch(/finish the first rotation with --finish\./);
    expect(finished).toMatchObject({ exitCode: 0 });
    expect(finished.calls.join()).not.toMatch(/PutSecretValue/);
    expect(sent()).toEqual(['halfway']);
  });

  it('refuses to send a version that the APIs do not accept', async () => {
    const oldest = secret().versions.at(-1)?.id;
    const { exitCode, output, calls } = await sls(
      `deploy --stage x --region eu-west-1 --param=originSecretVersion=${oldest}`,
    );

    expect({ exitCode, calls }).toEqual({ exitCode: 1, calls: [] });
    expect(output).toMatch(/is neither the secret's current version nor the one before/);
  });

  it("keeps another log role of API Gateway's, and its own while it is the account's", async () => {
    const own = cloud.account.logRole ?? '';
    expect(own).toMatch(/role\/edge-chat-x-ApiGatewayLogRole-/);
    const [place, other] = ['--stage x --region eu-west-1', 'arn:aws:iam::123456789012:role/of-another-api'];
    const resources = () => cloud.account.stacks.get('eu-west-1/edge-chat-x')?.template.Resources ?? {};
    await sls(`deploy ${place}`);
    expect(resources()).toHaveProperty('ApiGatewayAccount');

    cloud.account.logRole = other;
    const { exitCode, output } = await sls(`deploy ${place}`);

    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output).toContain(`API Gateway goes on writing logs with the role ${other}`);
    for (const id of ['ApiGatewayAccount', 'ApiGatewayLogRole']) expect(resources()).not.toHaveProperty(id);
    expect(cloud.account.logRole).toBe(other);

    cloud.account.logRole = undefined;
    await sls(`deploy ${place}`);
    expect(cloud.account.logRole).toBe(own);
  });

  it('has others beside it, in the Region and elsewhere', async () => {
    for (const place of ['--stage y --region eu-west-1', '--stage x --region us-east-1'])
      expect(await sls(`deploy ${place}`)).toMatchObject({ exitCode: 0 });

    expect([...cloud.account.stacks.keys()].sort()).toEqual([
      'eu-west-1/edge-chat-x',
      'eu-west-1/edge-chat-y',
      'us-east-1/edge-chat-x',
    ]);
  });

  it('is removed, and says what it leaves behind', async () => {
    const { exitCode, output, calls } = await sls('remove --stage x --region eu-west-1');

    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    const deletes = calls.filter((call) => call.startsWith('s3 DeleteObjects edge-chat-x-pagebucket'));
    expect(deletes.length).toBeGreaterThan(0);
    expect(calls.lastIndexOf('cloudformation DeleteStack edge-chat-x')).toBe(calls.length - 1);
    expect(cloud.account.stacks.has('eu-west-1/edge-chat-x')).toBe(false);
    expect(output).toMatch(/^Kept:\n {2}edge-chat-x-Messages-\w+: the messages\./m);
    expect(output).toMatch(/^ {2}edge-chat-x-ApiGatewayLogRole-\w+: the role/m);
  });

  it('is not removed twice', async () => {
    const { exitCode, output } = await sls('remove --stage x --region eu-west-1');

    expect(exitCode).toBe(1);
    expect(output).toMatch('There is no stack edge-chat-x in eu-west-1: nothing to remove.');
  });

  it('is removed with its messages when asked to', async () => {
    const { exitCode, output, calls } = await sls('remove --stage y --region eu-west-1 --delete-messages');

    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(calls.at(-1)).toBe('dynamodb DeleteTable edge-chat-y-Messages');
    expect(output).not.toMatch(/: the messages\./);
  });

  it('is hardened by one switch, and removed though its tables are protected', async () => {
    const arn = `arn:aws:wafv2:us-east-1:123456789012:global/webacl/edge-chat-h-eu-west-1/${'1'.repeat(8)}`;
    const place = '--stage h --region eu-west-1';
    const refused = await sls(`deploy ${place} --param=hardened=on`);
    expect(refused).toMatchObject({ exitCode: 1, calls: [] });
    expect(refused.output).toMatch(/webAcl=on needs webAclArn outside us-east-1: npm run web-acl makes/);

    const made = await sls(`web-acl ${place}`);
    const again = await sls(`web-acl ${place}`);
    for (const { exitCode, output } of [made, again]) {
      expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
      expect(output).toMatch(/^Deploy with --param="webAclArn=arn:aws:\S+"\.$/m);
    }
    expect(made.calls).toEqual(['cloudformation CreateStack edge-chat-h-web-acl-eu-west-1']);
    expect(cloud.account.stacks.has('us-east-1/edge-chat-h-web-acl-eu-west-1')).toBe(true);

    const deployed = await sls(`deploy ${place} --param=hardened=on --param=webAclArn=${arn}`);
    expect(deployed).toMatchObject({ exitCode: 0 });
    const tables = () => [...cloud.account.tables].filter(([name]) => name.startsWith('edge-chat-h-'));
    expect(tables().map(([, isProtected]) => isProtected)).toEqual([true, true, true]);

    const kept = await sls(`remove ${place} --delete-messages`);
    expect(kept).toMatchObject({ exitCode: 1, calls: [] });
    expect(kept.output).toMatch(/is protected: deploy with deletionProtection=off first/);
    const removed = await sls(`remove ${place}`);
    expect(removed).toMatchObject({ exitCode: 0 });
    expect(removed.output).toMatch(/^ {2}edge-chat-h-access.ogs-\w+: the bucket of the access logs/m);
    expect(removed.output).toMatch(/^ {2}edge-chat-h-web-acl-eu-west-1: the stack of the web ACL/m);
    expect(tables()).toEqual([[expect.stringContaining('edge-chat-h-Messages'), true]]);
  });

  it('did nothing that the policies of its stage do not allow', () => {
    const refused = requests.filter(({ asked, statements }) => !isAllowed(statements, asked));

    expect(refused.map(({ asked }) => asked)).toEqual([]);
    figure(
      'deploy, change, rotate, remove',
      `${cloud.calls.length} calls, every signature right, in order, within docs/deploy-policy-*.json`,
    );
  });

  it('may do none of it for another stage', () => {
    const own = requests.filter(
      ({ asked }) => asked.resource !== '*' && !asked.resource.endsWith('/account'),
    );
    const others = own.map(({ asked, stage }) => ({
      asked,
      statements: policiesOf(`${stage}-other`, asked),
    }));

    expect(own.length).toBeGreaterThan(100);
    expect(others.filter(({ asked, statements }) => isAllowed(statements, asked))).toEqual([]);
  });
});

/** The deployer's policies for a stage, in the Region of a call. */
function policiesOf(stage: string, { region }: { region: string }): PolicyStatement[] {
  return ['stack', 'front', 'events'].flatMap((policy) => {
    const file = path.resolve(__dirname, `../../docs/deploy-policy-${policy}.json`);
    const text = readFileSync(file, 'utf8')
      .replaceAll('ACCOUNT', ACCOUNT)
      .replaceAll('REGION', region)
      .replaceAll('STAGE', stage);
    return (JSON.parse(text) as { Statement: PolicyStatement[] }).Statement;
  });
}

/** What S3's operations are called in a policy, where that is another name. */
const S3_RIGHTS: Record<string, string[]> = {
  CopyObject: ['GetObject', 'PutObject'],
  DeleteObjects: ['DeleteObject', 'DeleteObjectVersion'],
  HeadBucket: ['ListBucket'],
  HeadObject: ['GetObject'],
  ListObjectVersions: ['ListBucketVersions'],
  ListObjectsV2: ['ListBucket'],
};

/** A call as IAM judges it. */
function requestsOf({ service, action, resource, region }: Call): Asked[] {
  const own = `${region}:${ACCOUNT}`;
  const [id = ''] = resource.split(' ');
  const arns: Record<string, string> = {
    apigateway: `arn:aws:apigateway:${region}::${resource}`,
    cloudformation:
      action === 'ValidateTemplate' ? '*' : `arn:aws:cloudformation:${own}:stack/${resource}/id`,
    cloudfront: `arn:aws:cloudfront::${ACCOUNT}:distribution/${id}`,
    dynamodb: `arn:aws:dynamodb:${own}:table/${resource}`,
    ecr: `arn:aws:ecr:${own}:repository/${resource}`,
    lambda: `arn:aws:lambda:${own}:function:${resource}`,
    s3: `arn:aws:s3:::${resource}`,
    secretsmanager: resource,
    sts: '*',
  };
  const tag = cloud.account.tags.get(id);
  const context: Record<string, string> = tag ? { 'aws:ResourceTag/Stack': tag } : {};
  return ((service === 's3' && S3_RIGHTS[action]) || [action]).map((right) => ({
    action: `${service}:${right}`,
    resource: arns[service] ?? `${service} is unknown to this test`,
    context,
    region,
  }));
}
