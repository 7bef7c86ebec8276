import { execFile } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import type { Template } from './template';

/**
 * Runs `sls package` in a new folder each time: it writes to `.esbuild` and `.serverless` beside serverless.yml, where
 * two runs would collide.
 */

const { withoutFunctions } = require('../../infra/grants.js') as {
  withoutFunctions: (given: { events: string; push: string }) => string[];
};

const root = join(__dirname, '../..');

/** Names of the functions, with those that only a stack with some parameter has. */
export const allFunctions = [
  ...readFileSync(join(root, 'serverless.yml'), 'utf8').matchAll(/handler: handlers\/(\w+)\.handler/g),
].map(([, name = '']) => name);

/** Names of the functions of a stack with no parameter. */
export const functions = allFunctions.filter(
  (name) => !withoutFunctions({ events: 'off', push: 'off' }).includes(name),
);

/** The template does not depend on the handlers' code; where only the template matters, empty ones are faster. */
type Handlers = 'real' | 'empty';

const folders: string[] = [];

function serviceFolder(handlers: Handlers): string {
  const folder = mkdtempSync(join(tmpdir(), 'edge-chat-'));
  folders.push(folder);
  // The framework does not take a link for its configuration file.
  copyFileSync(join(root, 'serverless.yml'), join(folder, 'serverless.yml'));
  for (const name of ['infra', 'local', 'node_modules', 'package.json'])
    symlinkSync(join(root, name), join(folder, name));
  if (handlers === 'real') symlinkSync(join(root, 'handlers'), join(folder, 'handlers'));
  else writeEmptyHandlers(folder);
  leaveBehindAKilledRun(folder);
  return folder;
}

function writeEmptyHandlers(folder: string): void {
  mkdirSync(join(folder, 'handlers'));
  for (const name of allFunctions)
    writeFileSync(join(folder, `handlers/${name}.ts`), 'export const handler = async () => ({});\n');
}

function leaveBehindAKilledRun(folder: string): void {
  mkdirSync(join(folder, '.esbuild/.build/handlers'), { recursive: true });
  writeFileSync(join(folder, '.esbuild/.build/handlers/leftover.js'), 'leftover');
}

export interface Packaged {
  exitCode: number;
  /** What the command printed. */
  output: string;
  /** Where it leaves what it made, until the test file ends. */
  folder: string;
}

/** An environment without credentials, and without a network. */
export const offline = (variables: Record<string, string>) => ({
  PATH: process.env.PATH,
  NODE_OPTIONS: `--require ${join(__dirname, 'noNetwork.cjs')}`,
  ...variables,
});

/** Runs the command without credentials, home or network. Resolves whatever came of it. */
export function runPackage(
  stage: string,
  parameters: Record<string, string>,
  handlers: Handlers,
): Promise<Packaged> {
  const folder = serviceFolder(handlers);
  const given = Object.entries(parameters).map(([name, value]) => `--param=${name}=${value}`);
  const command = [join(root, 'node_modules/.bin/sls'), 'package', '--stage', stage, ...given];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      command,
      { cwd: folder, env: offline({ HOME: folder, TMPDIR: folder }) },
      (error, stdout, stderr) =>
        resolve({ exitCode: error ? Number(error.code) : 0, output: stdout + stderr, folder }),
    );
  });
}

export const templateFile = ({ folder }: Packaged): string =>
  join(folder, '.serverless/cloudformation-template-update-stack.json');

/** The template that the framework would give CloudFormation. */
export function compiledTemplate(packaged: Packaged): Template {
  if (packaged.exitCode !== 0) throw new Error(`sls package failed: ${packaged.output}`);
  return JSON.parse(readFileSync(templateFile(packaged), 'utf8'));
}

/** The files in a function's zip: their names, and what they hold. */
export function unzip({ folder }: Packaged, name: string): Map<string, string> {
  const zip = readFileSync(join(folder, `.serverless/${name}.zip`));
  const files = new Map<string, string>();
  const entry = Buffer.from('PK\x01\x02');
  for (let at = zip.indexOf(entry); at >= 0; at = zip.indexOf(entry, at + 1)) {
    const size = zip.readUInt32LE(at + 20);
    const header = zip.readUInt32LE(at + 42);
    const data = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
    const file = zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28));
    files.set(file, inflateRawSync(zip.subarray(data, data + size)).toString());
  }
  return files;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
