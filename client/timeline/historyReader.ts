import type { Page } from '../../lib/protocol';
import { type Core, isPermanent, toError, waitAsked } from '../clientContext';
import { backoff } from '../connection/backoff';
import type { Link } from '../connection/connection';
import { REPLY_MS } from '../constants';
import type { ChatError } from '../errors';
import type { Cancel } from '../platform/platform';

/** A read of a room's log, page by page. */
export interface Job {
  /** The seq after which, or before which, the next page lies; `undefined` when none is needed any more. */
  from(): { after: number } | { before: number } | undefined;
  /** Takes a page; tells whether the next one is wanted. */
  take(page: Page): boolean;
  /** The server will not give it, or nobody goes on with it. */
  refused(reason: ChatError): void;
}

/** Where a room's log is asked for. */
export interface Source extends Core {
  readonly name: string;
  /** The newest link on which the room is joined. */
  link(): Link | undefined;
}

/** Reads one room's log, one job at a time, through lost replies and lost connections. */
export interface Reader {
  /** Takes on a job, unless it has it already. */
  read(job: Job): void;
  /** The room can be used again. */
  resume(): void;
  /** Gives up all jobs. */
  stop(reason: ChatError): void;
}

/** Makes a reader; every page that comes is `met` before its job takes it. */
export function createReader(room: Source, met: (page: Page) => void, changed: () => void): Reader {
  const jobs = new Set<Job>();
  let isBusy = false;
  let attempt = 0;
  let pause: Cancel | undefined;

  const step = (): void => {
    const [job] = jobs;
    const link = room.link();
    if (isBusy || !job || !link) return;
    const from = job.from();
    if (!from) {
      jobs.delete(job);
      step();
      return;
    }
    isBusy = true;
    link.exchange({ action: 'getHistory', room: room.name, ...from }, REPLY_MS, (reply) => {
      if (jobs.has(job) && reply?.type === 'history') {
        attempt = 0;
        met(reply);
        if (!job.take(reply)) jobs.delete(job);
        changed();
      } else if (jobs.has(job) && reply?.type === 'error') {
        if (!isPermanent(reply)) {
          pause = room.clock.after(waitAsked(reply) + backoff(attempt++, room.random), goOn);
          return;
        }
        jobs.delete(job);
        job.refused(toError(reply));
      }
      goOn();
    });
  };

  const goOn = (): void => {
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
      for (const job of left) job.refused(reason);
    },
  };
}
