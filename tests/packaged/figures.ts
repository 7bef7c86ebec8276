import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** Where the rehearsal's figures are gathered, for the summary at its end. */
export const FIGURES = path.resolve(__dirname, '../../.build/rehearsal.jsonl');

/** Says what was seen, for the summary. */
export function figure(what: string, seen: string): void {
  mkdirSync(path.dirname(FIGURES), { recursive: true });
  appendFileSync(FIGURES, `${JSON.stringify({ what, seen })}\n`);
}
