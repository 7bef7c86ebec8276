import path from 'node:path';
import { readCommandLine } from './commandLine';
import { terminalLine } from './console/output';
import { createStats } from './console/stats';
import { STATS_PATH, statsPage } from './console/statsPage';
import { keepStatus, type StatusLine, summaryOf } from './console/statusLine';
import { buildPage, pageDirectory } from './services/pageBuild';
import { type Stack, startStack } from './stack';
import { startFailure } from './startFailure';

const root = path.resolve(__dirname, '..');

/** Prints why the stack cannot start, and ends. */
function refuse(line: string): never {
  console.error(line);
  process.exit(1);
}

/** Calls back when the parent process has ended: a killed `npm` passes no signal on. */
function onOrphaned(end: () => void): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && end(), 500).unref();
}

/** What the AWS CLI, and every SDK, need in their environment to invoke the local functions. */
function invokedAt({ lambdaUrl }: Stack): string {
  return `AWS_ENDPOINT_URL_LAMBDA=${lambdaUrl} AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local`;
}

async function main(): Promise<void> {
  const commandLine = readCommandLine(process.argv.slice(2));
  if (commandLine.kind === 'wrong') refuse(commandLine.line);
  if (commandLine.kind === 'help') return console.log(commandLine.text);
  const { options } = commandLine;
  const { host, port, tls, data, stage, params, quiet, signIn, reviewer } = options;

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
      host,
      port,
      tls,
      stage,
      params,
      pageDirectory: pageDirectory(root),
      data: data && path.resolve(data),
      signIn: signIn ? {} : undefined,
      reviewer: reviewer && path.resolve(reviewer),
      localPages: statsPage(stats),
      print: (line) => {
        stats.take(line);
        const shown = ending ? undefined : terminalLine(line, quiet);
        if (shown !== undefined) print(shown);
      },
    }),
    buildPage(root),
  ]).catch((error) => refuse(startFailure(error, options)));

  stack = started;
  console.log(`${quiet ? '' : 'Open this in two windows; Ctrl-C ends it: '}${stack.url}`);
  if (!quiet) {
    for (const url of stack.networkUrls) console.log(`On another device in this network: ${url}`);
    if (tls) console.log("The certificate is self-signed: accept the browser's warning.");
    if (stack.provider) console.log(`People sign in at ${stack.provider.url}, on this machine only.`);
    const key = stack.template.Resources.EventsKey && stack.secrets.value(stack.ref('EventsKey'));
    if (key) console.log(`Events go to ${params?.eventsUrl}, signed with whsec_${key.value}`);
    console.log(`Functions that are invoked, as by \`npx edge-chat console\`: ${invokedAt(stack)}`);
    console.log(`Statistics: ${stack.url}${STATS_PATH}`);
    status = keepStatus(process.stderr, () => summaryOf(stats.snapshot()));
  }
  const why = await stack.failed;
  if (ending) return;
  print(why);
  process.exitCode = 1;
  await end();
}

void main();
