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

const root = join(__dirname, '../..');

/** What a command came to. */
export interface Ran {
  exitCode: number;
  /** What it printed, on both streams. */
  output: string;
}

/** A copy of the project in its own folder, with handlers and a page that are quick to build. */
export interface Project {
  folder: string;
  /** Runs the framework's command line, with no environment but this. */
  sls(command: string[], environment: Record<string, string>): Promise<Ran>;
  /** Makes the page consist of these files. */
  page(files: Record<string, string>): void;
  remove(): void;
}

export const PAGE = {
  'index.html': '<script src="/assets/app-AAAAAAAA.js"></script>',
  'assets/app-AAAAAAAA.js': 'first()',
  'assets/app-BBBBBBBB.css': 'body{}',
  'assets/icon-0123abcd.svg': '<svg/>',
};

export function openProject(): Project {
  const folder = mkdtempSync(join(tmpdir(), 'edge-chat-deploy-'));
  // The framework does not take a link for its configuration file.
  copyFileSync(join(root, 'serverless.yml'), join(folder, 'serverless.yml'));
  for (const name of ['infra', 'local', 'node_modules', 'package.json'])
    symlinkSync(join(root, name), join(folder, name));
  mkdirSync(join(folder, 'handlers'));
  for (const name of handlers())
    writeFileSync(join(folder, `handlers/${name}.ts`), 'export const handler = async () => ({});\n');
  mkdirSync(join(folder, 'web'));

  const page = (files: Record<string, string>) =>
    writeFileSync(join(folder, 'web/build.mjs'), buildScript(files));
  page(PAGE);

  return {
    folder,
    page,
    sls: (command, environment) =>
      new Promise((resolve) => {
        execFile(
          process.execPath,
          [join(root, 'node_modules/serverless/bin/serverless.js'), ...command],
          { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, ...environment } },
          (error, stdout, stderr) =>
            resolve({ exitCode: error ? Number(error.code) : 0, output: stdout + stderr }),
        );
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const handlers = () =>
  [...readFileSync(join(root, 'serverless.yml'), 'utf8').matchAll(/handler: handlers\/(\w+)\.handler/g)].map(
    ([, name = '']) => name,
  );

/** A build that takes no time: it writes the files down. */
const buildScript = (files: Record<string, string>) => `
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
rmSync('.build/web', { recursive: true, force: true });
for (const [name, text] of Object.entries(${JSON.stringify(files)})) {
  mkdirSync(path.dirname('.build/web/' + name), { recursive: true });
  writeFileSync('.build/web/' + name, text);
}
`;
