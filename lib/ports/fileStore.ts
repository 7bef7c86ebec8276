/** A file that was uploaded. `isPending` until a message names it: a pending file expires. */
export interface UploadedFile {
  name: string;
  type: string;
  bytes: number;
  isPending: boolean;
  /** Whether its form came with one for a tile. */
  hasTile: boolean;
}

/** What a client wants to upload. `sha256` is in base64. */
export interface Upload {
  name: string;
  type: string;
  bytes: number;
  sha256: string;
  hasTile: boolean;
}

/** A form that uploads one file: a POST of these fields and, after them, the field `file`. */
export interface UploadForm {
  url: string;
  fields: Readonly<Record<string, string>>;
  /** In milliseconds since the epoch. */
  expiresAt: number;
}

/** Lets a file be uploaded or read. */
export interface FileSigner {
  /** Signs a form that uploads exactly this file, as pending. */
  signUpload(key: string, upload: Upload, now: number): UploadForm;
  /** Signs an address that reads a file for five minutes. */
  signRead(key: string, now: number): string;
}

/**
 * The files of messages. Each has a key, which begins with that of its user. A lasting refusal, such as that of a
 * missing right, is an Error: the function fails, which an operator sees.
 */
export interface FileStore {
  /** Looks a file up. @throws Unavailable when the outcome is unknown. */
  find(key: string): Promise<UploadedFile | undefined>;
  /** Makes a pending file stay. A file that is gone is no error. @throws Unavailable when the outcome is unknown. */
  keep(key: string): Promise<void>;
  /** Removes a file; one that is gone is no error. @throws Unavailable when the outcome is unknown. */
  remove(key: string): Promise<void>;
  /** Lists keys that begin with a prefix, at most a thousand. @throws Unavailable when the outcome is unknown. */
  list(prefix: string): Promise<string[]>;
}
