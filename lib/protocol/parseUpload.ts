import { fileBytes, fileName, fileType, readFields, sha256 } from './fields';

/** Reads what a client asks for before it uploads a file. Never throws. */
export function parseUpload(value: Record<string, unknown>) {
  return readFields(value, { name: fileName, type: fileType, bytes: fileBytes, sha256 }, {});
}
