import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** Where `npm run build:web` puts the page. */
export const pageDirectory = (root: string) => path.join(root, '.build', 'web');

/** Builds the page when there is none: a fresh clone has nothing but its sources. */
export async function buildPage(root: string): Promise<void> {
  if (existsSync(path.join(pageDirectory(root), 'index.html'))) return;

  const npm = process.env.npm_execpath;
  const [command, ...before] = npm ? [process.execPath, npm] : ['npm'];
  const child = spawn(command, [...before, 'run', '--silent', 'build:web'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  const [status] = await once(child, 'close');
  if (status !== 0)
    throw new Error(`The page does not build; \`npm run build:web\` says:\n${printed.trim()}`);
}
