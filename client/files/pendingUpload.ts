import type { Sent } from '../common/roomTypes';
import { createDeferred, type Deferred } from '../util/deferred';
import type { FileSend, FilesContent } from './fileTypes';
import { fitName } from './fitForServer';
import type { KeptUpload } from './uploadStore';

/** A message with files, from `send` until the room has it. */
export interface PendingUpload {
  readonly content: FilesContent;
  /** Of all its files. */
  readonly bytes: number;
  send: FileSend;
  /** The user id of the author, once it is known. */
  user?: string | undefined;
  /** Of the files that are uploaded, in order. */
  ids: readonly string[];
  attempts: number;
  readonly stopped: AbortController;
  /** Resolves when the store has answered. */
  keeping: Promise<void>;
  readonly outcome: Deferred<Sent>;
}

/** Begins with a message of the app. */
export function toPendingUpload(content: FilesContent, id: string, at: number): PendingUpload {
  const { files, text } = content;
  return {
    content,
    bytes: files.reduce((sum, { content: { size } }) => sum + size, 0),
    send: {
      id,
      text: text.trim() === '' ? files.map(({ name }) => fitName(name)).join(', ') : text,
      at,
      files: files.map((file) => ({ ...file, loaded: 0 })),
      state: 'uploading',
    },
    ids: [],
    attempts: 0,
    stopped: new AbortController(),
    keeping: Promise.resolve(),
    outcome: createDeferred(),
  };
}

/** Goes on with a message that an earlier page has left. */
export function restorePendingUpload({ record, contents }: KeptUpload): PendingUpload {
  const { id, at, user, message, about, files: ids } = record;
  const files = about.flatMap((each, i) => {
    const content = contents[i];
    return content ? [{ ...each, content }] : [];
  });
  const work = toPendingUpload({ ...message, files }, id, at);
  const loaded = files.map((file, i) => ({ ...file, loaded: i < ids.length ? file.content.size : 0 }));
  return { ...work, user, ids, send: { ...work.send, files: loaded, isKept: true } };
}

/** Gives a message as a store keeps it. */
export function keptOf({ content, bytes, send, ids }: PendingUpload, user: string, room: string): KeptUpload {
  const { files, ...message } = content;
  return {
    record: {
      id: send.id,
      room,
      user,
      at: send.at,
      message,
      about: files.map(({ name, alt, width, height, tile }) => ({ name, alt, width, height, tile })),
      bytes,
      files: ids,
    },
    contents: files.map((file) => file.content),
  };
}
