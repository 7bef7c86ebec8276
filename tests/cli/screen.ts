import type { Readable } from 'node:stream';

const TIMEOUT_MS = 10_000;

/** What a terminal has shown. */
export interface Screen {
  shown(): string;
  /** Waits until the screen shows a text after the text that was awaited before. */
  sees(text: string): Promise<void>;
}

/** Reads a terminal's output. @throws Error when a text does not come in time. */
export function watchScreen(name: string, output: Readable): Screen {
  let shown = '';
  let from = 0;
  let look = () => {};
  output.on('data', (data) => {
    shown += data;
    look();
  });
  return {
    shown: () => shown,
    sees: (text) =>
      new Promise((resolve, reject) => {
        const fail = () => reject(new Error(`${name} did not see ${text}, but ${shown.slice(from)}`));
        const timer = setTimeout(fail, TIMEOUT_MS);
        look = () => {
          const at = shown.indexOf(text, from);
          if (at < 0) return;
          look = () => {};
          from = at + text.length;
          clearTimeout(timer);
          resolve();
        };
        look();
      }),
  };
}
