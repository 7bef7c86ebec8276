import type { ErrorFrame, History, Page } from '../../lib/protocol';
import { REPLY_TIMEOUT_MS } from '../common/constants';
import type { ChatError } from '../common/errors';
import type { Cancel } from '../common/platform';
import { backoff } from '../connection/backoff';
import type { ClientContext } from '../connection/clientContext';
import type { Connection } from '../connection/connection';
import { isPermanent, retryDelay, toError } from '../connection/requestErrors';

/** A read of a room's log, page by page. */
export interface ReadJob {
  /** The seq after which, or before which, the next page lies; `undefined` when none is needed any more. */
  nextPosition(): { after: number } | { before: number } | undefined;
  /** Takes a page; tells whether the next one is wanted. */
  onPage(page: Page): boolean;
  /** The server refuses it, or no caller continues. */
  onRefused(reason: ChatError): void;
}

/** Where a room's log is asked for. */
export interface LogContext extends ClientContext {
  readonly name: string;
  /** The newest connection on which the room is joined. */
  connection(): Connection | undefined;
}

/** Reads one room's log, one job at a time, through lost replies and lost connections. */
export interface HistoryReader {
  /** Takes on a job, unless it has it already. */
  read(job: ReadJob): void;
  /** The room can be used again. */
  resume(): void;
  /** Gives up all jobs. */
  stop(reason: ChatError): void;
}

/** Creates a reader. `accepts` is told of every page before its job takes it, unless the page is of another log. */
export function createHistoryReader(
  room: LogContext,
  accepts: (page: History) => boolean,
  onChange: () => void,
): HistoryReader {
  const jobs = new Set<ReadJob>();
  let isBusy = false;
  let attempt = 0;
  /** Cancels what leads to the next request: a wait, or a place in the pacer's queue. */
  let cancelNext: Cancel | undefined;

  const readNext = (): void => {
    if (isBusy || jobs.size === 0 || !room.connection()) return;
    isBusy = true;
    cancelNext = room.syncPacer.run(request);
  };

  const finish = (): void => {
    isBusy = false;
    readNext();
  };

  const request = (): void => {
    const [job] = jobs;
    const connection = room.connection();
    const position = job?.nextPosition();
    if (job && !position) jobs.delete(job);
    if (!job || !position || !connection) finish();
    else
      connection.request(
        { action: 'getHistory', room: room.name, ...position },
        REPLY_TIMEOUT_MS,
        (reply, error) => {
          if (jobs.has(job)) {
            if (error) return onError(job, error);
            if (reply?.type === 'history') onPage(job, reply);
          }
          finish();
        },
      );
  };

  const onPage = (job: ReadJob, page: History): void => {
    attempt = 0;
    room.syncPacer.speedUp();
    if (!accepts(page)) return;
    if (!job.onPage(page)) jobs.delete(job);
    onChange();
  };

  const onError = (job: ReadJob, error: ErrorFrame): void => {
    if (isPermanent(error)) {
      jobs.delete(job);
      job.onRefused(toError(error));
      finish();
    } else {
      const waitMs = retryDelay(error, room.syncPacer);
      cancelNext = room.clock.after(waitMs + backoff(attempt++, room.random), finish);
    }
  };

  return {
    read(job) {
      jobs.add(job);
      readNext();
    },
    resume: readNext,
    stop(reason) {
      const left = [...jobs];
      jobs.clear();
      cancelNext?.();
      isBusy = false;
      for (const job of left) job.onRefused(reason);
    },
  };
}
