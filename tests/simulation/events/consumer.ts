import type { LogEvent } from '../../../lib/ports/eventSink';
import type { NewEntry } from '../../../lib/ports/logStore';
import type { Rows } from '../stores';

/** What may go wrong with events. */
export type EventsWrong =
  | 'skipped'
  | 'movedBack'
  | 'pending'
  | 'falseGap'
  | 'wrongEntry'
  | 'takenBack'
  | 'wordsKept'
  | 'stalled'
  | 'lost';

interface Consumed {
  last: number;
  /** While the room is sent again, up to where it has been sent before. */
  replaysTo: number;
  texts: Map<number, string>;
}

/** A consumer that has only this rule: the next event of a room is `last + 1`, or a gap that ends above `last`. */
export interface Consumer {
  take(event: LogEvent, readAt: number): void;
  written(room: string, entry: NewEntry): void;
  /** From now on nothing that is read may have this text. */
  tookBack(text: string): void;
  replays(room: string, from: number): void;
  last(room: string): number;
  /** Expects that no words are left of what was erased. */
  expectErased(rows: Rows): void;
}

/** Containers' clocks are this far off at most, in milliseconds. */
export const SKEW_MS = 2_000;

export function createConsumer(
  now: () => number,
  rows: Rows,
  logId: string,
  report: (kind: EventsWrong, what: string) => void,
): Consumer {
  const rooms = new Map<string, Consumed>();
  const ids = new Map<string, string>();
  const takenBack = new Map<string, number>();
  const consumedOf = (room: string): Consumed => {
    const known = rooms.get(room) ?? { last: 0, replaysTo: 0, texts: new Map() };
    rooms.set(room, known);
    return known;
  };

  const expectExpired = (room: string, from: number, to: number): void => {
    for (let seq = from; seq <= to; seq++)
      if ((rows.get(room)?.[seq]?.expiresAt ?? Number.POSITIVE_INFINITY) > now() + SKEW_MS)
        report('falseGap', `${room}/${seq} is told as a gap and is still there`);
  };

  return {
    take({ log, room, seq, entry }, readAt) {
      const consumed = consumedOf(room);
      if (log !== logId || seq !== entry.seq) report('wrongEntry', `${room}/${seq} of another log or seq`);
      if ('id' in entry && ids.get(`${room}/${seq}`) !== entry.id)
        report('wrongEntry', `${room}/${seq} has another id`);
      if (rows.get(room)?.[seq]?.isPending)
        report('pending', `${room}/${seq} is told before its change is applied`);
      const text = 'text' in entry ? entry.text : undefined;
      if (text !== undefined && (takenBack.get(text) ?? Number.POSITIVE_INFINITY) < readAt)
        report('takenBack', `${room}/${seq} has "${text}", which was taken back`);
      if (entry.type === 'erased') consumed.texts.delete(seq);
      const end = entry.type === 'gap' ? entry.to : seq;
      if (end <= consumed.last) return;
      if (seq > consumed.last + 1) {
        if (consumed.last >= consumed.replaysTo) report('skipped', `${room}/${seq} follows ${consumed.last}`);
        // A run that has not heard of the replay yet is still above it.
        else consumed.replaysTo = Math.max(consumed.replaysTo, seq);
        return;
      }
      if (entry.type === 'gap') expectExpired(room, seq, entry.to);
      consumed.last = end;
      if (text !== undefined) consumed.texts.set(seq, text);
    },
    written(room, entry) {
      ids.set(`${room}/${entry.seq}`, entry.id);
    },
    tookBack(text) {
      if (!takenBack.has(text)) takenBack.set(text, now());
    },
    replays(room, from) {
      const consumed = consumedOf(room);
      consumed.replaysTo = Math.max(consumed.replaysTo, consumed.last);
      consumed.last = Math.min(consumed.last, from - 1);
    },
    last: (room) => consumedOf(room).last,
    expectErased(all) {
      for (const [room, list] of all)
        for (const [seq, row] of list.entries())
          if (row?.erased && consumedOf(room).texts.has(seq))
            report('wordsKept', `${room}/${seq} was erased, and the consumer was not told`);
    },
  };
}
