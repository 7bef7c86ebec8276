import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { cacheDirectory, fingerprint } from '../util/buildFingerprint';
import { startTool } from '../util/processes';
import type { Template } from './template';

/** What the template is made of, besides the parameters: a change in any of these files makes a new one. */
const SOURCES = ['serverless.yml', 'package-lock.json', 'infra', 'local/plugin.cjs'];

/** The lines of plugins that bundle and serve. No template depends on them, and they take long to load. */
const BUNDLING_PLUGINS = /^ {2}- serverless-(esbuild|offline)\n/gm;

/** Where the project is, and how the stack is parametrised. */
export interface Project {
  root: string;
  stage: string;
  params: Record<string, string>;
}

/** The template `sls deploy` would send, compiled once for each state of its sources. Needs no credentials. */
export async function compileTemplate(project: Project): Promise<Template> {
  const { root, stage, params } = project;
  const directory = cacheDirectory(root);
  const salt = [stage, Object.entries(params).sort()];
  const file = path.join(directory, `template-${await fingerprint(root, SOURCES, salt)}.json`);
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known !== undefined) return JSON.parse(known);

  const text = await packageTemplate(project);
  // Several stacks may compile at once; a rename never shows a half-written file.
  await mkdir(directory, { recursive: true });
  const draft = `${file}.${process.pid}-${Date.now()}`;
  await writeFile(draft, text);
  await rename(draft, file);
  return JSON.parse(text);
}

async function packageTemplate({ root, stage, params }: Project): Promise<string> {
  const service = await serviceFolder(root);
  try {
    const sls = require.resolve('serverless/bin/serverless.js', { paths: [root] });
    const given = Object.entries(params).map(([name, value]) => `--param=${name}=${value}`);
    const child = startTool(sls, ['package', '--stage', stage, ...given], service, {
      EDGE_CHAT_LOCAL: 'template',
      SLS_NOTIFICATIONS_MODE: 'off',
    });
    await child.ended;
    if (child.process.exitCode !== 0)
      throw new Error(`The stack does not package:\n${await child.lastWords()}`);
    const template = path.join(service, '.serverless', 'cloudformation-template-update-stack.json');
    return await readFile(template, 'utf8');
  } finally {
    await rm(service, { recursive: true, force: true });
  }
}

/** The framework works beside serverless.yml: two runs in one folder would take each other's files away. */
async function serviceFolder(root: string): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'edge-chat-template-'));
  // It does not take a link for its configuration file.
  const service = await readFile(path.join(root, 'serverless.yml'), 'utf8');
  await writeFile(path.join(folder, 'serverless.yml'), service.replace(BUNDLING_PLUGINS, ''));
  const parts = ['infra', 'local', 'handlers', 'lib', 'node_modules', 'package.json'];
  await Promise.all(parts.map((part) => symlink(path.join(root, part), path.join(folder, part))));
  return folder;
}
