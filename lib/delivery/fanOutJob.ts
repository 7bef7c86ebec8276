import type { FanOutJob } from '../ports/fanOutQueue';
import { parseRoom } from '../protocol';

/** Reads what a worker was asked to do. @throws Error when it is not a job, so that the event is kept as failed. */
export function parseFanOutJob(value: unknown): FanOutJob {
  const { room, seq, except, only } = (value ?? {}) as Record<string, unknown>;
  const knownRoom = parseRoom(room);
  if (knownRoom === undefined || typeof seq !== 'number') throw new Error('A job needs a room and a seq.');
  const job: FanOutJob = { room: knownRoom, seq };
  if (typeof except === 'string') job.except = except;
  if (Array.isArray(only)) job.only = only.filter((id) => typeof id === 'string');
  return job;
}
