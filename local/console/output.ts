import { printableLines } from '../../cli/terminal/terminalText';

const LEVELS = ['trace', 'debug', 'info', 'notice', 'warn', 'error', 'fatal'];

/**
 * Gives what the terminal shows of a function's line: warnings, errors, and everything that is no log line. With
 * `quiet`, errors only. A stranger's text may stand in an error: its control and invisible characters are written out.
 */
export function terminalLine(line: string, quiet: boolean): string | undefined {
  return isWorthShowing(line, quiet) ? printableLines(line) : undefined;
}

function isWorthShowing(line: string, quiet: boolean): boolean {
  const level = LEVELS.indexOf(levelOf(line));
  if (level < 0) return !quiet || /error|failed/i.test(line);
  return level >= LEVELS.indexOf(quiet ? 'error' : 'warn');
}

function levelOf(line: string): string {
  try {
    const { level = 'info' } = JSON.parse(line);
    return String(level).toLowerCase();
  } catch {
    return '';
  }
}
