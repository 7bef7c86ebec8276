import { createHistogram, type Histogram } from './histogram';

/** A message as its text says: its sender, and its number among the sender's messages. */
export interface Mark {
  sender: number;
  nth: number;
}

export interface Faults {
  /** Acknowledged, and not shown to a member. */
  lost: number;
  /** Shown twice to a member. */
  doubled: number;
  /** Shown out of the order of the room, or of its sender. */
  reordered: number;
  /** Acknowledged at a seq that has another message. */
  misplaced: number;
}

/** Checks everything that is sent, acknowledged and shown against the promises. */
export interface Judge {
  readonly faults: Faults;
  readonly ackMs: Histogram;
  /** From the send until the last member was shown the message. */
  readonly lastMs: Histogram;
  readonly sent: number;
  readonly acked: number;
  readonly shown: number;
  /** Messages that a member has not been shown, or that have no answer yet. */
  readonly underWay: number;
  send(mark: Mark, receivers: number, at: number): void;
  acknowledge(mark: Mark, seq: number, at: number): void;
  /** The server refused the send permanently: no member needs to be shown it. */
  refuse(mark: Mark): void;
  show(receiver: number, mark: Mark, seq: number, at: number): void;
  /** Entries of the log expired before a member was shown them. */
  gap(entries: number): void;
  /** Counts what is still missing, after all members had the time. */
  end(): void;
}

interface Flight {
  at: number;
  left: number;
  seq?: number;
}

/**
 * It stores messages under way, and a number for each pair of members of a room, so that a run may take any
 * time.
 */
export function createJudge(): Judge {
  const faults: Faults = { lost: 0, doubled: 0, reordered: 0, misplaced: 0 };
  const flights = new Map<string, Flight>();
  const unanswered = new Set<string>();
  const lastSeq = new Map<number, number>();
  const lastNth = new Map<number, Map<number, number>>();
  const ackMs = createHistogram();
  const lastMs = createHistogram();
  const counts = { sent: 0, acked: 0, shown: 0 };
  const keyOf = ({ sender, nth }: Mark) => `${sender}.${nth}`;

  const place = (flight: Flight, seq: number): void => {
    if (flight.seq !== undefined && flight.seq !== seq) faults.misplaced++;
    flight.seq = seq;
  };

  const settle = (key: string, flight: Flight): void => {
    if (flight.left <= 0 && !unanswered.has(key)) flights.delete(key);
  };

  return {
    faults,
    ackMs,
    lastMs,
    get sent() {
      return counts.sent;
    },
    get acked() {
      return counts.acked;
    },
    get shown() {
      return counts.shown;
    },
    get underWay() {
      return flights.size;
    },
    send(mark, receivers, at) {
      counts.sent++;
      flights.set(keyOf(mark), { at, left: receivers });
      unanswered.add(keyOf(mark));
    },
    acknowledge(mark, seq, at) {
      const key = keyOf(mark);
      const flight = flights.get(key);
      if (!flight || !unanswered.delete(key)) return;
      counts.acked++;
      ackMs.add(at - flight.at);
      place(flight, seq);
      settle(key, flight);
    },
    refuse(mark) {
      unanswered.delete(keyOf(mark));
      flights.delete(keyOf(mark));
    },
    show(receiver, mark, seq, at) {
      counts.shown++;
      // All members joined before the first message, which is the first of its room.
      const last = lastSeq.get(receiver) ?? 0;
      if (seq > last + 1) faults.lost += seq - last - 1;
      else if (seq === last) faults.doubled++;
      else if (seq < last) faults.reordered++;
      lastSeq.set(receiver, Math.max(seq, last));
      const bySender = lastNth.get(receiver) ?? new Map<number, number>();
      lastNth.set(receiver, bySender);
      const lastOf = bySender.get(mark.sender) ?? 0;
      bySender.set(mark.sender, Math.max(mark.nth, lastOf));
      if (seq > last && mark.nth === lastOf) faults.doubled++;
      else if (seq > last && mark.nth < lastOf) faults.reordered++;

      const key = keyOf(mark);
      const flight = flights.get(key);
      if (!flight) return;
      place(flight, seq);
      if (--flight.left === 0) lastMs.add(at - flight.at);
      settle(key, flight);
    },
    gap(entries) {
      faults.lost += entries;
    },
    end() {
      for (const [key, { left }] of flights) if (!unanswered.has(key)) faults.lost += left;
      flights.clear();
    },
  };
}
