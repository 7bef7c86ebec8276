import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { LogEntry } from '../../lib/protocol';
import { Ending, EXIT, type ExitCode } from '../exit';
import { functionOf } from './invokeFunction';
import { readExportOptions } from './options';
import { resumeAt } from './resumeExport';

const HELP = `Writes a room's whole history, one JSON object a line, oldest first.

  edge-chat export ROOM [--out FILE] [--after SEQ] [--stage STAGE] [--region REGION]

  --out FILE     write there, and go on behind its last line if it has any (standard output)
  --after SEQ    begin above this seq
  --stage STAGE  whose functions are asked (dev)
  --region NAME  where they are (as for the AWS CLI)

It invokes the function operatorExport with the AWS credentials of whoever runs it.
`;

/** Runs `edge-chat export`. */
export async function exportRoom(args: readonly string[]): Promise<ExitCode> {
  const read = readExportOptions(args);
  if (read.kind === 'help') {
    process.stdout.write(HELP);
    return EXIT.fine;
  }
  if (read.kind === 'wrong') throw new Ending(EXIT.usage, read.line);
  const { room, out } = read.options;
  const invoke = functionOf('operatorExport', read.options);
  let after = read.options.after ?? (out === undefined ? 0 : await resumeAt(out));
  const target = out === undefined ? process.stdout : createWriteStream(out, { flags: 'a' });

  let count = 0;
  try {
    for (let next: number | undefined = after; next !== undefined; ) {
      const page = (await invoke({ room, after: next })) as { messages: LogEntry[]; next?: number };
      if (!target.write(page.messages.map((entry) => `${JSON.stringify(entry)}\n`).join('')))
        await once(target, 'drain');
      count += page.messages.length;
      after = page.messages.at(-1)?.seq ?? after;
      next = page.next;
    }
  } catch (error) {
    console.error(`Stopped after seq ${after}: go on with --after ${after}, or with the same --out.`);
    throw error;
  } finally {
    if (target !== process.stdout) await finished(target.end());
  }
  console.error(`${count} entries of ${room}, up to seq ${after}.`);
  return EXIT.fine;
}
