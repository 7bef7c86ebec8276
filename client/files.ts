/** Files of messages: uploaded before their message is sent, and read while the message has them. */

import { LIMITS } from '../lib/protocol';
import { ChatError } from './common/errors';
import type { Cancel, Clock, Random } from './common/platform';
import type { Room } from './common/roomTypes';
import { readToken } from './connection/jwt';
import { askForFile, askForToken, type FileRequests } from './files/fileRequests';
import type { Files, FilesContent } from './files/fileTypes';
import { problemWithFile } from './files/fitForServer';
import { restorePendingUpload, toPendingUpload } from './files/pendingUpload';
import { uploadFile } from './files/uploadFile';
import { createUploadQueue } from './files/uploadQueue';
import { createUploadSession } from './files/uploadSession';
import type { UploadStore } from './files/uploadStore';
import * as defaults from './platform/defaults';
import { createEmitter } from './util/emitter';

export { createBrowserUploads } from './files/browserUploads';
export { aboutFile } from './files/fileData';
export type { FileRequests } from './files/fileRequests';
export type * from './files/fileTypes';
export type { PostForm, PostOptions } from './files/postForm';
export type { KeptUpload, UploadRecord, UploadShare, UploadStore } from './files/uploadStore';

/** A room looks this often for what ended pages have left, in milliseconds. */
const ADOPT_INTERVAL_MS = 30_000;

/** Options of {@link createFiles}. Only `url` and `token` have no default. */
export interface FilesOptions extends FileRequests {
  /** Keeps messages through a reload, such as {@link createBrowserUploads}. By default only memory has them. */
  store?: UploadStore;
  clock?: Clock;
  random?: Random;
  /** Gives the id of a new message; random by default. */
  newId?(): string;
  /** Called with what listeners throw, and with why a store refused; writes to the console by default. */
  onError?(error: unknown): void;
}

/** Sends and reads the files of a room. */
export function createFiles(room: Room, options: FilesOptions): Files {
  const { clock = defaults.clock, random = Math.random, newId = defaults.newId } = options;
  const { onError = console.error, store } = options;
  const emitter = createEmitter<{ change(): void }>(onError);
  const session = createUploadSession(store, room.name, onError);
  // Only what is stored may meet another user.
  const readUser = async () => store && readToken(await askForToken(options), clock.now(), false).user?.id;
  const queue = createUploadQueue({
    room,
    clock,
    random,
    session,
    readUser,
    upload: (file, how) => uploadFile(options, room.name, file, how),
    onChange: () => emitter.emit('change'),
  });
  let cancelLook: Cancel | undefined;
  let isStopped = false;

  const adopt = async (): Promise<void> => {
    const user = await readUser().catch(() => undefined);
    const kept = user === undefined ? [] : await session.adopt(user);
    if (kept.length > 0 && !isStopped) queue.restore(kept.map(restorePendingUpload));
  };
  /** Looks for what ended pages have left, as long as the room is wanted. */
  const look = (): void => {
    void adopt();
    cancelLook = clock.after(ADOPT_INTERVAL_MS, look);
  };

  let state: Room['snapshot']['state'] = 'left';
  const watch = (): void => {
    if (room.snapshot.state === state) return;
    state = room.snapshot.state;
    cancelLook?.();
    if (state !== 'left' && store) look();
    // A room that is joined again has a network again.
    if (state === 'joined') queue.wake();
  };
  const stopWatching = room.on('change', watch);
  watch();

  const read: Files['read'] = async (seq, id, signal) => {
    const answer = await askForFile(options, `${room.name}/files/${seq}/${id}`, signal ? { signal } : {});
    return answer.blob();
  };

  return {
    get snapshot() {
      return queue.list();
    },
    async send(content) {
      const problem = isStopped ? closed() : problemWith(content);
      if (problem) throw problem;
      const work = toPendingUpload(content, newId(), clock.now());
      queue.add(work);
      return work.outcome.promise;
    },
    retry: queue.retry,
    discard: queue.discard,
    read,
    async readTile(seq, { id, tile }, signal) {
      // The sender may have uploaded none.
      const small = tile && (await read(seq, `${id}.tile`, signal).catch(() => undefined));
      return small ?? read(seq, id, signal);
    },
    onChange: (listener) => emitter.on('change', listener),
    stop() {
      isStopped = true;
      cancelLook?.();
      stopWatching();
      session.close();
      queue.close(closed());
    },
  };
}

function problemWith({ files }: FilesContent): ChatError | undefined {
  if (files.length === 0 || files.length > LIMITS.files)
    return new ChatError('badField', `A message has 1 to ${LIMITS.files} files.`);
  for (const { content } of files) {
    const problem = problemWithFile(content);
    if (problem) return problem;
  }
  return undefined;
}

function closed(): ChatError {
  return new ChatError('closed', 'The files of this room are closed.');
}
