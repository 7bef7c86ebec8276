import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { bundleWorker } from '../simulation/bundle';
import { runWorkers } from '../simulation/processes';
import { mutate } from './mutations';
import type { Mutant } from './plan';

/** Tests that take longer than this hang, in milliseconds. */
const TEST_TIMEOUT_MS = 240_000;
/** The simulation runs as much as `npm test` does. */
const SIMULATION = { seed: 2_000_000, sends: 12_000, seeds: Number.MAX_SAFE_INTEGER, jobs: 1 };

/** Runs the tests that see a mistake. Gives what found it, or nothing where it survived. */
export async function tryMutant(mutant: Mutant): Promise<string | undefined> {
  for (const tests of mutant.area.tests) {
    const found = await runTests(tests, mutant);
    if (found) return found;
  }
  return mutant.area.isSimulated ? runSimulation(mutant) : undefined;
}

/** Runs tests by their patterns, with a mistake or without one. Gives the first that failed. */
export function runTests(patterns: readonly string[], mutant?: Mutant): Promise<string | undefined> {
  const { MUTANT: _, ...env } = process.env;
  const planted = mutant && { ...mutant.mutation, path: path.resolve(mutant.mutation.file) };
  const jest = spawn(
    process.execPath,
    [
      'node_modules/jest/bin/jest.js',
      '--config',
      'tests/mutants/jest.config.cjs',
      '-i',
      '--bail',
      '--silent',
      ...patterns,
    ],
    {
      env: { ...env, ...(planted && { MUTANT: JSON.stringify(planted) }) },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    },
  );
  let output = '';
  jest.stderr.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    let hangs = false;
    const timer = setTimeout(() => {
      hangs = true;
      if (jest.pid !== undefined) process.kill(-jest.pid, 'SIGKILL');
    }, TEST_TIMEOUT_MS);
    jest.on('error', reject);
    jest.on('close', (code) => {
      clearTimeout(timer);
      if (hangs) resolve('hangs');
      else resolve(code === 0 ? undefined : (/FAIL \S+ (\S+)/.exec(output)?.[1] ?? 'no test could run'));
    });
  });
}

/** Runs the simulation. A file that it does not hold changes nothing there. */
async function runSimulation({ mutation }: Mutant): Promise<string | undefined> {
  const source = readFileSync(mutation.file, 'utf8');
  const patch = { file: mutation.file, find: source, replace: mutate(source, mutation) };
  const script = await bundleWorker([patch], { isOptional: true });
  try {
    const { broken } = await runWorkers(script, { ...SIMULATION, stopsWhenBroken: true });
    return broken[0] && `simulation, seed ${broken[0].seed}: ${broken[0].violations[0]?.kind}`;
  } catch (error) {
    // A failure that no code waits for ends the process.
    return `simulation: ${error instanceof Error ? error.message : error}`;
  }
}
