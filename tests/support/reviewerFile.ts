import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Writes a reviewer's module to a temporary folder, which goes after the tests of the file. Gives its path. */
export function reviewerFile(source: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'edge-chat-reviewer-'));
  const file = path.join(folder, 'reviewer.mjs');
  writeFileSync(file, source);
  afterAll(() => rmSync(folder, { recursive: true }));
  return file;
}
