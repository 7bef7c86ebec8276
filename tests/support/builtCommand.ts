import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { cacheDirectory, fingerprint } from '../../local/util/buildFingerprint';

const ROOT = path.resolve(__dirname, '..', '..');

const { bundleCommand } = require('../../scripts/bundleCommand.cjs') as {
  bundleCommand(directory: string): Promise<void>;
};

/** What the command is made of: a change in any of these files makes a new one. */
const SOURCES = [
  ...['cli', 'client', 'lib/protocol'],
  ...['scripts/bundleCommand.cjs', 'package-lock.json', 'package.json', 'tsconfig.json'],
];

/** The file of the command as users get it, built once for each state of its sources. */
export async function builtCommand(): Promise<string> {
  const directory = path.join(cacheDirectory(ROOT), `command-${await fingerprint(ROOT, SOURCES)}`);
  if (!existsSync(directory)) {
    // Several tests may build at once; a rename never shows a half-written file, and the first one stays.
    const draft = `${directory}.${process.pid}`;
    await bundleCommand(draft);
    await rename(draft, directory).catch(() => rm(draft, { recursive: true }));
  }
  return path.join(directory, 'edge-chat.cjs');
}
