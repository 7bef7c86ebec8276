import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pages } from './pages';

async function write(): Promise<void> {
  for (const [file, text] of await pages()) writeFileSync(path.resolve(__dirname, '../..', file), text);
}

void write();
