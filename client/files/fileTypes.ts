/** The public types of files. */

import type { FileInfo, MessageContent } from '../../lib/protocol';
import type { ChatError } from '../common/errors';
import type { Sent, Unsubscribe } from '../common/roomTypes';

/** What the sender says about a file. */
export interface AboutFile {
  /** A description, for users that do not see the picture. The client sends the first 80 characters. */
  readonly alt?: string | undefined;
  /** Of a picture, in pixels. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** A file to send. The client changes a name that the server would refuse: 64 characters, no path, no leading dot. */
export interface FileDraft extends AboutFile {
  readonly name: string;
  /** Its `type` is that of the file. */
  readonly content: Blob;
  /** A smaller copy of a picture, for lists: a JPEG, PNG or WebP of at most 64 KB. The client sends no other. */
  readonly tile?: Blob | undefined;
}

/** A message with files. Without a text it has the names of its files as its text. */
export interface FilesContent extends MessageContent {
  /** 1 to 10 files, each of 1 byte to 25 MB. */
  readonly files: readonly FileDraft[];
}

/** A file of a message that waits for its upload. */
export interface Upload extends FileDraft {
  /** Bytes that are uploaded. */
  readonly loaded: number;
}

/** A message whose files are not uploaded yet. After that the room's snapshot has it. */
export interface FileSend {
  readonly id: string;
  readonly text: string;
  /** This client's clock, in milliseconds. */
  readonly at: number;
  readonly files: readonly Upload[];
  /** `uploading`: the client tries until the server decides. `failed`: refused, see `error`. */
  readonly state: 'uploading' | 'failed';
  readonly error?: ChatError | undefined;
  /** Whether it survives a reload; `undefined` without a store, or until the store has answered. */
  readonly isKept?: boolean | undefined;
}

/** The files of a room, sent and read. A room needs only one. */
export interface Files {
  /** Messages whose files are not uploaded yet, oldest first. Immutable; another object after each change. */
  readonly snapshot: readonly FileSend[];
  /**
   * Uploads files, one after the other, then sends their message; resolves once it is in the log. It waits for lost
   * connections. Rejects with the server's reason, with `discarded`, or with `outboxFull` when 20 messages or 250 MB
   * wait already.
   */
  send(content: FilesContent): Promise<Sent>;
  /** Tries a failed upload again. */
  retry(id: string): void;
  /** Ends the uploads of a message, and forgets it. */
  discard(id: string): void;
  /** Reads a file of the message at `seq`. @throws ChatError `gone` when the message no longer has it. */
  read(seq: number, id: string, signal?: AbortSignal): Promise<Blob>;
  /** Reads the tile of a picture, or the picture itself where it has no tile. @throws ChatError as `read` does. */
  readTile(seq: number, file: Pick<FileInfo, 'id' | 'tile'>, signal?: AbortSignal): Promise<Blob>;
  /** Calls back after each change of the snapshot. */
  onChange(listener: () => void): Unsubscribe;
  /** Ends all uploads: their promises reject with `closed`. What the store has is sent by the next client. */
  stop(): void;
}
