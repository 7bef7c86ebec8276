import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compileTemplate } from '../../local/template/compile';
import { reasonFor } from '../packaged/explained';
import { type Grant, grantsOf } from '../packaged/grants';
import { ofType, type Template } from '../template/template';
import { HANDLERS, reasonAgainst } from './handlers';
import type { PolicyStatement } from './policyEvaluation';

/** The pages under docs/ that are made from the code. `npm run docs` writes them. */

const root = path.resolve(__dirname, '../..');

interface Parameter {
  takes: string;
  means: string;
  example: string;
  unset?: string;
  defaults?: { usual: string; hardened: string };
}

const { accepted } = require('../../infra/parameters/accepted.js') as { accepted: Record<string, Parameter> };
const { boundaryFor, policiesFor } = require('../../infra/deploy/policy.js') as {
  boundaryFor(actions: string[]): object;
  policiesFor(types: string[]): Record<'stack' | 'front' | 'events', { Statement: PolicyStatement[] }>;
};

/** Defaults as serverless.yml gives them. */
function defaults(): Map<string, string> {
  const text = readFileSync(path.join(root, 'serverless.yml'), 'utf8');
  const block = /^params:\n {2}default:\n((?: {4}.*\n)+)/m.exec(text)?.[1] ?? '';
  return new Map(
    [...block.matchAll(/^ {4}(\w+): '?(.*?)'?$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

const code = (text: string) => `\`${text}\``;

function parametersPage(): string {
  const given = defaults();
  const sections = Object.entries(accepted).map(([name, { takes, means, example, unset, defaults }]) => {
    const standard = defaults?.usual ?? given.get(name) ?? '';
    const hardened = defaults ? `; if \`hardened=on\`: ${code(defaults.hardened)}` : '';
    return `## ${name}

${lines(`${means}.`)}

- Takes: ${takes}.
- Default: ${standard === '' ? (unset ?? 'not given') : code(standard)}${hardened}
- Example: ${code(example)}
`;
  });
  return `# Parameters

\`npm run docs\` makes this page from \`infra/parameters/accepted.js\` and \`serverless.yml\`, and a test compares them.

Give a parameter as \`--param="name=value"\`, or for a stage in \`params:\` of \`serverless.yml\`:

\`\`\`
npm run deploy -- --stage prod --param="guests=off" --param="logLevel=warn"
\`\`\`

A deployment has exactly the parameters that you give it: it does not remember those of an earlier one.
[glossary.md](glossary.md) explains the words.
The command refuses a wrong combination in one line, before it packages anything.

- \`domainName\` and \`certificateArn\` go together.
- \`oidcIssuer\`, \`oidcAudience\` and \`oidcJwksUrl\` go together, and \`guests=off\` needs them.
- \`oidcClientId\` needs these three, and \`oidcOrigins\` needs \`oidcClientId\`.
- \`events=https\` and \`eventsUrl\` go together.
- With \`events\` or \`push\`, \`messagesTable\` and \`eventsStream\` go together.
- \`monthlyBudget\` needs \`alarmEmail\`, which needs \`watch=metrics\` or \`watch=all\`.

${sections.join('\n')}`;
}

/** A line for each sentence. */
function lines(text: string): string {
  return text.replaceAll(/(?<=[a-z\d]\.) (?=[A-Z`])/g, '\n');
}

const shown = (resource: string) =>
  resource
    .replace(/^arn:.*\/ws\/(POST|DELETE)\/@connections\/\*$/, 'this API: `$1 /ws/@connections/*`')
    .replace(/^<(\w+?)(?:\.Arn)?>$/, '$1');

/** What the partitions hold that a grant may cover. */
const PARTITIONS: Record<string, string> = {
  '*#*': 'reactions and drafts of messages',
  'follows#*': 'the rooms that users follow',
  'restricted#*': 'mutes and turns of slow mode',
  'memberships#*': 'private rooms of users',
  'reports#*': 'reports of a user',
  'reported#*': 'reports in a room',
  'held#*': 'held messages of a user',
  'heldin#*': 'held messages in a room',
  'events#*': 'cursors of events and notes of erasures',
  'settings#*': 'settings of rooms',
  'push#*': 'subscriptions of users',
  'pushed#*': 'whose a subscription is',
  'watchers#*': 'users who are told of all messages of a room',
};

export function permissionsPage(template: Template): string {
  const grants = grantsOf(template);
  const byResource = new Map<string, Grant[]>();
  for (const grant of grants) {
    const key = `${grant.by} ${grant.resource}`;
    byResource.set(key, [...(byResource.get(key) ?? []), grant]);
  }
  const items = [...byResource.values()].map((same) => {
    const [{ by, resource } = { by: '', resource: '' }] = same;
    const actions = same.map(({ action }) => code(action));
    const reasons = [...new Set(same.flatMap((grant) => reasonFor(grant) ?? []))].map((reason) => {
      const about = same.filter((grant) => reasonFor(grant) === reason).map(({ action }) => code(action));
      return about.length === same.length
        ? reason
        : `${about.join(' and ')}: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`;
    });
    const limited = same.filter((grant) => grant.attributes);
    const attributes = limited.flatMap((grant) => grant.attributes ?? []);
    const named = limited.some(({ action }) => action === 'dynamodb:UpdateItem') ? 'Updates' : 'Reads';
    if (attributes.length > 0)
      reasons.unshift(
        wrapped(`${named} may name only the attributes`, [...new Set(attributes)].map(code), 116).replaceAll(
          '\n',
          '\n  ',
        ),
      );
    reasons.unshift(
      ...same.flatMap(({ action, partitions = [] }) =>
        partitions.map(
          (pattern) =>
            `${same.filter((other) => other.action === action).length > 1 ? 'One' : 'The'} grant of ${code(action)} covers only partitions like ${code(pattern)}: ${PARTITIONS[pattern]}.`,
        ),
      ),
    );
    return { by, text: [wrapped(`- ${shown(resource)}:`, actions), ...reasons.map((each) => `  ${each}`)] };
  });
  const sections = [...new Set(items.map(({ by }) => by))].map((name) => {
    const own = items.filter(({ by }) => by === name).flatMap(({ text }) => text);
    return `## ${name}\n\n${own.join('\n')}\n`;
  });
  return `# What each function may do

\`npm run docs\` makes this page from the compiled template.
A test fails when a policy grows or this page is stale.
Each function has a role of its own.
The parameters \`files\`, \`reviewFunction\`, \`events\` and \`push\` add permissions; the last two also add functions.
This page lists none of these.

\`npm run test:packaged\` runs every function from its zip and records every call to AWS.
It matches each call with the policy of the calling function.
A permission that no run uses fails the test, unless this page gives its reason.

If an item names an action several times, several statements of the policy allow it.
Each of these *grants* has its own limit.
Names of rooms never have a \`#\`: a partition whose key has a \`#\` holds no messages of a room.
[glossary.md](glossary.md) explains drafts, slow mode and fan-out.

${sections.join('\n')}`;
}

/** A sentence of words with a comma between them, on lines of a few columns at most. */
function wrapped(start: string, words: string[], columns = 120): string {
  const lines = [];
  let line = start;
  for (const word of words) {
    if (`${line} ${word},`.length > columns) {
      lines.push(line);
      line = ' ';
    }
    line += ` ${word},`;
  }
  return [...lines, line].join('\n').replace(/,$/, '.');
}

function deployPolicies(template: Template): [string, string][] {
  const types = Object.values(template.Resources).map(({ Type }) => Type);
  const actions = ofType(template, 'AWS::IAM::Role')
    .flatMap(({ properties }) => properties.Policies ?? [])
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement.flatMap(({ Action }) => Action));
  const policies = { ...policiesFor(types), boundary: boundaryFor(actions) };
  return Object.entries(policies).map(([name, policy]) => [
    `docs/deploy-policy-${name}.json`,
    `${JSON.stringify(policy, null, 2)}\n`,
  ]);
}

/** Where the deployer's policies come from: the handlers of each type, and what they use that this stack does not. */
function deployerPage(full: Template): string {
  const types = [...new Set(Object.values(full.Resources).map(({ Type }) => Type))].sort();
  const policies = policiesFor(types);
  const given = new Set(
    Object.values(policies).flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action)),
  );
  const left = new Map<string, Set<string>>();
  const rows = types.flatMap((type) => {
    const handlers = HANDLERS[type];
    if (!handlers) return [];
    const actions = [...new Set(Object.values(handlers).flat())];
    const without = actions.filter((action) => !given.has(action));
    for (const action of without) {
      const reason = reasonAgainst(action) ?? 'without a reason';
      left.set(reason, (left.get(reason) ?? new Set()).add(action));
    }
    return [`| ${code(type)} | ${actions.length} | ${actions.length - without.length} | ${without.length} |`];
  });
  const reasons = [...left].sort(([a], [b]) => (a < b ? -1 : 1));
  return `# Where the permissions of a deployer come from

\`npm run docs\` makes this page from the policies and from the published schemas of AWS's resource types (2026-08).
CloudFormation acts with its caller's permissions.
For each type, the schema lists *handlers*, such as create and delete, and the actions that each handler uses.
A test fails when an action is neither in the policies nor left out with a reason.
Another test deploys to a stub of AWS, and checks that the policies allow each call.

| type | actions of its handlers | in the policies | left out |
| --- | ---: | ---: | ---: |
${rows.join('\n')}

## Actions that are left out

${reasons
  .map(([reason, actions]) =>
    wrapped(`- ${reason.charAt(0).toUpperCase()}${reason.slice(1)}:`, [...actions].sort().map(code), 118),
  )
  .join('\n')}
`;
}

/** Every page by its path, as it should be. */
export async function pages(): Promise<Map<string, string>> {
  const compiled = (params: Record<string, string>) =>
    compileTemplate({ root, stage: 'dev', params }) as Promise<unknown> as Promise<Template>;
  // With everything that brings types of resources of its own.
  const everything = {
    ...{ hardened: 'on', alarmEmail: 'ops@example.com', monthlyBudget: '50', tracing: 'on' },
    ...{ events: 'bus', push: 'on', files: 'on' },
    reviewFunction: 'arn:aws:lambda:us-east-1:123456789012:function:edge-chat-dev-review',
  };
  const [bare, full] = await Promise.all([compiled({}), compiled(everything)]);
  return new Map([
    ['docs/parameters.md', parametersPage()],
    ['docs/permissions.md', permissionsPage(bare)],
    ['docs/deployer-permissions.md', deployerPage(full)],
    ...deployPolicies(full),
  ]);
}
