import path from 'node:path';
import { isWorthShowing } from './console/output';
import { createStats } from './console/stats';
import { STATS_PATH, statsPage } from './console/statsPage';
import { keepStatus, type StatusLine, summaryOf } from './console/statusLine';
import { readArguments } from './options';
import { buildPage, pageDirectory } from './services/pageBuild';
import { type Stack, startStack } from './stack';

const root = path.resolve(__dirname, '..');

/** Ends with a line and no stack: what went wrong is the user's to mend. */
function refuse(line: string): never {
  console.error(line);
  process.exit(1);
}

/** The line for a stack that did not start. */
function reasonOf(error: unknown, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return `Port ${port} is taken. Stop what uses it, or choose another: npm start -- --port ${port + 1}`;
  if (code === 'EACCES')
    return `Port ${port} needs more rights than this process has. Choose another: npm start -- --port 8080`;
  return message;
}

/** Calls back when whoever started this process is gone: a killed `npm` passes nothing on. */
function onOrphaned(end: () => void): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && end(), 500).unref();
}

/** What the AWS CLI, and every SDK, need in their environment to invoke the local functions. */
function invokedAt({ lambdaUrl }: Stack): string {
  return `AWS_ENDPOINT_URL_LAMBDA=${lambdaUrl} AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local`;
}

async function main(): Promise<void> {
  const parsed = readArguments(process.argv.slice(2));
  if (!parsed.ok) refuse(parsed.line);
  const { port, data, quiet, tls } = parsed.arguments;

  const stats = createStats();
  let status: StatusLine | undefined;
  const print = (line: string): void => (status ? status.print(line) : console.error(line));

  let stack: Stack | undefined;
  let ending = false;
  // Processes of a stack that is still starting end with this one.
  const end = async () => {
    if (ending || !stack) process.exit();
    ending = true;
    status?.stop();
    await stack.stop();
    process.exit();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
  onOrphaned(end);

  const [started] = await Promise.all([
    startStack({
      root,
      port,
      ...(tls && { tls }),
      pageDirectory: pageDirectory(root),
      ...(data && { data: path.resolve(data) }),
      aside: statsPage(stats),
      print: (line) => {
        stats.take(line);
        if (isWorthShowing(line, quiet)) print(line);
      },
    }),
    buildPage(root),
  ]).catch((error) => refuse(reasonOf(error, port)));

  stack = started;
  console.log(`${quiet ? '' : 'Open this in two windows; Ctrl-C ends it: '}${stack.url}`);
  if (tls && !quiet)
    console.log('Nobody vouches for its certificate, which was made just now: let the browser go on.');
  if (!quiet) {
    console.log(`Functions that are invoked, as by \`npx edge-chat export\`: ${invokedAt(stack)}`);
    console.log(`What is going on: ${stack.url}${STATS_PATH}`);
    status = keepStatus(process.stderr, () => summaryOf(stats.snapshot()));
  }
  const why = await stack.failed;
  if (ending) return;
  print(why);
  process.exitCode = 1;
  await end();
}

void main();
