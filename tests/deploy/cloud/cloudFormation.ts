import { randomBytes } from 'node:crypto';
import { resolve, resolveText } from '../../../local/template/intrinsics';
import type { Json, Resource, Template } from '../../../local/template/template';
import { type Account, distributionOf } from './account';
import { type Answer, type Asked, Refusal, type Service, xml, xmlAnswer } from './answer';
import { resourceNamesOf } from './resourceNames';
import { objectIn } from './s3';
import { createSecret } from './secretsManager';
import { ACCOUNT } from './signature';

interface Event {
  EventId: string;
  LogicalResourceId: string;
  ResourceType: string;
  ResourceStatus: string;
  ResourceStatusReason?: string;
}

export interface Stack {
  name: string;
  region: string;
  id: string;
  status: string;
  /** As it was sent. */
  text: string;
  /** Its tag `Stack`, which CloudFormation gives to its resources. */
  tag?: string | undefined;
  template: Template;
  mark: string;
  events: Event[];
}

interface FullTemplate extends Template {
  Outputs?: Record<string, { Value: Json }>;
}

type Kept = Resource & { DeletionPolicy?: string };

/** As much of CloudFormation as the framework and the plugin ask for. Every operation is done when it is answered. */
export function cloudFormation(account: Account): Service {
  return (asked, say) => {
    const given = new URLSearchParams(asked.body.toString());
    const action = given.get('Action') ?? '';
    const name = given.get('StackName') ?? '';
    say(action, name.split('/')[1] ?? name);
    const answer = operations[action];
    if (!answer) throw new Refusal('InvalidAction', `The recording CloudFormation does not know ${action}.`);
    const body = answer(account, name, given, asked);
    return wrapped(action, body);
  };
}

const wrapped = (action: string, body: string): Answer =>
  xmlAnswer(`<${action}Response><${action}Result>${body}</${action}Result></${action}Response>`);

const key = (region: string, name: string) =>
  `${region}/${name.includes(':stack/') ? name.split('/')[1] : name}`;

function stackOf(account: Account, asked: Asked, name: string): Stack {
  const stack = account.stacks.get(key(asked.region, name));
  if (!stack) throw new Refusal('ValidationError', `Stack with id ${name} does not exist`);
  return stack;
}

const operations: Record<
  string,
  (account: Account, name: string, given: URLSearchParams, asked: Asked) => string
> = {
  DescribeStacks: (account, name, _given, asked) => {
    const stack = stackOf(account, asked, name);
    const world = resourceNamesOf(stack.name, stack.region, stack.template, stack.mark);
    const outputs = Object.entries((stack.template as FullTemplate).Outputs ?? {}).map(
      ([OutputKey, { Value }]) => ({
        OutputKey,
        OutputValue: resolveText(Value, world),
      }),
    );
    return xml('Stacks', [
      {
        StackId: stack.id,
        StackName: stack.name,
        StackStatus: stack.status,
        CreationTime: new Date().toISOString(),
        Outputs: outputs,
      },
    ]);
  },

  DescribeStackResource: (account, name, given, asked) => {
    const stack = stackOf(account, asked, name);
    const id = given.get('LogicalResourceId') ?? '';
    const resource = stack.template.Resources[id];
    if (!resource) throw new Refusal('ValidationError', `Resource ${id} does not exist for stack ${name}`);
    const world = resourceNamesOf(stack.name, stack.region, stack.template, stack.mark);
    return xml('StackResourceDetail', {
      StackName: name,
      LogicalResourceId: id,
      PhysicalResourceId: world.ref(id),
      ResourceType: resource.Type,
      ResourceStatus: 'CREATE_COMPLETE',
      LastUpdatedTimestamp: new Date().toISOString(),
    });
  },

  ListStackResources: (account, name, _given, asked) => {
    const stack = stackOf(account, asked, name);
    const world = resourceNamesOf(stack.name, stack.region, stack.template, stack.mark);
    const listed = Object.entries(stack.template.Resources).map(([LogicalResourceId, { Type }]) => ({
      LogicalResourceId,
      PhysicalResourceId: world.ref(LogicalResourceId),
      ResourceType: Type,
      ResourceStatus: 'CREATE_COMPLETE',
      LastUpdatedTimestamp: new Date().toISOString(),
    }));
    return xml('StackResourceSummaries', listed);
  },

  DescribeStackEvents: (account, name, _given, asked) => {
    const stack = account.stacks.get(key(asked.region, name)) ?? account.removed.get(key(asked.region, name));
    if (!stack) throw new Refusal('ValidationError', `Stack [${name}] does not exist`);
    const described = stack.events.map((event) => ({
      StackId: stack.id,
      StackName: stack.name,
      Timestamp: new Date().toISOString(),
      ...event,
    }));
    return xml('StackEvents', described.reverse());
  },

  GetTemplate: (account, name, _given, asked) => xml('TemplateBody', stackOf(account, asked, name).text),

  ValidateTemplate: (account, _name, given, asked) => {
    templateText(account, given, asked);
    return xml('Capabilities', ['CAPABILITY_NAMED_IAM']);
  },

  CreateStack: (account, name, given, asked) => {
    if (account.stacks.has(key(asked.region, name)))
      throw new Refusal('AlreadyExistsException', `Stack [${name}] already exists`);
    const id = `arn:aws:cloudformation:${asked.region}:${ACCOUNT}:stack/${name}/${randomBytes(8).toString('hex')}`;
    const stack: Stack = {
      name,
      region: asked.region,
      id,
      status: '',
      text: '{}',
      template: { Resources: {} },
      mark: randomBytes(6).toString('hex'),
      events: [],
    };
    stack.tag = tagIn(given);
    account.stacks.set(key(asked.region, name), stack);
    change(account, stack, 'CREATE', templateText(account, given, asked));
    return xml('StackId', id);
  },

  UpdateStack: (account, name, given, asked) => {
    const stack = stackOf(account, asked, name);
    const text = templateText(account, given, asked);
    if (
      text.includes('"AWS::IAM::') &&
      !given
        .getAll('Capabilities.member.1')
        .concat(given.getAll('Capabilities.member.2'))
        .includes('CAPABILITY_IAM')
    )
      throw new Refusal('InsufficientCapabilitiesException', 'Requires capabilities : [CAPABILITY_IAM]');
    if (JSON.stringify(JSON.parse(text)) === JSON.stringify(stack.template))
      throw new Refusal('ValidationError', 'No updates are to be performed.');
    stack.tag = tagIn(given) ?? stack.tag;
    change(account, stack, 'UPDATE', text);
    return xml('StackId', stack.id);
  },

  DeleteStack: (account, name, _given, asked) => {
    const stack = account.stacks.get(key(asked.region, name));
    if (stack) remove(account, stack);
    return '';
  },
};

/** The value of the tag `Stack` in a request. */
function tagIn(given: URLSearchParams): string | undefined {
  const [key = ''] = [...given].find(([name, value]) => name.endsWith('.Key') && value === 'Stack') ?? [];
  return given.get(key.replace(/Key$/, 'Value')) ?? undefined;
}

/** The template that was sent, or that lies where the address says. */
function templateText(account: Account, given: URLSearchParams, asked: Asked): string {
  const sent = given.get('TemplateBody');
  if (sent && sent.length > 51_200)
    throw new Refusal('ValidationError', 'Member must have length less than or equal to 51200');
  if (sent) return sent;
  const [, bucket = '', object = ''] =
    /^https:\/\/s3[^/]*\.amazonaws\.com\/([^/]+)\/(.+)$/.exec(given.get('TemplateURL') ?? '') ?? [];
  const found = objectIn(account.buckets.get(bucket), decodeURIComponent(object));
  if (!found || account.buckets.get(bucket)?.region !== asked.region)
    throw new Refusal('ValidationError', `S3 error: Access Denied for ${given.get('TemplateURL')}`);
  return found.body.toString();
}

/** Makes, changes and deletes what the new template differs by; all of it is undone where one thing fails. */
function change(account: Account, stack: Stack, action: 'CREATE' | 'UPDATE', text: string): void {
  const before = stack.template;
  const template = JSON.parse(text) as Template;
  stack.events = [];
  note(stack, stack.name, 'AWS::CloudFormation::Stack', `${action}_IN_PROGRESS`);

  const taken = Object.keys(template.Resources).find((id) => !before.Resources[id] && account.taken.has(id));
  if (taken) {
    const { Type = '' } = template.Resources[taken] ?? {};
    note(stack, taken, Type, 'CREATE_FAILED', account.taken.get(taken));
    end(stack, action === 'CREATE' ? 'ROLLBACK_COMPLETE' : 'UPDATE_ROLLBACK_COMPLETE');
    return;
  }

  Object.assign(stack, { template, text });
  for (const [id, resource] of inOrder(template)) {
    const earlier = before.Resources[id];
    if (earlier && JSON.stringify(earlier) === JSON.stringify(resource)) continue;
    apply(account, stack, id, resource, earlier === undefined);
    note(stack, id, resource.Type, earlier ? 'UPDATE_COMPLETE' : 'CREATE_COMPLETE');
  }
  for (const [id, resource] of Object.entries(before.Resources))
    if (!template.Resources[id]) note(stack, id, resource.Type, 'DELETE_COMPLETE');
  end(stack, `${action}_COMPLETE`);
}

/** A distribution comes last: it holds a secret's value. */
const inOrder = ({ Resources }: Template) =>
  Object.entries(Resources).sort(([, a], [, b]) => Number(isDistribution(a)) - Number(isDistribution(b)));

const isDistribution = ({ Type }: Resource) => Type === 'AWS::CloudFront::Distribution';

function apply(account: Account, stack: Stack, id: string, resource: Resource, isNew: boolean): void {
  const world = resourceNamesOf(stack.name, stack.region, stack.template, stack.mark);
  const own = world.ref(id) ?? id;
  if (resource.Type === 'AWS::ApiGateway::Account')
    account.logRole = resolveText(resource.Properties?.CloudWatchRoleArn ?? '', world);
  if (resource.Type === 'AWS::DynamoDB::Table')
    account.tables.set(own, resource.Properties?.DeletionProtectionEnabled === true);
  if (resource.Type === 'AWS::Lambda::Function') account.functions.set(own, new Date());
  if (isDistribution(resource) && stack.tag) account.tags.set(own, stack.tag);
  // The reference in a header is resolved when the distribution itself changes, and at no other time.
  if (isDistribution(resource))
    account.distributions.set(
      own,
      distributionOf(resolve(resource.Properties ?? {}, world), account.secrets),
    );
  if (!isNew) return;
  if (resource.Type === 'AWS::S3::Bucket')
    account.buckets.set(own, {
      region: stack.region,
      versioned: resource.Properties?.VersioningConfiguration !== undefined,
      objects: new Map(),
    });
  if (resource.Type === 'AWS::SecretsManager::Secret') createSecret(account.secrets, own);
}

function remove(account: Account, stack: Stack): void {
  stack.events = [];
  note(stack, stack.name, 'AWS::CloudFormation::Stack', 'DELETE_IN_PROGRESS');
  const world = resourceNamesOf(stack.name, stack.region, stack.template, stack.mark);
  for (const [id, resource] of Object.entries(stack.template.Resources)) {
    const own = world.ref(id) ?? id;
    if ((resource as Kept).DeletionPolicy?.startsWith('Retain')) {
      note(stack, id, resource.Type, 'DELETE_SKIPPED');
      continue;
    }
    const refusal =
      ((account.buckets.get(own)?.objects.size ?? 0) > 0 && 'The bucket you tried to delete is not empty') ||
      (account.tables.get(own) && 'Resource cannot be deleted as it is currently protected against deletion');
    if (refusal) {
      note(stack, id, resource.Type, 'DELETE_FAILED', refusal);
      end(stack, 'DELETE_FAILED');
      return;
    }
    for (const kind of [
      account.buckets,
      account.secrets,
      account.functions,
      account.distributions,
      account.tables,
    ])
      kind.delete(own);
    note(stack, id, resource.Type, 'DELETE_COMPLETE');
  }
  account.stacks.delete(key(stack.region, stack.name));
  account.removed.set(key(stack.region, stack.name), stack);
  end(stack, 'DELETE_COMPLETE');
}

function note(stack: Stack, id: string, type: string, status: string, reason?: string): void {
  stack.events.push({
    EventId: randomBytes(8).toString('hex'),
    LogicalResourceId: id,
    ResourceType: type,
    ResourceStatus: status,
    ...(reason && { ResourceStatusReason: reason }),
  });
}

function end(stack: Stack, status: string): void {
  stack.status = status;
  note(stack, stack.name, 'AWS::CloudFormation::Stack', status);
}
