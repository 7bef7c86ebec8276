import type { LogEvent } from '../ports/eventSink';

/** Gives what names an event: a repeat has the same. Of one seq only an erasure is a second event. */
export function eventId({ log, room, seq, entry }: LogEvent): string {
  return `${log}:${room}:${seq}${entry.type === 'erased' ? ':erased' : ''}`;
}
