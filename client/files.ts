/** Files of messages: uploaded before their message is sent, and read while the message has them. */

import { LIMITS } from '../lib/protocol';
import { ChatError } from './common/errors';
import type { Cancel, Clock, Random } from './common/platform';
import type { Room, Sent } from './common/roomTypes';
import { backoff } from './connection/backoff';
import { isPermanent } from './connection/requestErrors';
import { withAbout } from './files/fileData';
import { askForFile, type FileRequests } from './files/fileRequests';
import type { FileSend, Files, FilesContent } from './files/fileTypes';
import { fitName, problemWithFile } from './files/fitForServer';
import { uploadFile } from './files/uploadFile';
import * as defaults from './platform/defaults';
import { createDeferred, type Deferred } from './util/deferred';
import { createEmitter } from './util/emitter';

export { aboutFile } from './files/fileData';
export type { FileRequests } from './files/fileRequests';
export type * from './files/fileTypes';
export type { PostForm, PostOptions } from './files/postForm';

/** Options of {@link createFiles}. Only `url` and `token` have no default. */
export interface FilesOptions extends FileRequests {
  clock?: Clock;
  random?: Random;
  newId?(): string;
  /** Called with what listeners throw; writes to the console by default. */
  onError?(error: unknown): void;
}

/** A message with files, from `send` until the room has it. */
interface Work {
  content: FilesContent;
  send: FileSend;
  /** Of the files that are uploaded, in order. */
  ids: string[];
  attempts: number;
  stopped: AbortController;
  outcome: Deferred<Sent>;
}

/** Sends and reads the files of a room. */
export function createFiles(room: Room, options: FilesOptions): Files {
  const { clock = defaults.clock, random = Math.random, newId = defaults.newId } = options;
  const { onError = console.error } = options;
  const emitter = createEmitter<{ change(): void }>(onError);
  let works: Work[] = [];
  let snapshot: readonly FileSend[] = [];
  let running: Work | undefined;
  let cancelWait: Cancel | undefined;
  let isStopped = false;

  const changed = (): void => {
    snapshot = works.map(({ send }) => send);
    emitter.emit('change');
  };
  const update = (work: Work, change: Partial<FileSend>): void => {
    work.send = { ...work.send, ...change };
    changed();
  };
  const forget = (work: Work, error?: ChatError): void => {
    works = works.filter((other) => other !== work);
    work.stopped.abort();
    if (error) work.outcome.reject(error);
    changed();
  };

  /** Goes on with the oldest message, unless one is under way. */
  const advance = (): void => {
    if (running) return;
    running = works.find(({ send }) => send.state === 'uploading');
    if (running) void upload(running);
  };
  const next = (): void => {
    cancelWait?.();
    cancelWait = undefined;
    running = undefined;
    advance();
  };

  const upload = async (work: Work): Promise<void> => {
    const { signal } = work.stopped;
    try {
      while (work.ids.length < work.content.files.length) {
        const index = work.ids.length;
        const [draft] = work.content.files.slice(index);
        if (!draft) break;
        const onProgress = (bytes: number): void =>
          update(work, {
            files: work.send.files.map((file, i) =>
              i === index ? { ...file, loaded: Math.min(bytes, draft.content.size) } : file,
            ),
          });
        work.ids.push(await uploadFile(options, room.name, draft, { signal, onProgress }));
        onProgress(draft.content.size);
      }
      if (signal.aborted) return;
      handOver(work);
      next();
    } catch (error) {
      if (signal.aborted) return;
      onFailure(
        work,
        error instanceof ChatError
          ? error
          : new ChatError('badField', 'The file could not be sent.', { cause: error }),
      );
    }
  };

  const onFailure = (work: Work, error: ChatError): void => {
    if (isPermanent(error)) {
      fail(work, error);
      next();
      return;
    }
    const wait = Math.max(backoff(work.attempts++, random), error.retryAfterMs ?? 0);
    cancelWait = clock.after(wait, next);
  };

  const fail = (work: Work, error: ChatError): void => {
    work.outcome.reject(error);
    update(work, { state: 'failed', error });
  };

  /** Gives the message to the room, whose outbox sends it. */
  const handOver = (work: Work): void => {
    const { content, ids, send } = work;
    const { files, data, ...words } = content;
    const about = withAbout(
      data,
      files.map((about, i) => ({ id: ids[i] ?? '', about })),
    );
    works = works.filter((other) => other !== work);
    changed();
    const sent = room.send({ ...words, text: send.text, ...(about && { data: about }), files: ids });
    sent.then(work.outcome.resolve, (error: ChatError) => {
      const refused = room.snapshot.pending.find((pending) => pending.files?.[0] === ids[0]);
      if (error.code !== 'gone' || !refused || isStopped) return work.outcome.reject(error);
      // The bucket has removed the files before their message came: they are uploaded again if the user asks.
      room.discard(refused.id);
      work.ids = [];
      works = [...works, work];
      fail(work, error);
    });
  };

  /** A room that is joined again has a network again. */
  let wasJoined = false;
  const stopWatching = room.on('change', () => {
    const isJoined = room.snapshot.state === 'joined';
    if (isJoined && !wasJoined && cancelWait) next();
    wasJoined = isJoined;
  });

  return {
    get snapshot() {
      return snapshot;
    },
    send(content) {
      const problem = isStopped ? closed() : problemWith(content);
      if (problem) return Promise.reject(problem);
      const { files, text } = content;
      const names = files.map(({ name }) => fitName(name));
      const work: Work = {
        content,
        send: {
          id: newId(),
          text: text.trim() === '' ? names.join(', ') : text,
          at: clock.now(),
          files: files.map((file) => ({ ...file, loaded: 0 })),
          state: 'uploading',
        },
        ids: [],
        attempts: 0,
        stopped: new AbortController(),
        outcome: createDeferred(),
      };
      works = [...works, work];
      changed();
      advance();
      return work.outcome.promise;
    },
    retry(id) {
      const work = works.find(({ send }) => send.id === id && send.state === 'failed');
      if (!work) return;
      work.attempts = 0;
      update(work, { state: 'uploading', error: undefined });
      advance();
    },
    discard(id) {
      const work = works.find(({ send }) => send.id === id);
      if (!work) return;
      forget(work, new ChatError('discarded', 'It was discarded.'));
      if (running === work) next();
    },
    async read(seq, id, signal) {
      const answer = await askForFile(options, `${room.name}/files/${seq}/${id}`, signal ? { signal } : {});
      return answer.blob();
    },
    onChange: (listener) => emitter.on('change', listener),
    stop() {
      isStopped = true;
      cancelWait?.();
      stopWatching();
      for (const work of works) forget(work, closed());
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
