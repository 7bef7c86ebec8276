import type { Gap, MessageView, PendingSend } from '../../client';
import { dayOf } from './days';
import { marksOf } from './people';
import type { SystemOrErased } from './systemEntries';

/** A row of the list. `opens` and `closes` mark the first and last message of a run by one user. */
export type Row =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'new'; key: string }
  | { kind: 'gap'; key: string; missing: number }
  | { kind: 'system'; key: string; entry: SystemOrErased; me: string | undefined }
  | {
      kind: 'message';
      key: string;
      message: MessageView;
      /** The message that this one answers, if it is loaded. */
      quoted: MessageView | undefined;
      isOwn: boolean;
      isMention: boolean;
      /** Tells the author from others with such a name. */
      mark: string | undefined;
      opens: boolean;
      closes: boolean;
    }
  | { kind: 'pending'; key: string; send: PendingSend; opens: boolean; closes: boolean };

export interface Shown {
  messages: readonly MessageView[];
  gaps: readonly Gap[];
  systemEntries: readonly SystemOrErased[];
  pending: readonly PendingSend[];
  me: string | undefined;
  /** Messages above this seq are new to the user. */
  newAbove: number | undefined;
}

const ONE_BREATH_MS = 5 * 60_000;

/** Makes the rows of a room. Days, gaps and the line above new messages separate runs of one user's messages. */
export function rowsOf({ messages, gaps, systemEntries, pending, me, newAbove }: Shown): Row[] {
  const rows: Row[] = [];
  const marks = marksOf(messages.map(({ from }) => from));
  let day: number | undefined;
  let run: { by: string | undefined; at: number } | undefined;
  let nextGap = 0;
  let nextSystem = 0;
  let isAboveNew = newAbove !== undefined;

  const part = (row: Row) => {
    closeRun(rows);
    rows.push(row);
    run = undefined;
  };
  const continues = (by: string | undefined, at: number) => {
    const isSame = run?.by === by && run !== undefined && at - run.at <= ONE_BREATH_MS;
    if (!isSame) closeRun(rows);
    run = { by, at };
    return isSame;
  };

  const addSystemEntriesBelow = (seq: number) => {
    for (let entry = systemEntries[nextSystem]; entry && entry.seq < seq; entry = systemEntries[nextSystem]) {
      part({ kind: 'system', key: `system-${entry.seq}`, entry, me });
      nextSystem += 1;
    }
  };

  const bySeq = new Map(messages.map((message) => [message.seq, message]));
  for (const message of messages) {
    addSystemEntriesBelow(message.seq);
    for (let gap = gaps[nextGap]; gap && gap.to < message.seq; gap = gaps[nextGap]) {
      part({ kind: 'gap', key: `gap-${gap.from}`, missing: gap.to - gap.from + 1 });
      nextGap += 1;
    }
    if (dayOf(message.at) !== day) {
      day = dayOf(message.at);
      part({ kind: 'day', key: `day-${message.seq}`, at: message.at });
    }
    const isOwn = message.from.id === me;
    if (isAboveNew && !isOwn && message.seq > (newAbove ?? 0)) {
      isAboveNew = false;
      part({ kind: 'new', key: 'new' });
    }
    // A new name or role begins a new run, or the messages would show under the old one.
    const opens = !continues(
      isOwn ? me : `${message.from.id} ${message.from.name} ${message.from.role}`,
      message.at,
    );
    rows.push({
      kind: 'message',
      key: `${message.seq}`,
      message,
      quoted: message.replyTo === undefined ? undefined : bySeq.get(message.replyTo),
      mark: marks.get(message.from.id),
      isOwn,
      isMention: me !== undefined && message.mentions?.includes(me) === true,
      opens,
      closes: false,
    });
  }
  addSystemEntriesBelow(Number.POSITIVE_INFINITY);
  for (const send of pending) {
    // This clock is not the messages' clock, so it may only advance the day.
    if (day === undefined || dayOf(send.at) > day) {
      day = dayOf(send.at);
      part({ kind: 'day', key: `day-send-${send.id}`, at: send.at });
    }
    const opens = !continues(me, send.at);
    rows.push({ kind: 'pending', key: `send-${send.id}`, send, opens, closes: false });
  }
  closeRun(rows);
  return rows;
}

function closeRun(rows: Row[]): void {
  const last = rows.at(-1);
  if (last?.kind === 'message' || last?.kind === 'pending') last.closes = true;
}

/** The classes of a row in the list. */
export function rowClass(isOwn: boolean, opens: boolean, closes: boolean, isMention = false): string {
  return ['row', isOwn && 'own', opens && 'opens', closes && 'closes', isMention && 'mention']
    .filter(Boolean)
    .join(' ');
}
