import type { LogEvent } from '../ports/eventSink';

/** Gives what names an event: a repeat has the same. Of one seq there may be an entry, gaps and an erasure. */
export function eventId({ log, room, seq, entry }: LogEvent): string {
  const id = `${log}:${room}:${seq}`;
  if (entry.type === 'gap') return `${id}:gap:${entry.to}`;
  return entry.type === 'erased' ? `${id}:erased` : id;
}
