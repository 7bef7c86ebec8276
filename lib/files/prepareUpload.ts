import { randomBytes } from 'node:crypto';
import type { FileSigner, Upload, UploadForm } from '../ports/fileStore';
import { fileKey } from './fileKey';

/** 128 bits: an id is 22 characters of base64url. */
const ID_BYTES = 16;

/** An id that its user may send in a message, once the form has uploaded the file. */
export interface PreparedUpload extends UploadForm {
  id: string;
}

/** Gives a user the id of a new file in a room, and the form that uploads it. */
export function prepareUpload(
  files: FileSigner,
  user: string,
  room: string,
  upload: Upload,
  now: number,
): PreparedUpload {
  const id = randomBytes(ID_BYTES).toString('base64url');
  return { id, ...files.signUpload(fileKey(user, room, id), upload, now) };
}
