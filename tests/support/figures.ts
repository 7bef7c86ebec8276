import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

const FILE = path.resolve(__dirname, '../../.build/figures.jsonl');

/** Records what a test has measured; `summary.cjs` prints it at the end of the run. */
export function figure(what: string, seen: string): void {
  mkdirSync(path.dirname(FILE), { recursive: true });
  appendFileSync(FILE, `${JSON.stringify({ what, seen })}\n`);
}
