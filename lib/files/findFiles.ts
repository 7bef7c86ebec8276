import type { FileStore } from '../ports/fileStore';
import type { FileInfo } from '../protocol';
import type { ErrorDetails } from '../protocol/errorReplies';
import { settleAll } from '../util/settleAll';
import { fileKey } from './fileKey';

/** The refusal of files where the deployment has none. */
export const NO_FILES: ErrorDetails = {
  code: 'badField',
  message: 'This deployment takes no files: its operator can set the parameter "files" to on.',
};

const GONE: ErrorDetails = {
  code: 'gone',
  message: 'A file of "files" is not there, or another message has it: upload it again, and send its new id.',
};

/** Looks up the files that a new message names. Each must be its sender's, in this room, and in no message yet. */
export async function findFiles(
  files: FileStore | undefined,
  user: string,
  room: string,
  ids: readonly string[],
): Promise<FileInfo[] | ErrorDetails> {
  if (!files) return NO_FILES;
  const found = await settleAll(
    ...ids.map(async (id) => ({ id, file: await files.find(fileKey(user, room, id)) })),
  );
  const infos = found.flatMap(({ id, file }) =>
    file?.isPending
      ? [
          {
            id,
            name: file.name,
            type: file.type,
            bytes: file.bytes,
            ...(file.hasTile && { tile: true as const }),
          },
        ]
      : [],
  );
  return infos.length === ids.length ? infos : GONE;
}
