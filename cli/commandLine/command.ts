import { Command, CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { complain } from '../terminal/terminalText';
import { CommandError, EXIT } from './exitCodes';

/** Makes a command that reports a wrong option in one line, and throws where commander would end the process. */
export function createCommand(name: string): Command {
  return new Command(name)
    .exitOverride()
    .helpOption('--help', 'print this text')
    .configureOutput({ outputError: (text) => complain(oneLine(text)) });
}

/** Runs a program and sets the exit code: 2 for a wrong command line, 1 for an unforeseen error. */
export async function runProgram(
  program: CommandUnknownOpts,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  // The reader of a pipe may close it early, as `| head` does.
  process.stdout.on('error', () => {});
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    // Commander has printed its own errors.
    if (error instanceof CommanderError) return;
    complain(error instanceof CommandError ? error.message : describe(error));
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  return EXIT.failed;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

/** Makes a sentence of commander's `error: unknown option '--nope'` and its suggestion on a second line. */
function oneLine(text: string): string {
  const [problem = '', ...more] = text.trim().split('\n');
  const sentence = problem
    .replace(/^error: ./, (start) => start.slice(-1).toUpperCase())
    .replace(/\.?$/, '.');
  return [sentence, ...more, '--help lists the options.'].join(' ');
}
