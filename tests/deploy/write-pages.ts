import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createCommand, runProgram } from '../../cli/commandLine/command';
import { pages } from './pages';

async function write(): Promise<void> {
  for (const [file, text] of await pages()) writeFileSync(path.resolve(__dirname, '../..', file), text);
}

void runProgram(
  createCommand('npm run docs --').description('Write the generated parts of the docs.').action(write),
);
