import { printable } from '../terminal/terminalText';

const CLEAR_LINE = '\r\u001b[2K';

/** A line that shows how much of a file is done, as long as there is a terminal. */
export interface ProgressLine {
  show(name: string, bytes: number, total: number): void;
  clear(): void;
}

/** Where lines of others come in between. */
export const NO_PROGRESS: ProgressLine = { show() {}, clear() {} };

/** Shows progress in the last line of a terminal; nothing in a pipe. */
export function createProgressLine(output: NodeJS.WritableStream & { isTTY?: boolean }): ProgressLine {
  let shown = '';
  const write = (line: string): void => {
    if (!output.isTTY || line === shown) return;
    shown = line;
    output.write(CLEAR_LINE + line);
  };
  return {
    show(name, bytes, total) {
      const percent = total > 0 ? Math.min(100, Math.floor((bytes / total) * 100)) : 100;
      write(`${printable(name)} ${percent} %`);
    },
    clear: () => write(''),
  };
}
