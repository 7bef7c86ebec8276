import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { FileDraft } from '../../client/files';
import { problemWithFile } from '../../client/files/fitForServer';
import { CommandError, EXIT } from '../commandLine/exitCodes';
import { diskProblem } from './diskError';
import { typeOfFile } from './typeOfFile';

/** Reads a file to send. `~/` is the user's own folder. @throws CommandError for a file that cannot be sent. */
export async function readDraft(given: string): Promise<FileDraft> {
  const place = given.startsWith('~/') ? path.join(homedir(), given.slice(2)) : given;
  try {
    const found = await stat(place);
    if (!found.isFile()) throw unusable(given, 'it is no file.');
    // A size that is wrong is told before a large file is read.
    const problem = problemWithFile(found);
    if (problem) throw unusable(given, problem.message);
    const content = new Blob([new Uint8Array(await readFile(place))], { type: typeOfFile(place) });
    return { name: path.basename(place), content };
  } catch (error) {
    const problem = diskProblem(error);
    throw problem === undefined ? error : unusable(given, `${problem}.`);
  }
}

function unusable(file: string, reason: string): CommandError {
  return new CommandError(EXIT.usage, `${file}: ${reason}`);
}
