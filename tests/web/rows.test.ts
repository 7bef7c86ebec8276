import fc from 'fast-check';
import type { PendingSend } from '../../client';
import type { MessageEntry } from '../../lib/protocol';
import { blocksOf, isSameBlock } from '../../web/pure/blocks';
import { type Row, rowsOf, type Shown } from '../../web/pure/rows';
import {
  addSystemEntries,
  describeSystemEntry,
  entriesWithin,
  MAX_SYSTEM_ENTRIES,
} from '../../web/pure/systemEntries';

const NOON = new Date(2026, 10, 22, 12).getTime();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function message(seq: number, by: string, at: number): MessageEntry {
  return { type: 'message', seq, id: `message-${seq}`, text: `Text ${seq}`, from: { id: by, name: by }, at };
}

function pending(id: string, at: number): PendingSend {
  return { id, text: 'Mine', at, state: 'pending' };
}

function rows(shown: Partial<Shown>): Row[] {
  return rowsOf({
    messages: [],
    gaps: [],
    systemEntries: [],
    pending: [],
    me: 'me',
    newAbove: undefined,
    ...shown,
  });
}

/** The rows in short: `day`, `gap 3`, `new`, and messages as `( ann ann )` from where a run opens to where it closes. */
function outline(all: Row[]): string {
  return all
    .map((row) => {
      switch (row.kind) {
        case 'day':
        case 'new':
          return row.kind;
        case 'gap':
          return `gap ${row.missing}`;
        case 'system':
          return describeSystemEntry(row.entry, row.me);
        default: {
          const by = row.kind === 'message' ? row.message.from.id : 'mine';
          return `${row.opens ? '( ' : ''}${by}${row.closes ? ' )' : ''}`;
        }
      }
    })
    .join(' ');
}

it.each<[string, Partial<Shown>, string]>([
  ['nothing for an empty room', {}, ''],
  [
    'one run for what one person says in one breath',
    { messages: [message(1, 'ann', NOON), message(2, 'ann', NOON + MINUTE)] },
    'day ( ann ann )',
  ],
  [
    'what happened besides messages, at its place',
    {
      messages: [message(1, 'ann', NOON), message(3, 'ann', NOON)],
      systemEntries: [
        {
          type: 'system',
          seq: 2,
          what: 'kicked',
          user: { id: 'ben', name: 'Ben' },
          by: { id: 'me', name: 'Me' },
          at: NOON,
        },
        { type: 'erased', seq: 4, id: 'message-4' },
        { type: 'system', seq: 5, what: 'kicked', user: { id: 'me', name: 'Me' }, at: NOON },
      ],
    },
    'day ( ann ) Ben was removed from this room by you. ( ann ) A message was erased. You were removed from this room.',
  ],
  [
    'another run for another person',
    { messages: [message(1, 'ann', NOON), message(2, 'ben', NOON), message(3, 'ann', NOON)] },
    'day ( ann ) ( ben ) ( ann )',
  ],
  [
    'another run under another name',
    {
      messages: [message(1, 'ann', NOON), { ...message(2, 'ann', NOON), from: { id: 'ann', name: 'Anna' } }],
    },
    'day ( ann ) ( ann )',
  ],
  [
    'another run after a pause',
    { messages: [message(1, 'ann', NOON), message(2, 'ann', NOON + 6 * MINUTE)] },
    'day ( ann ) ( ann )',
  ],
  [
    'a separator where a day begins',
    { messages: [message(1, 'ann', NOON), message(2, 'ann', NOON + DAY)] },
    'day ( ann ) day ( ann )',
  ],
  [
    'a notice where messages are missing',
    { messages: [message(1, 'ann', NOON), message(5, 'ann', NOON)], gaps: [{ from: 2, to: 4 }] },
    'day ( ann ) gap 3 ( ann )',
  ],
  [
    'a line above what is new',
    { messages: [message(1, 'ann', NOON), message(2, 'ann', NOON)], newAbove: 1 },
    'day ( ann ) new ( ann )',
  ],
  [
    "no such line above one's own",
    { messages: [message(1, 'ann', NOON), message(2, 'me', NOON), message(3, 'ann', NOON)], newAbove: 1 },
    'day ( ann ) ( me ) new ( ann )',
  ],
  ['no such line when nothing is new', { messages: [message(1, 'ann', NOON)], newAbove: 1 }, 'day ( ann )'],
  [
    'what is being sent, in one run with what was',
    {
      messages: [message(1, 'me', NOON)],
      pending: [pending('a', NOON + MINUTE), pending('b', NOON + MINUTE)],
    },
    'day ( me mine mine )',
  ],
  [
    'no day before the last one because this clock is behind',
    { messages: [message(1, 'me', NOON)], pending: [pending('a', NOON - DAY)] },
    'day ( me mine )',
  ],
])('gives %s', (_name, shown, expected) => {
  expect(outline(rows(shown))).toBe(expected);
});

it('shows every message and every send once, in order, whatever else there is', () => {
  const people = fc.constantFrom('ann', 'ben', 'me');
  const steps = fc.array(fc.record({ by: people, after: fc.integer({ min: 0, max: 2 * DAY }) }), {
    maxLength: 80,
  });

  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 80 }), (each, newAbove) => {
      let at = NOON;
      const messages = each.map(({ by, after }, index) => {
        at += after;
        return message(index + 1, by, at);
      });
      const all = rows({ messages, newAbove, pending: [pending('a', at)] });
      const shown = all.flatMap((row) => (row.kind === 'message' ? row.message.seq : []));

      expect(shown).toEqual(messages.map(({ seq }) => seq));
      expect(new Set(all.map(({ key }) => key)).size).toBe(all.length);
      expect(blocksOf(all).flatMap((block) => block.rows)).toEqual(all);
    }),
  );
});

it('has a key of its own for each row, although two authors may send under the same id', () => {
  const ids = rows({
    messages: [message(1, 'ann', NOON), { ...message(2, 'ben', NOON), id: 'message-1' }],
    pending: [pending('message-1', NOON + DAY), pending('1', NOON + DAY)],
  }).map(({ key }) => key);

  expect(new Set(ids).size).toBe(6);
});

it('changes the last block only when a message arrives, and no old one when older ones do', () => {
  const messages = Array.from({ length: 400 }, (_, at) =>
    message(at + 1, at % 3 ? 'ann' : 'ben', NOON + at * MINUTE),
  );
  const before = blocksOf(rows({ messages: messages.slice(100, 399) }));

  const after = blocksOf(rows({ messages }));
  const kept = before.filter((block) =>
    after.some((other) => other.key === block.key && isSameBlock(block, other)),
  );

  expect(before.map(({ key }) => key)).toEqual([2, 3, 4, 5, 6, 7]);
  expect(kept.map(({ key }) => key)).toEqual([3, 4, 5, 6, 7]);
});

it('keeps a system entry that nothing follows', () => {
  const systemEntries = [{ type: 'erased', seq: 4, id: 'message-4' }] as const;

  expect(blocksOf(rows({ systemEntries })).flatMap((block) => block.rows.map(({ key }) => key))).toEqual([
    'system-4',
  ]);
});

it('takes each system entry once from whatever frame has it, in order, and keeps the newest', () => {
  const erased = (seq: number) => ({ type: 'erased', seq, id: `message-${seq}` }) as const;
  const page = {
    type: 'history',
    room: 'den',
    messages: [erased(3), message(2, 'ann', NOON)],
    more: false,
  } as const;
  const push = { room: 'den', log: 'one', ...erased(7) } as const;

  const systemEntries = addSystemEntries(
    addSystemEntries([erased(5)], { ...page, messages: [...page.messages, erased(5)] }),
    push,
  );

  expect(systemEntries.map(({ seq }) => seq)).toEqual([3, 5, 7]);
  const muted = { type: 'muted', room: 'den', ms: 0 } as const;
  expect(addSystemEntries(systemEntries, muted)).toBe(systemEntries);
  const many = Array.from({ length: MAX_SYSTEM_ENTRIES + 1 }, (_, i) => erased(i + 8));
  expect(addSystemEntries(systemEntries, { ...page, messages: many })).toHaveLength(MAX_SYSTEM_ENTRIES);
});

it('shows only system entries that stand among the messages of a part of the log', () => {
  const erasedAt = (seq: number) => ({ type: 'erased', seq, id: `erased-${seq}` }) as const;
  const all = [erasedAt(5), erasedAt(15), erasedAt(25)];
  const messages = [{ seq: 10 }, { seq: 20 }];
  const seqs = (hasOlder: boolean, isDetached: boolean) =>
    entriesWithin(all, messages, { hasOlder, isDetached }).map(({ seq }) => seq);

  expect(seqs(true, true)).toEqual([15]);
  expect(seqs(true, false)).toEqual([15, 25]);
  expect(seqs(false, false)).toEqual([5, 15, 25]);
});
