import { clearScreenDown, createInterface, moveCursor } from 'node:readline';

/** Lines in, lines out: what is printed goes above the line being typed. */
export interface Prompt {
  print(line: string): void;
  label(text: string): void;
  close(): void;
}

export interface PromptEvents {
  line(text: string): void;
  typing(): void;
  close(): void;
}

/** As much of a terminal as is needed here. */
export interface Terminal {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream & { readonly columns: number; hasColors(): boolean };
}

/** Puts a prompt on a terminal. */
export function openPrompt({ input, output }: Terminal, events: PromptEvents): Prompt {
  const reader = createInterface({ input, output, prompt: '> ', terminal: true });
  let isOpen = true;

  /** Takes the prompt off the screen, however many rows the line being typed has. */
  const clear = () => {
    moveCursor(output, -output.columns, -reader.getCursorPos().rows);
    clearScreenDown(output);
  };
  reader.on('line', (text) => {
    if (!text.startsWith('/')) eraseTyped(output, reader.getPrompt() + text);
    events.line(text);
    if (isOpen) reader.prompt();
  });
  const onKey = () => {
    if (reader.line !== '' && !reader.line.startsWith('/')) events.typing();
  };
  input.on('keypress', onKey);
  reader.on('close', () => {
    isOpen = false;
    input.off('keypress', onKey);
    output.write('\n');
    events.close();
  });
  reader.prompt();

  return {
    print(line) {
      if (isOpen) clear();
      output.write(`${line}\n`);
      if (isOpen) reader.prompt(true);
    },
    label(text) {
      reader.setPrompt(text);
      if (isOpen) reader.prompt(true);
    },
    close() {
      if (isOpen) reader.close();
    },
  };
}

/** Takes the typed line off the screen, where its width is sure: it comes back with its time once it is sent. */
function eraseTyped(output: Terminal['output'], typed: string): void {
  if (!/^[\x20-\x7e\xa1-\xac\xae-\u02ff]*$/.test(typed)) return;
  const rows = Math.max(1, Math.ceil(typed.length / output.columns));
  moveCursor(output, 0, -rows);
  clearScreenDown(output);
}
