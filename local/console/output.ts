const LEVELS = ['trace', 'debug', 'info', 'notice', 'warn', 'error', 'fatal'];

/**
 * Whether the terminal shows a function's line: it shows warnings, errors, and everything that is no log line. With
 * `quiet`, errors only.
 */
export function isWorthShowing(line: string, quiet: boolean): boolean {
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
