import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CommandError, EXIT } from '../commandLine/exitCodes';
import { diskProblem } from './diskError';
import { safeFileName } from './safeFileName';

/** Files of one name that a folder gets. */
const MAX_COPIES = 100;

/**
 * Saves a foreign file to a folder, which is made if there is none. It never overwrites: a second file of the same name gets
 * a number. Gives its path. @throws CommandError when it cannot be written.
 */
export async function saveFile(folder: string, name: string, content: Blob): Promise<string> {
  await mkdir(folder, { recursive: true }).catch((error) => {
    throw failed(folder, error);
  });
  const { name: stem, ext } = path.parse(safeFileName(name));
  const bytes = new Uint8Array(await content.arrayBuffer());
  for (let copy = 1; copy <= MAX_COPIES; copy++) {
    const target = path.join(folder, copy === 1 ? stem + ext : `${stem} (${copy})${ext}`);
    try {
      await writeFile(target, bytes, { flag: 'wx' });
      return target;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      await rm(target, { force: true });
      throw failed(target, error);
    }
  }
  throw new CommandError(EXIT.failed, `${folder} has ${MAX_COPIES} files of the name ${stem + ext}.`);
}

function failed(place: string, error: unknown): CommandError {
  return new CommandError(EXIT.failed, `${place} cannot be written: ${diskProblem(error) ?? String(error)}.`);
}
