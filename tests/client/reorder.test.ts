import fc from 'fast-check';
import { createReorderBuffer } from '../../client/timeline/reorderBuffer';
import type { LogEntry } from '../../lib/protocol';

const entry = (seq: number): LogEntry => ({ type: 'unknown', seq });

describe('the reorder buffer', () => {
  it('delivers every entry once and in order, whatever the order and the copies', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5 }),
        fc.array(fc.integer({ min: 1, max: 30 })),
        (start, seqs) => {
          const delivered: number[] = [];
          const reorder = createReorderBuffer({
            onDelivered: ({ seq }) => delivered.push(seq),
            onGap: () => {},
          });
          const early = seqs.slice(0, 5);

          for (const seq of early) reorder.add(entry(seq));
          const beforeStart = delivered.length;
          reorder.start(start);
          for (const seq of seqs.slice(5)) reorder.add(entry(seq));

          const known = new Set(seqs);
          const due: number[] = [];
          for (let seq = start + 1; known.has(seq); seq++) due.push(seq);
          expect(beforeStart).toBe(0);
          expect(delivered).toEqual(due);
          expect(reorder.cursor()).toBe(start + due.length);
          expect(reorder.isBehind()).toBe(Math.max(0, ...seqs) > start + due.length);
        },
      ),
    );
  });

  it('holds no more than it may, and knows that it has to read the rest', () => {
    const reorder = createReorderBuffer({ onDelivered: () => {}, onGap: () => {} });
    reorder.start(0);

    for (let seq = 700; seq > 1; seq--) reorder.add(entry(seq));
    reorder.add(entry(1));

    expect(reorder.cursor()).toBe(500);
    expect(reorder.isBehind()).toBe(true);
  });

  it('tells of every seq it skips, exactly once, and delivers those it has', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 2, max: 30 })),
        fc.integer({ min: 1, max: 30 }),
        (seqs, target) => {
          const told: number[] = [];
          const reorder = createReorderBuffer({
            onDelivered: ({ seq }) => told.push(seq),
            onGap({ from, to }) {
              for (let seq = from; seq <= to; seq++) told.push(-seq);
            },
          });
          reorder.start(0);

          for (const seq of seqs) reorder.add(entry(seq));
          reorder.skipTo(target);

          const cursor = reorder.cursor() ?? 0;
          const due = Array.from({ length: cursor }, (_, i) => (seqs.includes(i + 1) ? i + 1 : -(i + 1)));
          expect(cursor).toBeGreaterThanOrEqual(target);
          expect(told).toEqual(due);
        },
      ),
    );
  });
});
