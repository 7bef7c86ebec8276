import { randomBytes } from 'node:crypto';
import type { FileSigner, Upload, UploadForm } from '../ports/fileStore';
import type { Tile } from '../protocol/parseUpload';
import { fileKey, tileKey } from './fileKey';

/** 128 bits: an id is 22 characters of base64url. */
const ID_BYTES = 16;

/** An id that its user may send in a message, once the form has uploaded the file. `tile` is the form of its tile. */
export interface PreparedUpload extends UploadForm {
  id: string;
  tile?: UploadForm;
}

/** What a user wants to upload: a file, and of a picture perhaps a tile. */
export type WantedUpload = Omit<Upload, 'hasTile'> & { tile?: Tile | undefined };

/** Gives a user the id of a new file in a room, and the forms that upload it and its tile. */
export function prepareUpload(
  files: FileSigner,
  user: string,
  room: string,
  { tile, ...file }: WantedUpload,
  now: number,
): PreparedUpload {
  const id = randomBytes(ID_BYTES).toString('base64url');
  const key = fileKey(user, room, id);
  const sign = (at: string, upload: Upload): UploadForm => files.signUpload(at, upload, now);
  return {
    id,
    ...sign(key, { ...file, hasTile: tile !== undefined }),
    ...(tile && { tile: sign(tileKey(key), { ...tile, name: 'tile', hasTile: false }) }),
  };
}
