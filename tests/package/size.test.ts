import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

it('ships no more to a browser than its limit', async () => {
  const program = path.resolve(__dirname, '..', '..', 'client', 'size.mjs');

  const { stdout } = await promisify(execFile)(process.execPath, [program]);

  console.info(stdout.trim());
  expect(stdout).toMatch(/^edge-chat\/client: \d+ bytes by terser, \d+ bytes by esbuild \(limit \d+\)$/m);
}, 120_000);
