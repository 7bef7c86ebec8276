import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startTool } from './processes';
import type { Template } from './template';

/** What the template is made of, besides the parameters: a change in any of these files makes a new one. */
const SOURCES = ['serverless.yml', 'package-lock.json', 'infra', 'local/plugin.cjs'];

/** Where the project is, and how the stack is parametrised. */
export interface Project {
  root: string;
  stage: string;
  params: Record<string, string>;
}

/** The template `sls deploy` would send, compiled once for each state of its sources. Needs no credentials. */
export async function compileTemplate(project: Project): Promise<Template> {
  const directory = path.join(project.root, '.build', 'local');
  const file = path.join(directory, `template-${await fingerprint(project)}.json`);
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
  const output = await mkdtemp(path.join(os.tmpdir(), 'edge-chat-template-'));
  try {
    const sls = require.resolve('serverless/bin/serverless.js', { paths: [root] });
    const given = Object.entries(params).map(([name, value]) => `--param=${name}=${value}`);
    const command = ['package', '--package', output, '--stage', stage, ...given];
    const child = startTool(sls, command, root, {
      EDGE_CHAT_LOCAL: 'template',
      SLS_NOTIFICATIONS_MODE: 'off',
    });
    await child.ended;
    if (child.process.exitCode !== 0) throw new Error(`The stack does not package:\n${child.printed()}`);
    return await readFile(path.join(output, 'cloudformation-template-update-stack.json'), 'utf8');
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

async function fingerprint({ root, stage, params }: Project): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([stage, Object.entries(params).sort()]));
  for (const source of SOURCES)
    for (const file of await filesOf(path.join(root, source)))
      hash.update(path.relative(root, file)).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

/** The files below a directory, or the file itself. */
async function filesOf(file: string): Promise<string[]> {
  const names = await readdir(file, { recursive: true }).catch(() => ['']);
  const files = names.sort().map((name) => path.join(file, name));
  const kinds = await Promise.all(files.map((each) => stat(each)));
  return files.filter((_each, i) => kinds[i]?.isFile());
}
