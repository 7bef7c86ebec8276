import { createFiles, type FileDraft } from '../../client/files';
import { ChatError, type MessageView, type Room, type Sent } from '../../client/index';
import { CommandError, EXIT } from '../commandLine/exitCodes';
import { fetchFile } from './fetchFile';
import { postFormWithProgress } from './postFormWithProgress';
import type { ProgressLine } from './progressLine';
import { saveFile } from './saveFile';
import { withStallTimeout } from './stallTimeout';

/** What sending and saving files needs besides a room. */
export interface FileAccess {
  /** Where the stack is. */
  url: URL;
  /** Gives the token that the chat uses. */
  token(): string;
  /** How long the server may take and give nothing, in milliseconds. */
  patienceMs: number;
  progress: ProgressLine;
}

/**
 * Sends a message with files. Without a text it has the names of its files. @throws ChatError with the server's reason;
 * CommandError when there is no progress.
 */
export function sendFiles(
  room: Room,
  { url, token, patienceMs, progress }: FileAccess,
  text: string,
  drafts: readonly FileDraft[],
): Promise<Sent> {
  return withStallTimeout(patienceMs, async (progressed) => {
    const files = createFiles(room, { url: url.origin, token, post: postFormWithProgress });
    files.onChange(() => {
      progressed();
      const [work] = files.snapshot;
      const current = work?.files.find(({ loaded, content }) => loaded < content.size);
      if (current) progress.show(current.name, current.loaded, current.content.size);
    });
    try {
      return await files.send({ text, files: drafts });
    } finally {
      progress.clear();
      files.stop();
    }
  });
}

/**
 * Saves the files of a message to a folder, and gives each path as soon as it is written. @throws ChatError with the
 * server's reason; CommandError when there is no progress, no file, or no place for it.
 */
export async function* saveFiles(
  room: Room,
  { url, token, patienceMs, progress }: FileAccess,
  { seq, files: wanted = [] }: MessageView,
  folder: string,
): AsyncGenerator<string> {
  if (wanted.length === 0) throw new CommandError(EXIT.failed, `Message #${seq} has no files.`);
  for (const { id, name, bytes } of wanted) {
    const content = await withStallTimeout(patienceMs, async (progressed, signal) => {
      const ask = fetchFile((read) => {
        progressed();
        progress.show(name, read, bytes);
      });
      const files = createFiles(room, { url: url.origin, token, ask });
      try {
        return await files.read(seq, id, signal);
      } catch (error) {
        // The bucket's connection may also end within a file.
        throw error instanceof ChatError
          ? error
          : new ChatError('unavailable', 'The file was not read to its end.', { cause: error });
      } finally {
        progress.clear();
        files.stop();
      }
    });
    yield saveFile(folder, name, content);
  }
}
