import type { FileHandle } from 'node:fs/promises';
import type { LogEntry } from '../../lib/protocol';
import { CommandError, EXIT } from '../commandLine/exitCodes';
import { roomName, wholeNumber } from '../commandLine/values';
import { complain, jsonLine } from '../terminal/terminalText';
import { connectToFunction } from './invokeFunction';
import { openForExport, resumeAt } from './resumeExport';
import { createOperatorCommand } from './stackOptions';

/** Makes `edge-chat export`. */
export function exportCommand() {
  return createOperatorCommand('export', 'the function operatorExport')
    .summary("write a room's history")
    .description("Write a room's whole history, one JSON object a line, oldest first.")
    .argument('<room>', 'name of the room', roomName)
    .option(
      '--out <file>',
      'write to this file, after its last line if it has any (default: standard output)',
    )
    .option('--after <seq>', 'begin above this seq', wholeNumber(0))
    .action(async (room, { out, after, ...stack }) => {
      const invoke = await connectToFunction('operatorExport', stack);
      const first = after ?? (out === undefined ? 0 : await resumeAt(out));
      const file = out === undefined ? undefined : await openForExport(out, 'a');
      let [count, last] = [0, first];
      try {
        for (let next: number | undefined = first; next !== undefined; ) {
          const page = (await invoke({ room, after: next })) as { messages: LogEntry[]; next?: number };
          await write(page.messages.map((entry) => `${jsonLine(entry)}\n`).join(''), file);
          count += page.messages.length;
          last = page.messages.at(-1)?.seq ?? last;
          next = page.next;
        }
      } catch (error) {
        complain(`Stopped after seq ${last}: continue with --after ${last}, or with the same --out.`);
        throw error;
      } finally {
        await file?.close();
      }
      complain(`${count} entries of ${room}, up to seq ${last}.`);
    });
}

/** Writes a text to a file, or to the standard output. @throws CommandError when it cannot be written. */
async function write(text: string, file: FileHandle | undefined): Promise<void> {
  try {
    await (file?.appendFile(text) ?? writeOut(text));
  } catch (error) {
    throw new CommandError(EXIT.failed, `Not written: ${error instanceof Error ? error.message : error}.`);
  }
}

function writeOut(text: string): Promise<void> {
  const { stdout } = process;
  return new Promise((resolve, reject) => {
    stdout.once('error', reject);
    stdout.write(text, () => {
      stdout.off('error', reject);
      resolve();
    });
  });
}
