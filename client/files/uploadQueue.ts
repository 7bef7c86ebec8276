import { OUTBOX_TTL_MS } from '../common/constants';
import { ChatError } from '../common/errors';
import type { Cancel, Clock, Random } from '../common/platform';
import type { Room } from '../common/roomTypes';
import { backoff } from '../connection/backoff';
import { isPermanent } from '../connection/requestErrors';
import type { FileSend } from './fileTypes';
import { keptOf, type PendingUpload } from './pendingUpload';
import type { PostOptions } from './postForm';
import { submitUpload } from './submitUpload';
import type { UploadSession } from './uploadSession';
import { isTooMuch, MAX_UPLOAD_BYTES, MAX_UPLOADS } from './uploadStore';

/** What a queue needs. */
export interface UploadQueueOptions {
  room: Room;
  clock: Clock;
  random: Random;
  session: UploadSession;
  /** Reads the user id of the present token. */
  readUser(): Promise<string | undefined>;
  /** Uploads a file of a message, and gives its id. */
  upload(file: PendingUpload['content']['files'][number], options: PostOptions): Promise<string>;
  onChange(): void;
}

/** A room's messages with files: stored first, then uploaded one at a time, then given to the room. */
export interface UploadQueue {
  list(): readonly FileSend[];
  /** Adds a message. @throws ChatError `outboxFull`. */
  add(work: PendingUpload): void;
  /** Adds what earlier pages have left. */
  restore(works: readonly PendingUpload[]): void;
  retry(id: string): void;
  discard(id: string): void;
  /** There may be a network again: tries at once what waits for a repeat. */
  wake(): void;
  close(error: ChatError): void;
}

/** Creates an empty queue. */
export function createUploadQueue(options: UploadQueueOptions): UploadQueue {
  const { room, clock, random, session, readUser, onChange } = options;
  let works: readonly PendingUpload[] = [];
  let list: readonly FileSend[] = [];
  let running: PendingUpload | undefined;
  let cancelWait: Cancel | undefined;
  let isClosed = false;

  const setWorks = (next: readonly PendingUpload[]): void => {
    works = next;
    list = works.map(({ send }) => send);
    onChange();
  };
  const update = (work: PendingUpload, change: Partial<FileSend>): void => {
    work.send = { ...work.send, ...change };
    setWorks(works);
  };
  const remove = (work: PendingUpload): void => setWorks(works.filter((other) => other !== work));
  const forget = (work: PendingUpload, error: ChatError): void => {
    remove(work);
    work.stopped.abort();
    work.outcome.reject(error);
  };
  const fail = (work: PendingUpload, error: ChatError): void => {
    work.outcome.reject(error);
    update(work, { state: 'failed', error });
  };

  /** Goes on with the oldest message, unless one is under way. */
  const advance = (): void => {
    if (running) return;
    running = works.find(({ send }) => send.state === 'uploading');
    if (running) void run(running);
  };
  const next = (): void => {
    cancelWait?.();
    cancelWait = undefined;
    running = undefined;
    advance();
  };

  /** Stores a message, so that a reload does not lose it. */
  const keep = async (work: PendingUpload): Promise<void> => {
    work.user ??= await readUser().catch(() => undefined);
    if (!works.includes(work)) return;
    const outcome =
      work.user === undefined ? 'refused' : await session.add(keptOf(work, work.user, room.name));
    if (!works.includes(work)) return;
    if (outcome === 'full') fail(work, tooMuch());
    else update(work, { isKept: outcome === 'kept' });
  };

  const run = async (work: PendingUpload): Promise<void> => {
    try {
      await work.keeping;
      if (work.send.state === 'uploading') await uploadAndSend(work);
    } catch (error) {
      if (!work.stopped.signal.aborted) return onFailure(work, asChatError(error));
    }
    if (running === work) next();
  };

  const uploadAndSend = async (work: PendingUpload): Promise<void> => {
    const { signal } = work.stopped;
    if (clock.now() - work.send.at > OUTBOX_TTL_MS)
      throw new ChatError('tooOld', 'It waited longer than a day.');
    // What another user of this device has left belongs to that user.
    if (work.user !== undefined && (await readUser()) !== work.user) return forget(work, takenOver());
    for (const [index, draft] of work.content.files.entries()) {
      if (index < work.ids.length) continue;
      const onProgress = (bytes: number): void => {
        const loaded = Math.min(bytes, draft.content.size);
        update(work, { files: work.send.files.map((file, i) => (i === index ? { ...file, loaded } : file)) });
      };
      work.ids = [...work.ids, await options.upload(draft, { signal, onProgress })];
      onProgress(draft.content.size);
    }
    if (work.user !== undefined) {
      const { record } = keptOf(work, work.user, room.name);
      if ((await session.update(record)) === 'lost') return forget(work, takenOver());
    }
    if (!signal.aborted) give(work);
  };

  const onFailure = (work: PendingUpload, error: ChatError): void => {
    if (isPermanent(error)) {
      fail(work, error);
      next();
      return;
    }
    const wait = Math.max(backoff(work.attempts++, random), error.retryAfterMs ?? 0);
    cancelWait = clock.after(wait, next);
  };

  /** Gives a message to the room, whose outbox sends it. */
  const give = (work: PendingUpload): void => {
    const { outcome } = work;
    const { isTaken, sent } = submitUpload(room, work);
    if (isTaken) remove(work);
    sent.then(
      (result) => {
        session.remove(work.send.id);
        outcome.resolve(result);
      },
      (error: ChatError) => {
        if (isClosed) return;
        if (!isTaken) return fail(work, error);
        outcome.reject(error);
        if (error.code === 'gone') uploadAgain(work, error);
        else if (error.code !== 'closed') session.remove(work.send.id);
      },
    );
  };

  /** The bucket has removed the files before their message came: they are uploaded again if the user asks. */
  const uploadAgain = (work: PendingUpload, error: ChatError): void => {
    work.ids = [];
    works = [...works, work];
    fail(work, error);
    work.keeping = keep(work);
  };

  return {
    list: () => list,
    add(work) {
      if (isTooMuch([...works, work])) throw tooMuch();
      setWorks([...works, work]);
      work.keeping = keep(work);
      advance();
    },
    restore(restored) {
      setWorks([...works, ...restored].sort((a, b) => a.send.at - b.send.at));
      advance();
    },
    retry(id) {
      const work = works.find(({ send }) => send.id === id && send.state === 'failed');
      if (!work) return;
      work.attempts = 0;
      update(work, { state: 'uploading', error: undefined, at: clock.now() });
      work.keeping = keep(work);
      advance();
    },
    discard(id) {
      const work = works.find(({ send }) => send.id === id);
      if (!work) return;
      session.remove(id);
      forget(work, new ChatError('discarded', 'It was discarded.'));
      if (running === work) next();
    },
    wake() {
      if (cancelWait) next();
    },
    close(error) {
      isClosed = true;
      cancelWait?.();
      for (const work of works) forget(work, error);
    },
  };
}

function tooMuch(): ChatError {
  const megabytes = MAX_UPLOAD_BYTES / 1024 / 1024;
  return new ChatError(
    'outboxFull',
    `At most ${MAX_UPLOADS} messages with ${megabytes} MB of files can wait: discard some, or send this one later.`,
  );
}

function takenOver(): ChatError {
  return new ChatError('takenOver', 'Another page or user has these files.');
}

function asChatError(cause: unknown): ChatError {
  if (cause instanceof ChatError) return cause;
  return new ChatError('badField', 'The file could not be sent.', { cause });
}
