import type { Failure, Page } from '../../lib/protocol';
import { backoff } from '../backoff';
import { type Core, isPermanent, REPLY_MS, waitAsked } from '../core';
import type { Link } from '../socket/link';
import type { Cancel } from '../world';

/** A read of a room's log, page by page. */
export interface Job {
  isNeeded(): boolean;
  /** The seq after which, or before which, the next page lies. */
  from(): { after: number } | { before: number };
  take(page: Page): 'more' | 'done';
  refused(failure: Failure): void;
}

/** Where the pages are asked. */
export interface Desk {
  readonly name: string;
  /** The newest link on which the room is joined. */
  link(): Link | undefined;
  evicted(link: Link): void;
}

/** Reads one room's log, one job at a time, through lost replies and lost connections. */
export interface Reader {
  start(job: Job): void;
  /** The room can be used again. */
  resume(): void;
  /** Forgets all jobs: the log is another one. */
  clear(): void;
}

export function createReader(core: Core, room: Desk): Reader {
  let jobs: Job[] = [];
  let asking: Job | undefined;
  let attempt = 0;
  let pause: Cancel | undefined;

  const step = (): void => {
    if (asking || pause) return;
    while (jobs[0] && !jobs[0].isNeeded()) jobs.shift();
    const job = jobs[0];
    const link = room.link();
    if (!job || !link) return;
    asking = job;
    link.request({ action: 'getHistory', room: room.name, ...job.from() }, REPLY_MS, (reply) => {
      if (asking !== job) return;
      asking = undefined;
      if (reply?.type === 'history') {
        attempt = 0;
        if (job.take(reply) === 'done') jobs = jobs.filter((other) => other !== job);
      } else if (reply?.type === 'error') onError(job, link, reply);
      step();
    });
  };

  const onError = (job: Job, link: Link, failure: Failure): void => {
    if (failure.code === 'notMember') room.evicted(link);
    else if (failure.code === 'expired') core.expired(link);
    if (!isPermanent(failure)) pauseFor(waitAsked(failure) + backoff(attempt++, core.random));
    else {
      jobs = jobs.filter((other) => other !== job);
      job.refused(failure);
    }
  };

  const pauseFor = (ms: number): void => {
    pause = core.clock.after(ms, () => {
      pause = undefined;
      step();
    });
  };

  return {
    start(job) {
      jobs.push(job);
      step();
    },
    resume: step,
    clear() {
      jobs = [];
      asking = undefined;
      pause?.();
      pause = undefined;
    },
  };
}
