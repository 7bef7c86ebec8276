import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The operator's console in a process of its own, on a local stack. */
export interface ConsoleProcess {
  /** The address that it printed. */
  url: string;
  command: ChildProcess;
  /** What it has printed besides. */
  told(): string;
}

/** Runs `edge-chat console` as an operator would, with credentials in the environment. */
export async function startConsole(lambdaUrl: string): Promise<ConsoleProcess> {
  const command = spawn(
    process.execPath,
    ['--import', 'tsx', 'cli/edgeChat.ts', 'console', '--settle', '0'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        AWS_ENDPOINT_URL_LAMBDA: lambdaUrl,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
      },
    },
  );
  let told = '';
  command.stderr.on('data', (chunk) => (told += chunk));
  const [url] = await Promise.race([
    once(createInterface(command.stdout), 'line'),
    once(command, 'close').then(() => {
      throw new Error(`The console ended: ${told}`);
    }),
  ]);
  return { url, command, told: () => told };
}
