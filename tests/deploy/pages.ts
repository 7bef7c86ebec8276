import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compileTemplate } from '../../local/template/compile';
import { reasonFor } from '../packaged/explained';
import { type Grant, grantsOf } from '../packaged/grants';
import type { Template } from '../template/template';

/** The pages under docs/ that are made from the code. `npm run docs` writes them. */

const root = path.resolve(__dirname, '../..');

interface Parameter {
  takes: string;
  means: string;
  example: string;
}

const { accepted } = require('../../infra/parameters.js') as { accepted: Record<string, Parameter> };
const { policiesFor } = require('../../infra/deploy/policy.js') as {
  policiesFor(types: string[]): Record<'stack' | 'front', object>;
};

/** Defaults as serverless.yml gives them. */
function defaults(): Map<string, string> {
  const text = readFileSync(path.join(root, 'serverless.yml'), 'utf8');
  const block = /^params:\n {2}default:\n((?: {4}.*\n)+)/m.exec(text)?.[1] ?? '';
  return new Map(
    [...block.matchAll(/^ {4}(\w+): '?(.*?)'?$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

const row = (...cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const code = (text: string) => (text === '' ? '' : `\`${text}\``);

export function parametersPage(): string {
  const given = defaults();
  const rows = Object.entries(accepted).map(([name, { takes, means, example }]) =>
    row(code(name), `${means}.`, takes, code(given.get(name) ?? '') || 'not given', code(example)),
  );
  return `# Parameters

Made by \`npm run docs\` from \`infra/parameters.js\` and \`serverless.yml\`; a test compares.

A deployment takes each as \`--param="name=value"\`, or for a stage from \`params:\` in \`serverless.yml\`:

\`\`\`
npm run deploy -- --stage prod --param="guests=off" --param="logLevel=warn"
\`\`\`

A deployment has the parameters it is given and no others: what an earlier one was given is not remembered.
What does not fit is one line, and nothing is packaged. \`domainName\` and \`certificateArn\` go together, and so do
\`oidcIssuer\`, \`oidcAudience\` and \`oidcJwksUrl\`; \`guests=off\` needs those three.

${row('name', 'what it is for', 'takes', 'default', 'example')}
${row('---', '---', '---', '---', '---')}
${rows.join('\n')}
`;
}

const shown = (resource: string) =>
  resource
    .replace(/^arn:.*\/ws\/(POST|DELETE)\/@connections\/\*$/, 'this API: `$1 /ws/@connections/*`')
    .replace(/^<(\w+?)(?:\.Arn)?>$/, '$1');

export function permissionsPage(template: Template): string {
  const grants = grantsOf(template);
  const byResource = new Map<string, Grant[]>();
  for (const grant of grants) {
    const key = `${grant.by} ${grant.resource}`;
    byResource.set(key, [...(byResource.get(key) ?? []), grant]);
  }
  const rows = [...byResource.values()].map((same) => {
    const [{ by, resource } = { by: '', resource: '' }] = same;
    const actions = same.map(({ action }) => `\`${action}\``).join(', ');
    const reasons = [...new Set(same.map((grant) => reasonFor(grant) ?? 'used in the rehearsal'))];
    return row(by, shown(resource), actions, reasons.join(' '));
  });
  return `# What each function may do

Made by \`npm run docs\` from the compiled template; a test fails when a policy grows or this page is
stale. Each function has a role of its own, and nothing else gives it a right.

\`npm run rehearse\` runs every function from its zip, writes down every call of AWS, and matches it with the policy of
the function that made it. A right that no run uses fails the rehearsal, unless it is explained here.

${row('function', 'resource', 'may', 'used')}
${row('---', '---', '---', '---')}
${rows.join('\n')}
`;
}

function deployPolicies(template: Template): [string, string][] {
  const types = Object.values(template.Resources).map(({ Type }) => Type);
  return Object.entries(policiesFor(types)).map(([name, policy]) => [
    `docs/deploy-policy-${name}.json`,
    `${JSON.stringify(policy, null, 2)}\n`,
  ]);
}

/** Every page by its path, as it should be. */
export async function pages(): Promise<Map<string, string>> {
  const compiled = (params: Record<string, string>) =>
    compileTemplate({ root, stage: 'dev', params }) as Promise<unknown> as Promise<Template>;
  // With everything that brings types of resources of its own.
  const everything = { watch: 'all', alarmEmail: 'ops@example.com', monthlyBudget: '50' };
  const [bare, full] = await Promise.all([compiled({}), compiled(everything)]);
  return new Map([
    ['docs/parameters.md', parametersPage()],
    ['docs/permissions.md', permissionsPage(bare)],
    ...deployPolicies(full),
  ]);
}
