import type { Release } from '../ports/eventCursorStore';
import type { LogEvent } from '../ports/eventSink';
import { MAX_WAKE_DELAY_MS, type Wake } from '../ports/wakeQueue';
import { claimRoom } from './claimRoom';
import { countFailure } from './countFailure';
import { readEvents } from './readEvents';
import type { RelayContext } from './relayContext';

/** Pages that one run sends of a room; a further wake goes on. */
const MAX_PAGES = 10;
/** The events of a page are sent within this time of reading it, in milliseconds; at least one is sent. */
const FRESH_MS = 2_000;
/** Erasures that one run tells of in a room; a further wake goes on. */
const MAX_ERASURES = 100;
/** A room whose run failed waits this long before the next one, in milliseconds, and twice as long each time. */
const FIRST_RETRY_MS = 1_000;
/** The end of a hold that has ended, whatever the clock of the next run says. */
const FREE = 0;
/** More failures do not make the wait longer. */
const MAX_EXPONENT = 16;

/** A run through one room: `seq` is the last one that the sink has confirmed. Progress sets `fails` to 0. */
interface Run {
  room: string;
  id: string;
  seq: number;
  fails: number;
  deadline: number;
}

/**
 * Sends what a room's sink lacks, in order, one event at a time, from the log and not from what woke the relay. If the
 * sink fails, the room waits and a wake is queued: no other room waits for it.
 * @throws Unavailable when the wake must come again.
 */
export async function relayRoom(context: RelayContext, wake: Wake, deadline: number): Promise<void> {
  const { room } = wake;
  if (context.clock.now() >= deadline) return context.wakes.enqueue({ room }, 0);
  const id = String(context.random());
  const claim = await claimRoom(context, wake, id);
  if (!claim) return;
  const run: Run = { room, id, seq: claim.seq, fails: claim.fails, deadline };
  let end: Release | 'unfinished';
  try {
    end = await sendRoom(context, run);
  } catch (error) {
    return postpone(context, run, error);
  }
  if (end === 'unfinished') await context.wakes.enqueue({ room }, 0);
}

/** Sends until the log ends, or the run is over. */
async function sendRoom(context: RelayContext, run: Run): Promise<Release | 'unfinished'> {
  const { cursors, clock, settings } = context;
  const { room, id } = run;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const staleAt = clock.now() + FRESH_MS;
    const { events, more } = await readEvents(context, settings.logId, room, run.seq);
    const isSent = await sendEvents(context, run, events, staleAt);
    if (clock.now() >= run.deadline) break;
    if (isSent && !more) {
      if (!(await sendErasures(context, run))) break;
      const end = await cursors.release(room, id, run.seq);
      if (end !== 'woken') return end;
    }
    if (!(await cursors.advance(room, id, run.seq))) break;
  }
  await cursors.postpone(room, id, run.seq, FREE, 0);
  return 'unfinished';
}

/** Sends the events of a page in order; `false` when it stops before the last. */
async function sendEvents(
  { sink, clock, metrics }: RelayContext,
  run: Run,
  events: readonly LogEvent[],
  staleAt: number,
): Promise<boolean> {
  for (const [i, event] of events.entries()) {
    const now = clock.now();
    if (now >= run.deadline || (i > 0 && now >= staleAt)) return false;
    await sink.send(event);
    metrics.increment('EventsSent');
    run.seq = event.entry.type === 'gap' ? event.entry.to : event.seq;
    run.fails = 0;
  }
  return true;
}

/** Tells of messages that were erased after the sink got them; `false` when there may be more. */
async function sendErasures(context: RelayContext, run: Run): Promise<boolean> {
  const { sink, erasureNotes, clock, metrics, settings } = context;
  const { room } = run;
  const notes = await erasureNotes.read(room, run.seq, MAX_ERASURES);
  for (const { seq, id } of notes) {
    if (clock.now() >= run.deadline) return false;
    await sink.send({ log: settings.logId, room, seq, entry: { type: 'erased', seq, id } });
    metrics.increment('EventsSent');
    await erasureNotes.remove(room, seq);
    run.fails = 0;
  }
  return notes.length < MAX_ERASURES;
}

/** Keeps the room for a wake that comes after a wait. The wake is queued first: a room that waits has one. */
async function postpone(
  { cursors, wakes, clock, metrics }: RelayContext,
  { room, id, seq, fails }: Run,
  error: unknown,
): Promise<void> {
  countFailure(metrics, room, error);
  const delay = Math.min(MAX_WAKE_DELAY_MS, FIRST_RETRY_MS * 2 ** Math.min(fails, MAX_EXPONENT));
  const until = clock.now() + delay;
  await wakes.enqueue({ room, until }, delay);
  await cursors.postpone(room, id, seq, until, fails + 1);
}
