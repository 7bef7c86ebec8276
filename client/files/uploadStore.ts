import { LIMITS } from '../../lib/protocol';
import type { FileDraft, FilesContent } from './fileTypes';

/** Of messages whose files are not uploaded, a client or a device keeps at most these. */
export const MAX_UPLOADS = 20;
export const MAX_UPLOAD_BYTES = LIMITS.files * LIMITS.fileBytes;

/** A message whose files are not uploaded yet, as a store keeps it beside the content of the files. */
export interface UploadRecord {
  readonly id: string;
  readonly room: string;
  /** The user id of the author. */
  readonly user: string;
  /** When the app sent it, in milliseconds since the epoch. */
  readonly at: number;
  readonly message: Omit<FilesContent, 'files'>;
  readonly about: readonly Omit<FileDraft, 'content'>[];
  /** Of all its files. */
  readonly bytes: number;
  /** Ids of the files that are uploaded, in order. */
  readonly files: readonly string[];
}

/** A record with the content of its files, in order. */
export interface KeptUpload {
  readonly record: UploadRecord;
  readonly contents: readonly Blob[];
}

/** Keeps messages until their files are uploaded, so that they outlive the page. Rooms and pages share a store. */
export interface UploadStore {
  /** Opens an empty share for the uploads of one room. Rejects where nothing can be stored. */
  open(): Promise<UploadShare>;
}

/** The uploads of one room in one page. No other page may change them until it is closed or gone. */
export interface UploadShare {
  /** Takes over what belongs to no page, of this user and room, oldest first. */
  adopt(user: string, room: string): Promise<KeptUpload[]>;
  /** Writes a message. `full`: the user has as many as a device keeps. `noSpace`: other users have them. */
  add(upload: KeptUpload): Promise<'kept' | 'full' | 'noSpace'>;
  /** Writes a record again. `lost`: another page has taken it over, and sends it. */
  update(record: UploadRecord): Promise<'kept' | 'lost'>;
  /** Deletes a message. An unknown id, or one of another page, changes nothing. */
  remove(id: string): Promise<void>;
  /** Releases all messages for other pages to adopt. */
  close(): Promise<void>;
}

/** Tells whether these are more than may wait. */
export function isTooMuch(uploads: readonly { bytes: number }[]): boolean {
  return (
    uploads.length > MAX_UPLOADS || uploads.reduce((sum, { bytes }) => sum + bytes, 0) > MAX_UPLOAD_BYTES
  );
}
