import type { Page } from '../../lib/protocol';
import { type ClientContext, isPermanent, retryDelay, toError } from '../clientContext';
import { backoff } from '../connection/backoff';
import type { Connection } from '../connection/connection';
import { REPLY_TIMEOUT_MS } from '../constants';
import type { ChatError } from '../errors';
import type { Cancel } from '../platform/platform';

/** A read of a room's log, page by page. */
export interface ReadJob {
  /** The seq after which, or before which, the next page lies; `undefined` when none is needed any more. */
  nextPosition(): { after: number } | { before: number } | undefined;
  /** Takes a page; tells whether the next one is wanted. */
  onPage(page: Page): boolean;
  /** The server will not give it, or nobody goes on with it. */
  onRefused(reason: ChatError): void;
}

/** Where a room's log is asked for. */
export interface LogContext extends ClientContext {
  readonly name: string;
  /** The newest link on which the room is joined. */
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

/** Makes a reader; every page that comes is `met` before its job takes it. */
export function createHistoryReader(
  room: LogContext,
  onEntries: (page: Page) => void,
  onChange: () => void,
): HistoryReader {
  const jobs = new Set<ReadJob>();
  let isBusy = false;
  let attempt = 0;
  let pause: Cancel | undefined;

  const step = (): void => {
    const [job] = jobs;
    const link = room.connection();
    if (isBusy || !job || !link) return;
    const from = job.nextPosition();
    if (!from) {
      jobs.delete(job);
      step();
      return;
    }
    isBusy = true;
    link.request({ action: 'getHistory', room: room.name, ...from }, REPLY_TIMEOUT_MS, (reply) => {
      if (jobs.has(job) && reply?.type === 'history') {
        attempt = 0;
        onEntries(reply);
        if (!job.onPage(reply)) jobs.delete(job);
        onChange();
      } else if (jobs.has(job) && reply?.type === 'error') {
        if (!isPermanent(reply)) {
          pause = room.clock.after(retryDelay(reply) + backoff(attempt++, room.random), next);
          return;
        }
        jobs.delete(job);
        job.onRefused(toError(reply));
      }
      next();
    });
  };

  const next = (): void => {
    isBusy = false;
    step();
  };

  return {
    read(job) {
      jobs.add(job);
      step();
    },
    resume: step,
    stop(reason) {
      const left = [...jobs];
      jobs.clear();
      pause?.();
      isBusy = false;
      for (const job of left) job.onRefused(reason);
    },
  };
}
