import { createStyle } from '../chat/style';
import { CHECKS } from './checks';
import { HELP, type Options, readOptions } from './options';
import { describeResult, summary, toJson } from './report';
import { runChecks } from './run';
import type { Result } from './types';

/** How the program ends; `--help` says what each means. */
const EXIT = { fine: 0, failed: 1, unable: 2 } as const;

type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Runs the checks as the command line says, and gives the exit code. */
export async function doctor(args: readonly string[]): Promise<ExitCode> {
  const read = readOptions(args, process.env);
  switch (read.kind) {
    case 'help':
      process.stdout.write(HELP);
      return EXIT.fine;
    case 'wrong':
      console.error(read.line);
      return EXIT.unable;
    case 'run':
      return examine(read.options);
    default:
      return read satisfies never;
  }
}

async function examine(options: Options): Promise<ExitCode> {
  const { json, withinMs, socketUrl } = options;
  const style = createStyle(process.stdout.isTTY && process.stdout.hasColors() && !process.env.NO_COLOR);
  // Who reads the pipe may have seen enough, as in `| head`; the exit code still counts.
  process.stdout.on('error', () => {});
  const report = (result: Result) => console.log(describeResult(result, style));
  const results = await runChecks(options, CHECKS, { withinMs, ...(!json && { report }) });
  console.log(json ? toJson(socketUrl, results) : summary(results));

  const failed = results.filter(({ outcome }) => outcome === 'failed');
  if (failed.length === 0) return EXIT.fine;
  return failed.some(({ name }) => name === 'reach') ? EXIT.unable : EXIT.failed;
}
